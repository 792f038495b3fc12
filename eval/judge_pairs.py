"""Two answers to the same person, judged in both orders: a win only if the same side wins twice, else a tie."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compass.rollout import reply_text
from compass.schema import Strict, User
from eval.agreement import length_controlled
from eval.episode import Episode, Round
from eval.intervals import Resamples, Sample, rates
from eval.judge import Judge
from eval.judge_material import answered, asked
from eval.judge_rubric import Question, pair_question
from eval.metrics import words
from eval.rate import Rate, rate_of
from eval.report_data import pairs_of

LENGTH_RESAMPLES = 500
_DECIDED = {"first": 1.0, "second": 0.0, "tie": 0.5}


class Pairwise(Strict):
    """What `comparison.json` holds under `judge.pairwise`; wins are the second model's.

    Attributes:
        pairs: Units compared; `unread`: those where an answer in either order could not be read, which are in no rate.
        without_reply: Pairs that one side lost, or both tied, for want of a reply, without asking.
        win_rate: Wins plus half the ties, over people.
        length_controlled: The same as it would be at equal length (see `eval.agreement.length_controlled`), pairs with two
            replies only; its interval is over 500 resamples.
        consistency: Share of asked pairs with the same verdict in both orders.
        first_shown: Share of decided answers for the answer shown first: 0.5 without a bias of place.
        longer_wins: Share of decided pairs that the longer reply won.
    """

    judge: str
    signature: str
    pairs: int
    unread: int
    without_reply: int
    wins: int
    ties: int
    losses: int
    win_rate: Rate
    length_controlled: Rate
    consistency: float | None
    first_shown: float | None
    longer_wins: float | None


@dataclass(frozen=True)
class Verdict:
    """One pair.

    Attributes:
        orders: What the judge said with the second model shown first, and shown second, as the second model's points;
            empty where nobody was asked.
        outcome: 1 the second model wins, 0.5 tie, 0 it loses; None where an answer could not be read.
        longer_by: Words of the second model's reply minus the first's.
    """

    person: str
    orders: tuple[float, ...]
    outcome: float | None
    longer_by: int


async def judge_pairs(
    judge: Judge, users: Sequence[User], mine: Iterable[Episode], theirs: Iterable[Episode], padding: str = ""
) -> list[Verdict]:
    """Asks about each unit in both orders; `padding` is put at the end of the second model's replies.

    Raises:
        UserError: As `Judge.answers`.
    """
    people = {user.id: user for user in users}
    pairs = [pair for pair in pairs_of(mine, theirs) if pair[1].with_history is not False]
    questions: dict[tuple[int, str], Question] = {}
    for number, (person, one, two) in enumerate(pairs):
        if reply_text(one.exchanges) and reply_text(two.exchanges):
            about = asked(people[person], one)
            first, second = answered(one.exchanges), answered(two.exchanges, padding)
            questions[number, "shown first"] = pair_question(about, second, first)
            questions[number, "shown second"] = pair_question(about, first, second)
    answers = await judge.answers(questions, "pairs") if questions else {}
    return [_verdict(person, one, two, number, answers, padding) for number, (person, one, two) in enumerate(pairs)]


def _verdict(
    person: str,
    one: Round,
    two: Round,
    number: int,
    answers: Mapping[tuple[int, str], dict[str, Any] | None],
    padding: str,
) -> Verdict:
    mine, theirs = reply_text(one.exchanges), reply_text(two.exchanges)
    longer_by = len(words(theirs + padding)) - len(words(mine))
    if (number, "shown first") not in answers:
        return Verdict(person, (), 0.5 + 0.5 * (bool(theirs) - bool(mine)), longer_by)
    said = [answers[number, place] for place in ("shown first", "shown second")]
    if None in said:
        return Verdict(person, (), None, longer_by)
    orders = _DECIDED[said[0]["better"]], 1 - _DECIDED[said[1]["better"]]
    outcome = orders[0] if orders[0] == orders[1] else 0.5
    return Verdict(person, orders, outcome, longer_by)


def summarize(judge: Judge, verdicts: Sequence[Verdict], people: Sequence[str]) -> Pairwise:
    """All figures of a set of verdicts."""
    read = [each for each in verdicts if each.outcome is not None]
    asked_for = [each for each in read if each.orders]
    outcomes = [each.outcome for each in read]
    win_rate = Sample([each.person for each in read], np.array(outcomes, dtype=float).reshape(-1, 1), people)
    decided = [(each.outcome, each.longer_by) for each in asked_for if each.outcome != 0.5 and each.longer_by]
    firsts = [first for each in asked_for for first in (each.orders[0], 1 - each.orders[1]) if first != 0.5]
    return Pairwise(
        judge=judge.name,
        signature=judge.signature,
        pairs=len(verdicts),
        unread=len(verdicts) - len(read),
        without_reply=len(read) - len(asked_for),
        wins=outcomes.count(1.0),
        ties=outcomes.count(0.5),
        losses=outcomes.count(0.0),
        win_rate=rate_of(rates(win_rate, Resamples(len(people)))[0]),
        length_controlled=_at_equal_length(asked_for, people),
        consistency=_mean([each.orders[0] == each.orders[1] for each in asked_for]),
        first_shown=_mean(firsts),
        longer_wins=_mean([(outcome == 1.0) == (longer > 0) for outcome, longer in decided]),
    )


def _mean(values: Sequence[float | bool]) -> float | None:
    return round(float(np.mean(values)), 6) if values else None


def _at_equal_length(verdicts: Sequence[Verdict], people: Sequence[str]) -> Rate:
    """The length-controlled rate with its interval over people."""
    outcomes = np.array([each.outcome for each in verdicts], dtype=float)
    lengths = np.array([each.longer_by for each in verdicts], dtype=float)
    value = length_controlled(outcomes, lengths)
    if value is None:
        return Rate(value=None, low=None, high=None, units=0)
    places = {person: place for place, person in enumerate(people)}
    rows = np.array([places[each.person] for each in verdicts])
    pieces = Resamples(len(people), LENGTH_RESAMPLES)
    fits = [length_controlled(outcomes, lengths, drawn[rows]) for piece in pieces for drawn in piece]
    low, high = np.percentile(fits, [2.5, 97.5])
    return Rate(value=round(value, 6), low=round(float(low), 6), high=round(float(high), 6), units=len(verdicts))
