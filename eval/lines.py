"""A comparison as lines of text, in one order and one wording for terminal, report and model card."""

from collections.abc import Iterator
from dataclasses import dataclass

from eval.compare import Comparison
from eval.metrics import METRICS, absent_because
from eval.rate import Rate

HISTORY_METRICS = ("call_valid", "executed", "liked", "disliked", "none")


@dataclass(frozen=True)
class Line:
    """A line of the table of rates.

    Attributes:
        title: What is measured, or for a line below one, over which units.
        first: Rate of the first model; `second` likewise; None where there is none.
        difference: Second minus first; `noise`: the first model's second run minus its first.
        verdict: better, worse, inconclusive, or empty.
        below: Whether it explains the line above it.
        absent: Why there are no figures; empty where there are.
        definition: One sentence; empty for lines below one.
    """

    title: str
    first: Rate | None = None
    second: Rate | None = None
    difference: Rate | None = None
    noise: Rate | None = None
    verdict: str = ""
    below: bool = False
    absent: str = ""
    definition: str = ""


def lines_of(comparison: Comparison) -> Iterator[Line]:
    """All lines, in the order of `METRICS`."""
    first, second = comparison.first, comparison.second
    for name, metric in METRICS.items():
        mine, theirs = first.results.rates[name], second.results.rates[name]
        difference = comparison.differences[name]
        if mine.over_all.value is None and theirs.over_all.value is None:
            yield Line(metric.title, absent=absent_because(name, first.setting), definition=metric.definition)
            continue
        noise = comparison.noise[name] if comparison.noise else None
        figures = (mine.over_all, theirs.over_all, difference.over_all, noise, difference.verdict or "")
        yield Line(metric.title, *figures, definition=metric.definition)
        if metric.given:
            yield Line(
                f"of {metric.given_title}", mine.over_given, theirs.over_given, difference.over_given, below=True
            )
        if name == "liked":
            yield Line("by chance", first.results.liked_by_chance, second.results.liked_by_chance, below=True)
        yield from _trials(comparison, name)
    for n in ("1", "2"):
        values = [_plain(summary.results.distinct_corpus[n]) for summary in (first, second)]
        definition = f"Distinct {n}-grams over all replies, divided by the number of all words."
        yield Line(f"distinct-{n} (corpus)", *values, definition=definition)
        published = [summary.results.distinct_per_reply[n] for summary in (first, second)]
        yield Line("averaged over replies", *published, below=True)


def _trials(comparison: Comparison, name: str) -> Iterator[Line]:
    """How steady an outcome is over trials, and what fresh samples would give."""
    mine, theirs = comparison.first.trials, comparison.second.trials
    if not mine or not theirs or name not in mine.pass_hat:
        return
    k = str(mine.trials)
    yield Line(f"in each of {k} trials", mine.pass_hat[name][k], theirs.pass_hat[name][k], below=True)
    if name == "executed" and mine.resampled_at_3 and theirs.resampled_at_3:
        yield Line("in one of three fresh samples", mine.resampled_at_3, theirs.resampled_at_3, below=True)


def _plain(value: float | None) -> Rate:
    return Rate(value=value, low=None, high=None, units=0)


def percent(rate: Rate | None) -> str:
    """`62.5 %`, or n/a."""
    return "n/a" if rate is None or rate.value is None else f"{100 * rate.value:.1f} %"


def with_interval(rate: Rate | None) -> str:
    """`62.5 % [50.1, 74.0]`."""
    if rate is None or rate.value is None or rate.low is None:
        return percent(rate)
    return f"{percent(rate)} [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"


def points(rate: Rate | None) -> str:
    """A difference in percentage points with its interval: `+12.5 [+3.1, +20.8]`; empty for none."""
    if rate is None or rate.value is None:
        return ""
    return f"{100 * rate.value:+.1f} [{100 * rate.low:+.1f}, {100 * rate.high:+.1f}]"


def heading(comparison: Comparison) -> str:
    """What was compared, in a line."""
    bench, first, second = comparison.first.bench, comparison.first, comparison.second
    trials = f" in {first.trials.trials} trials" if first.trials else ""
    return (
        f"{second.model} against {first.model}: {first.setting} setting, {bench.name}, {bench.people} people,"
        f" {bench.units} units{trials}, engine {first.engine}"
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
