"""The comparison as a table for the terminal, and as Markdown for a model card."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval import judge_lines
from eval.compare import Comparison
from eval.lines import HISTORY_METRICS, Line, conclusion, heading, lines_of, percent, points, with_interval
from eval.metrics import METRICS
from eval.probe_summary import ProbeSummary
from eval.probe_table import markdown_probes, print_probes

_STYLES = {"better": "bold green", "worse": "bold red", "inconclusive": "dim"}


def console() -> Console:
    """Standard output; wide enough for the table where it is no terminal."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=130)


def print_comparison(comparison: Comparison) -> None:
    """Prints both models, difference with interval, and verdict, a line a metric."""
    out, noisy = console(), comparison.noise is not None
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("over all units")
    for summary in (comparison.first, comparison.second):
        table.add_column(Text(summary.model), justify="right", no_wrap=True)
    table.add_column("difference, points [95 %]", justify="right", no_wrap=True)
    if noisy:
        table.add_column("noise: base twice", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for line in lines_of(comparison):
        table.add_row(*_cells(line, noisy))
    out.print(Text(heading(comparison), style="bold"))
    out.print(table)
    _print_history(out, comparison)
    _print_judge(out, comparison)
    probes = probes_of(comparison)
    if probes:
        print_probes(out, probes)
    out.print(Text(conclusion(comparison)))


def _print_judge(out: Console, comparison: Comparison) -> None:
    if comparison.judge:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        table.add_column("judge, levels 1 to 5")
        for name in (comparison.first.model, comparison.second.model, "difference [95 %]"):
            table.add_column(Text(name), justify="right", no_wrap=True)
        table.add_column("verdict", no_wrap=True)
        for *cells, verdict in judge_lines.rows(comparison):
            table.add_row(*map(Text, cells), Text(verdict, style=_STYLES.get(verdict, "")))
        out.print(table)
    for sentence in judge_lines.sentences(comparison):
        out.print(Text(sentence))


def probes_of(comparison: Comparison) -> list[ProbeSummary]:
    """The probes of both, where both have them."""
    found = [each.probes for each in (comparison.first, comparison.second) if each.probes]
    return found if len(found) == 2 else []


def _cells(line: Line, noisy: bool) -> list[Text]:
    if line.absent:
        return [Text(line.title), Text(line.absent)]
    figures = [percent(line.first), percent(line.second), points(line.difference)]
    noise = [points(line.noise)] if noisy else []
    if line.below:
        return [Text(cell, style="dim") for cell in (f"  {line.title}", *figures, *noise, "")]
    plain = [Text(cell) for cell in (line.title, *figures, *noise)]
    return [*plain, Text(line.verdict or "–" if line.difference else "", style=_STYLES.get(line.verdict, ""))]


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


def markdown(comparison: Comparison) -> str:
    """A section for a model card."""
    first, second = comparison.first.model, comparison.second.model
    rows = [
        f"| {'&emsp;' if line.below else ''}{line.title} | {line.absent or with_interval(line.first)} |"
        f" {with_interval(line.second) if not line.absent else ''} | {points(line.difference)} | {line.verdict} |"
        for line in lines_of(comparison)
    ]
    head = [f"| over all units | {first} | {second} | difference, points [95 %] | verdict |", "|---|---|---|---|---|"]
    note = "Intervals: bootstrap over people, 10 000 resamples; a difference whose interval holds zero is inconclusive."
    probes = probes_of(comparison)
    return "\n".join(
        [
            *(f"## {heading(comparison)}", "", conclusion(comparison), "", *head, *rows, "", note, ""),
            *judge_lines.markdown(comparison),
            *(markdown_probes(probes) if probes else ()),
        ]
    )
