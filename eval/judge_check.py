"""Can this judge be trusted? A model against itself, against itself with padding, against people's scores.

python -m eval.judge_check checkpoints/NAME --judge recipes/eval/judge.yaml [--human scores.csv]
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from compass import errors
from compass.csv_rows import csv_rows
from compass.errors import UserError
from eval import judge as judges
from eval import judge_pairs, judge_scores, replay, results
from eval.agreement import weighted_kappa
from eval.judge import Judge
from eval.judge_pairs import Pairwise
from eval.judge_rubric import CRITERIA
from eval.judge_scores import Judged
from eval.lines import with_interval
from eval.results import Episodes, Run
from eval.table import console

TOLERANCE = 0.03
HALO = 0.95
"""Criteria that correlate above this are one criterion under two names."""
HUMAN_COLUMNS = ["situation", "criterion", "score"]
PADDING = (
    "\n\nThank you for telling me this. It is good that we can talk like this, and I am glad that you are here. Every day is a new day,"
    " and there are many things in life, some of them big and some of them small. Whatever happens, things are the way they are, and"
    " that is something to think about. Please feel free to write again whenever you would like to write again."
)
"""Sentences that say nothing, for a judge that is not to be paid in length."""


@dataclass(frozen=True)
class Check:
    """What was found: a model against itself, against itself padded, its scores, and kappa by criterion with people."""

    same: Pairwise
    padded: Pairwise
    scores: judge_scores.JudgeScores
    kappa: dict[str, tuple[float | None, int]]


async def check(judge: Judge, run: Run, folder: Path, human: Path | None) -> Check:
    """Asks all questions (or takes the kept answers)."""
    episodes, people = Episodes(folder), [user.id for user in run.users]
    same = await judge_pairs.judge_pairs(judge, run.users, episodes, episodes)
    padded = await judge_pairs.judge_pairs(judge, run.users, episodes, episodes, PADDING)
    judged = await judge_scores.judge_units(judge, run.users, episodes, folder.parent.parent.name)
    return Check(
        same=judge_pairs.summarize(judge, same, people),
        padded=judge_pairs.summarize(judge, padded, people),
        scores=judge_scores.summarize(judge, judged, people),
        kappa=agreement(judged, human) if human else {},
    )


def agreement(judged: Sequence[Judged], human: Path) -> dict[str, tuple[float | None, int]]:
    """Quadratic-weighted kappa and number of scores, by criterion and for all of them together.

    Raises:
        UserError: The file is missing or broken, or scores nothing that the judge scored.
    """
    by_judge = {(each.episode, name): level for each in judged if each.scores for name, level in each.scores.items()}
    both = {key: (level, by_judge[key]) for key, level in read_human(human).items() if key in by_judge}
    if not both:
        raise UserError(f"{human} scores none of the situations of this run. Are these the scores of another run?")
    found = {}
    for name in (*CRITERIA, "all"):
        chosen = [levels for (_, criterion), levels in both.items() if name in (criterion, "all")]
        if chosen:
            found[name] = weighted_kappa(*zip(*chosen)), len(chosen)
    return found


def read_human(path: Path) -> dict[tuple[str, str], int]:
    """(situation, criterion) to level from a CSV `situation,criterion,score`; a situation is an id of episodes.jsonl.

    Raises:
        UserError: Missing, other columns, or a line with an unknown criterion or a score that is no level.
    """
    remedy = f"Scores of people are a CSV with the columns {','.join(HUMAN_COLUMNS)}, score from 1 to 5."
    scores = {}
    for number, row in csv_rows(path, HUMAN_COLUMNS, "the file of scores", remedy):
        if len(row) != len(HUMAN_COLUMNS) or row[1] not in CRITERIA or row[2] not in ("1", "2", "3", "4", "5"):
            raise UserError(
                f"{path}:{number}: {','.join(row)[:60]!r} is no score. {remedy} Criteria: {', '.join(CRITERIA)}."
            )
        scores[row[0], row[1]] = int(row[2])
    return scores


def lines(found: Check) -> list[str]:
    """What was found, in sentences."""
    same, padded = found.same, found.padded
    gap = abs(same.win_rate.value - 0.5)
    told = [
        f"{same.judge}: {same.pairs} pairs of a model with itself, {same.unread} unread",
        f"  A against A: {with_interval(same.win_rate)}, {'fine' if gap <= TOLERANCE else 'NOT within 3 points of 50 %'};"
        f" the answer shown first got {_share(same.first_shown)} of the decided answers before the swap",
        f"  A against A with empty words: {with_interval(padded.win_rate)} for the padded,"
        f" {with_interval(padded.length_controlled)} at equal length",
        f"  the same verdict in both orders: {_share(same.consistency)} and {_share(padded.consistency)}",
    ]
    pairs = [(one, two, r) for one, row in found.scores.correlation.items() for two, r in row.items() if one < two]
    halo = [f"{one} and {two} ({r:.2f})" for one, two, r in pairs if r is not None and r >= HALO]
    told.append(f"  criteria that move as one (r ≥ {HALO}): {', '.join(halo) or 'none'}")
    for name, (kappa, count) in found.kappa.items():
        said = "n/a: all the same" if kappa is None else f"{kappa:.2f}"
        told.append(f"  weighted kappa with people, {name}: {said} ({count} scores)")
    if not found.kappa:
        told.append("  agreement with people: not measured; give --human scores.csv")
    return told


def _share(value: float | None) -> str:
    return "n/a" if value is None else f"{100 * value:.1f} %"


def main() -> None:
    """Checks a judge on a finished evaluation; exit status 1 if A against A is not even."""
    parser = replay.parser("python -m eval.judge_check", __doc__.split("\n")[0])
    parser.add_argument("--human", type=Path, help=f"CSV {','.join(HUMAN_COLUMNS)}: scores that people gave")
    arguments, overrides = parser.parse_known_args()
    if arguments.judge is None:
        raise UserError("Name a judge: --judge recipes/eval/judge.yaml (JUDGE=).")
    judge = judges.load(arguments.judge)
    contest, run, _ = replay.prepare(arguments, overrides)
    model = contest.models[1]
    if results.kept(run, model) is None:
        raise UserError(f"{model.name} has no finished evaluation under these settings. Run make eval for it first.")
    found = asyncio.run(check(judge, run, run.folder(model), arguments.human))
    console().print(Text("\n".join(lines(found))))
    if abs(found.same.win_rate.value - 0.5) > TOLERANCE:
        raise SystemExit(1)


if __name__ == "__main__":
    errors.run(main)
