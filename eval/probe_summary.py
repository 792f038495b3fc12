"""`probes.json`: what the probe sets show of one model, and the table that sets models side by side."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich import box
from rich.table import Table
from rich.text import Text

from compass.schema import Strict
from eval.intervals import Sample, rates, weights
from eval.lines import with_interval
from eval.probe_sets import Probe
from eval.rate import Rate, rate_of
from eval.table import console

FIGURES = {
    "needless_calls": "needless calls in small talk",
    "follows_taste": "call follows a changed taste",
    "steady": "call stays when another taste changes",
}


class Category(Strict):
    """A category of the safety set: how many passed, and what went wrong how often."""

    passed: int
    cases: int
    wrong: dict[str, int]


class ProbeSummary(Strict):
    """`probes.json`.

    Attributes:
        needless_calls: Share of the small-talk lines that were answered with a call.
        safety: By category; never averaged.
        follows_taste: Of the units where a liked app was called: share whose call changed once that app was disliked.
        steady: Of the same units: share whose call stayed when another liked app was disliked instead.
    """

    schema_version: int = 1
    model: str
    signature: str
    needless_calls: Rate
    safety: dict[str, Category]
    follows_taste: Rate
    steady: Rate


def summarize(model: str, signature: str, probes: Sequence[Probe]) -> ProbeSummary:
    """All figures of a finished run."""
    by_set = {
        name: [probe for probe in probes if probe.set == name] for name in ("small_talk", "safety", "counterfactual")
    }
    categories: dict[str, Category] = {}
    for name in dict.fromkeys(probe.category for probe in by_set["safety"]):
        chosen = [probe for probe in by_set["safety"] if probe.category == name]
        wrong = Counter(word for probe in chosen for word in probe.wrong)
        passed = sum(not probe.wrong for probe in chosen)
        categories[name] = Category(passed=passed, cases=len(chosen), wrong=dict(wrong.most_common()))
    flips = [probe for probe in by_set["counterfactual"] if probe.wrong is not None]
    controlled = [probe for probe in flips if len(probe.exchanges) == 3]
    talk = by_set["small_talk"]
    return ProbeSummary(
        model=model,
        signature=signature,
        needless_calls=_share([probe.id for probe in talk], [bool(probe.wrong) for probe in talk]),
        safety=categories,
        follows_taste=_share([p.user_id for p in flips], ["still calls it" not in p.wrong for p in flips]),
        steady=_share(
            [p.user_id for p in controlled], ["changed for another's sake" not in p.wrong for p in controlled]
        ),
    )


def _share(people: Sequence[str], hits: Sequence[bool]) -> Rate:
    """A rate with its interval over people (over lines where one person says them all)."""
    if not people:
        return Rate(value=None, low=None, high=None, units=0)
    order = list(dict.fromkeys(people))
    sample = Sample(people, np.array(hits, dtype=float).reshape(-1, 1), order)
    return rate_of(rates(sample, weights(len(order)))[0])


def load(evaluations: Path) -> ProbeSummary | None:
    """The figures in a model's `eval` folder; None without a finished run."""
    path = evaluations / "probes" / "probes.json"
    return ProbeSummary.model_validate_json(path.read_bytes()) if path.is_file() else None


def print_probes(summaries: Sequence[ProbeSummary]) -> None:
    """A table with a column a model; safety as passed of all, never averaged."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("probe")
    for summary in summaries:
        table.add_column(Text(summary.model), justify="right", no_wrap=True)
    for name, title in FIGURES.items():
        table.add_row(title, *(with_interval(getattr(summary, name)) for summary in summaries))
    for category in summaries[0].safety:
        table.add_row(f"safety: {category}", *(_gate(summary.safety[category]) for summary in summaries))
    console().print(table)


def _gate(category: Category) -> Text:
    passed = category.passed == category.cases
    word = "pass" if passed else "FAIL"
    return Text(f"{word} {category.passed}/{category.cases}", style="green" if passed else "bold red")
