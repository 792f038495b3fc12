"""Six scores of each unit by a judge, their means with intervals, and how they move together."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compass import jsonl
from compass.rollout import reply_text
from compass.schema import Strict, User
from eval.agreement import correlation
from eval.episode import Episode
from eval.intervals import Resamples, Sample, rates
from eval.judge import Judge
from eval.judge_material import answered, asked, units_of
from eval.judge_rubric import CRITERIA, score_question
from eval.rate import Rate, rate_of

FILE = "judge.jsonl"


class Judged(Strict):
    """A line of `judge.jsonl`: what a judge said about one unit.

    Attributes:
        scores: Criterion to level, 1 to 5; None where the judge's answer could not be read, which is no score.
        reason: The judge's sentence; empty where it was not asked, since there was no reply to judge.
    """

    episode: str
    number: int
    user_id: str
    scores: dict[str, int] | None
    reason: str


class JudgeScores(Strict):
    """What `summary.json` holds under `judge`.

    Attributes:
        judge: Model that judged; `signature`: of that model and how it was asked.
        asked: Units judged; `unread`: those whose answer could not be read, which are in no mean.
        no_reply: Units without a reply: level 1 throughout, without asking.
        criteria: Means on the scale from 1 to 5, with intervals over people.
        correlation: Criterion to criterion to Pearson's correlation; near 1 means that the judge does not tell them apart.
    """

    judge: str
    signature: str
    asked: int
    unread: int
    no_reply: int
    criteria: dict[str, Rate]
    correlation: dict[str, dict[str, float | None]]


async def judge_units(judge: Judge, users: Sequence[User], episodes: Iterable[Episode], title: str) -> list[Judged]:
    """Judges the units that count.

    Raises:
        UserError: As `Judge.answers`.
    """
    people = {user.id: user for user in users}
    units = [(key, user, bool(reply_text(each.exchanges)), each) for key, user, each in units_of(episodes)]
    questions = {
        key: score_question({**asked(people[user], each), **answered(each.exchanges)})
        for key, user, replied, each in units
        if replied
    }
    answers = await judge.answers(questions, f"scores of {title}") if questions else {}
    return [_judged(key, user, answers.get(key), replied) for key, user, replied, _ in units]


def _judged(key: tuple[str, int], user: str, answer: Mapping[str, Any] | None, replied: bool) -> Judged:
    if not replied:
        scores, reason = dict.fromkeys(CRITERIA, 1), ""
    else:
        scores = {name: answer[name] for name in CRITERIA} if answer else None
        reason = answer["reason"] if answer else ""
    return Judged(episode=key[0], number=key[1], user_id=user, scores=scores, reason=reason)


def _matrix(judged: Sequence[Judged]) -> np.ndarray:
    """Shape (units, criteria), nan where missing."""
    nothing = [float("nan")] * len(CRITERIA)
    rows = [[each.scores[name] for name in CRITERIA] if each.scores else nothing for each in judged]
    return np.array(rows, dtype=float).reshape(len(rows), len(CRITERIA))


def sample(judged: Sequence[Judged], people: Sequence[str]) -> Sample:
    """The levels by person, a column a criterion."""
    return Sample([each.user_id for each in judged], _matrix(judged), people)


def summarize(judge: Judge, judged: Sequence[Judged], people: Sequence[str]) -> JudgeScores:
    """Means and correlations."""
    found = zip(CRITERIA, map(rate_of, rates(sample(judged, people), Resamples(len(people)))))
    rows = correlation(_matrix([each for each in judged if each.reason or each.scores is None]))
    no_reply = sum(bool(each.scores) and not each.reason for each in judged)
    return JudgeScores(
        judge=judge.name,
        signature=judge.signature,
        asked=len(judged) - no_reply,
        unread=sum(each.scores is None for each in judged),
        no_reply=no_reply,
        criteria=dict(found),
        correlation={name: dict(zip(CRITERIA, row)) for name, row in zip(CRITERIA, rows)},
    )


def write(folder: Path, judged: Sequence[Judged]) -> None:
    """Writes `judge.jsonl` beside the episodes."""
    jsonl.write(folder / FILE, judged)


def read(folder: Path) -> list[Judged]:
    """Reads it."""
    return list(jsonl.read(folder / FILE, Judged, "the judge's scores", "Evaluate again with the judge."))
