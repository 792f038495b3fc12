"""What a judge said, as lines and sentences: the same for terminal, report and model card."""

from collections.abc import Iterator

from eval.compare import Comparison
from eval.judge_pairs import Pairwise
from eval.judge_rubric import CRITERIA
from eval.lines import with_interval
from eval.rate import Rate


def title(criterion: str) -> str:
    """`information richness`."""
    return criterion.replace("_", " ")


def level(rate: Rate, sign: str = "") -> str:
    """A mean level or a difference of two with its interval: `3.42 [3.10, 3.75]`."""
    if rate.value is None:
        return "n/a"
    return f"{rate.value:{sign}.2f} [{rate.low:{sign}.2f}, {rate.high:{sign}.2f}]"


def rows(comparison: Comparison) -> Iterator[tuple[str, str, str, str, str]]:
    """(criterion, first model, second model, difference, verdict); nothing without a judge."""
    if comparison.judge:
        for name, difference in comparison.judge.criteria.items():
            both = (each.judge.criteria[name] for each in (comparison.first, comparison.second))
            yield title(name), *map(level, both), level(difference.levels, "+"), difference.verdict or ""


def sentences(comparison: Comparison) -> list[str]:
    """Who judged, what could not be read, who won; what is missing without a judge."""
    if not comparison.judge:
        return ["Not judged: empathy, helpfulness and the other criteria need a judge model (--judge RECIPE)."]
    first, second = comparison.first, comparison.second
    said = [f"Judged by {second.judge.judge}, levels from 1 to 5."]
    for each in (first, second):
        asked, lost, silent = each.judge.asked, each.judge.unread, each.judge.no_reply
        said.append(
            f"{each.model}: {asked} replies judged, {lost} answers of the judge unread and in no mean, {silent} units"
            " without a reply at level 1."
        )
    if comparison.judge.pairwise:
        said.append(pairwise(comparison.judge.pairwise, second.model))
    return said


def pairwise(found: Pairwise, model: str) -> str:
    """The pairwise result in a sentence or two."""
    shares = {
        "same verdict in both orders": found.consistency,
        "first shown preferred": found.first_shown,
        "longer reply won": found.longer_wins,
    }
    biases = "; ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items() if share is not None)
    return (
        f"Side by side, both orders: {model} wins {found.wins}, ties {found.ties}, loses {found.losses} of {found.pairs} pairs"
        f" ({found.unread} unread, {found.without_reply} decided by a missing reply). Win rate {with_interval(found.win_rate)};"
        f" at equal length {with_interval(found.length_controlled)}. {biases[:1].upper()}{biases[1:]}."
    )


def correlations(comparison: Comparison) -> list[dict[str, object]]:
    """For each model: criterion and its correlations with all of them, as text."""
    if not comparison.judge:
        return []
    return [
        {
            "model": each.model,
            "rows": [
                (title(one), ["" if r is None else f"{r:.2f}" for r in each.judge.correlation[one].values()])
                for one in CRITERIA
            ],
        }
        for each in (comparison.first, comparison.second)
    ]


def markdown(comparison: Comparison) -> list[str]:
    """Lines of a Markdown section."""
    if not comparison.judge:
        return [*sentences(comparison), ""]
    first, second = comparison.first.model, comparison.second.model
    head = [f"| judge, 1 to 5 | {first} | {second} | difference [95 %] | verdict |", "|---|---|---|---|---|"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows(comparison)), "", *sentences(comparison), ""]
