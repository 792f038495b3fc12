"""The comparison as a table for the terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.compare import Comparison
from eval.metrics import METRICS, absent_because
from eval.summary import Rate

HISTORY_METRICS = ("call_valid", "executed", "liked", "disliked", "none")
_STYLES = {"better": "bold green", "worse": "bold red", "inconclusive": "dim"}


def percent(rate: Rate | None) -> str:
    """`62.5 %`, or n/a."""
    return "n/a" if rate is None or rate.value is None else f"{100 * rate.value:.1f} %"


def points(rate: Rate | None) -> str:
    """A difference in percentage points with its interval: `+12.5 [+3.1, +20.8]`."""
    if rate is None or rate.value is None:
        return ""
    return f"{100 * rate.value:+.1f} [{100 * rate.low:+.1f}, {100 * rate.high:+.1f}]"


def console() -> Console:
    """Standard output; wide enough for the table where it is no terminal."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=110)


def heading(comparison: Comparison) -> str:
    """What was compared, in a line."""
    bench, first, second = comparison.first.bench, comparison.first, comparison.second
    return (
        f"{second.model} against {first.model}: {first.setting} setting, {bench.name}, {bench.people} people,"
        f" {bench.units} units, engine {first.engine}"
    )


def conclusion(comparison: Comparison) -> str:
    """The verdict in a sentence: what got better, what got worse, and how much is open."""
    by_verdict: dict[str, list[str]] = {"better": [], "worse": [], "inconclusive": []}
    for name, difference in comparison.differences.items():
        if difference.verdict:
            by_verdict[difference.verdict].append(METRICS[name].title)
    better, worse, open_ = by_verdict["better"], by_verdict["worse"], by_verdict["inconclusive"]
    parts = [
        f"better than {comparison.first.model} on {', '.join(better)}" if better else "not clearly better on anything",
        f"worse on {', '.join(worse)}" if worse else "worse on nothing that was measured",
    ]
    rest = f"; {len(open_)} of {sum(map(len, by_verdict.values()))} metrics inconclusive" if open_ else ""
    return f"{comparison.second.model} is {parts[0]} and {parts[1]}{rest}."


def print_comparison(comparison: Comparison) -> None:
    """Prints base, checkpoint, difference with interval, and verdict, a line a metric."""
    out, first, second = console(), comparison.first, comparison.second
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("over all units")
    for name in (first.model, second.model):
        table.add_column(Text(name), justify="right", no_wrap=True)
    table.add_column("difference, points [95 %]", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for name, metric in METRICS.items():
        mine, theirs = first.results.rates[name], second.results.rates[name]
        difference = comparison.differences[name]
        if mine.over_all.value is None and theirs.over_all.value is None:
            table.add_row(metric.title, Text(absent_because(name, first.setting)), "", "", "")
            continue
        word = difference.verdict or "–"
        row = percent(mine.over_all), percent(theirs.over_all), points(difference.over_all)
        table.add_row(metric.title, *row, Text(word, style=_STYLES.get(word, "")))
        if metric.given:
            given = percent(mine.over_given), percent(theirs.over_given), points(difference.over_given)
            table.add_row(
                Text(f"  of {metric.given_title}", style="dim"), *(Text(cell, style="dim") for cell in given), ""
            )
        if name == "liked":
            chance = percent(first.results.liked_by_chance), percent(second.results.liked_by_chance)
            table.add_row(Text("  by chance", style="dim"), *(Text(cell, style="dim") for cell in chance), "", "")
    for n in ("1", "2"):
        corpus = [percent_of(summary.results.distinct_corpus[n]) for summary in (first, second)]
        table.add_row(f"distinct-{n} (corpus)", *corpus, "", "")
    out.print(Text(heading(comparison), style="bold"))
    out.print(table)
    _print_history(out, comparison)
    out.print(Text(conclusion(comparison)))


def _print_history(out: Console, comparison: Comparison) -> None:
    if not comparison.first.history or not comparison.second.history:
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("what the rounds before add, points [95 %]")
    for summary in (comparison.first, comparison.second):
        table.add_column(Text(summary.model), justify="right", no_wrap=True)
    for name in HISTORY_METRICS:
        added = [points(summary.history.added[name]) or "n/a" for summary in (comparison.first, comparison.second)]
        table.add_row(METRICS[name].title, *added)
    out.print(table)


def percent_of(value: float | None) -> str:
    """A plain share as percent."""
    return "n/a" if value is None else f"{100 * value:.1f} %"
