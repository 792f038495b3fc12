"""Two finished evaluations side by side: paired differences, their intervals and verdicts. Needs no model.

python -m eval.compare checkpoints/A checkpoints/B [--run compass-test-profile]
"""

import argparse
import asyncio
from collections.abc import Iterable
from pathlib import Path

from compass import errors, jsonl
from compass.errors import UserError
from compass.schema import Strict
from eval import results
from eval.digest import Digest, columns
from eval.episode import Episode
from eval.intervals import Resamples, Verdict, differences, verdict
from eval.judge_run import JudgeComparison, judge_both
from eval.metrics import METRICS
from eval.rate import Rate, rate_of
from eval.results import Episodes
from eval.summary import Summary


class Difference(Strict):
    """Second minus first; `verdict` is None where a metric has no good direction or no value."""

    over_all: Rate
    over_given: Rate | None
    verdict: Verdict | None


class Comparison(Strict):
    """`comparison.json`: the figures of both, and second minus first with the same people resampled in both.

    Attributes:
        judge: What a judge model says of both, where one was named.
        noise: The first model's second run minus its first one: what a difference must exceed to mean anything.
    """

    schema_version: int = 1
    first: Summary
    second: Summary
    differences: dict[str, Difference]
    noise: dict[str, Rate] | None
    judge: JudgeComparison | None = None


def compare(
    first: Summary,
    second: Summary,
    mine: Digest,
    theirs: Digest,
    again: Digest | None = None,
) -> Comparison:
    """Second minus first, paired over people; `again` is a second run of the first model.

    Raises:
        UserError: The two were not evaluated under the same conditions.
    """
    results.need_same_conditions(first, second)
    drawn = Resamples(len(mine.people))
    found = dict(zip(columns(), differences(mine.sample(), theirs.sample(), drawn)))
    repeat = dict(zip(columns(), differences(mine.sample(), again.sample(), drawn))) if again else {}
    return Comparison(
        first=first,
        second=second,
        differences={
            name: Difference(
                over_all=rate_of(found[name, "all"]),
                over_given=rate_of(found[name, "given"]) if metric.given else None,
                verdict=verdict(found[name, "all"], metric.better),
            )
            for name, metric in METRICS.items()
        },
        noise={name: rate_of(repeat[name, "all"]) for name in METRICS} if again else None,
    )


def write(comparison: Comparison, mine: Iterable[Episode], theirs: Iterable[Episode]) -> Path:
    """Writes `checkpoints/compare/<first>-vs-<second>/<run>/`: comparison, table and report; returns the report's path."""
    from eval.report import write_report
    from eval.table import markdown

    first, second = comparison.first, comparison.second
    pair = f"{first.model}-vs-{second.model}"
    folder = Path("checkpoints") / "compare" / pair / f"{first.bench.name}-{first.setting}"
    jsonl.write_json(folder / "comparison.json", comparison.model_dump(mode="json"))
    with jsonl.writing(folder / "table.md") as file:
        file.write(markdown(comparison))
    return write_report(folder / "report.html", comparison, mine, theirs)


def _finished(folder: Path) -> dict[str, Path]:
    """Name to folder of each finished evaluation: the folder itself, or those of a checkpoint."""
    if not folder.is_dir():
        raise UserError(
            f"The folder {folder} does not exist. Give two folders that `make eval` has written results to."
        )
    places = [folder / "summary.json", *sorted(folder.glob("eval/*/summary.json"))]
    return {path.parent.name: path.parent for path in places if path.is_file()}


def _shared_run(first: Path, second: Path, wanted: str | None) -> tuple[Path, Path]:
    mine, theirs = _finished(first), _finished(second)
    both = [name for name in mine if name in theirs and wanted in (None, name)]
    if not both:
        have = "; ".join(
            f"{folder} has {', '.join(runs) or 'none'}" for folder, runs in ((first, mine), (second, theirs))
        )
        raise UserError(
            f"The two have no finished evaluation {wanted or ''} in common ({have}). Run make eval for both."
        )
    if len(both) > 1:
        raise UserError(
            f"The two have several evaluations in common; name one with --run (ARGS='--run {both[0]}'): {', '.join(both)}."
        )
    return mine[both[0]], theirs[both[0]]


def _need_summary(folder: Path) -> Summary:
    if summary := results.load_summary(folder):
        return summary
    raise UserError(f"{folder}/summary.json is damaged or from another version. Evaluate the checkpoint again.")


def main() -> None:
    """Compares two checkpoints, or two evaluations."""
    from eval.table import print_comparison

    parser = argparse.ArgumentParser(
        prog="python -m eval.compare", description="Two finished evaluations side by side."
    )
    parser.add_argument("first", type=Path, help="a checkpoint folder, or one evaluation in it")
    parser.add_argument("second", type=Path, help="the other")
    parser.add_argument("--run", help="which evaluation, where they share several: a folder name under eval/")
    arguments = parser.parse_args()
    folders = _shared_run(arguments.first, arguments.second, arguments.run)
    first, second = map(_need_summary, folders)
    mine, theirs = map(Episodes, folders)
    digest = Digest(mine)
    judged = asyncio.run(judge_both(None, (), *folders, (first, second), digest))
    comparison = compare(first, second, digest, Digest(theirs)).model_copy(update={"judge": judged})
    report = write(comparison, mine, theirs)
    print_comparison(comparison)
    print(f"report: {report}")


if __name__ == "__main__":
    errors.run(main)
