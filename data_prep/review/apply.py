"""The overlay applied by the build: edited texts in, rejected records out, all counted."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from compass.prompt import PromptStyle
from compass.schema import Trajectory, User
from data_prep.checks import Problem, problems
from data_prep.leaks import bare
from data_prep.review.agreement import agreement
from data_prep.review.decisions import active, standing
from data_prep.review.edit import new_utterances, repeated
from data_prep.review.overlay import NAME, by_record, read


class Reviewed:
    """The decisions about a data set, for the build.

    Args:
        out: Folder of the data set.
        style: Of its prompts.
        held_out: Gives the people whose utterances no edit may repeat; asked only if an edit changed an utterance.

    Raises:
        UserError: The overlay is damaged.
    """

    def __init__(self, out: Path, style: PromptStyle, held_out: Callable[[], Iterable[User]]) -> None:
        self._decisions = by_record(read(out / NAME))
        self._style, self._people = style, held_out
        self._met: set[str] = set()
        self._counts: Counter[str] = Counter()

    @cached_property
    def _held_out(self) -> list[tuple[str, str]]:
        return said_by(self._people())

    def apply(self, trajectory: Trajectory, user: User) -> tuple[Trajectory | None, list[dict[str, Any]]]:
        """The record as people want it, or None if an edit no longer passes the checks; and its lines for the ledger."""
        if trajectory.id not in self._decisions:
            self._counts["unreviewed"] += 1
            return trajectory, []
        self._met.add(trajectory.id)
        now = standing(trajectory, self._decisions[trajectory.id])
        self._counts["stale"] += len(now.stale)
        made = trajectory.model_copy(update={"messages": now.messages, "review": now.review})
        if now.messages != trajectory.messages:
            found = self._faults(trajectory, made, user)
            if found:
                self._counts["failed"] += 1
                return None, [_line(made.id, each.reason, each.text) for each in found]
            checks = {name: value for name, value in made.checks.items() if name != "problems"} | {"passed": True}
            made = made.model_copy(update={"checks": checks})
        self._counts[now.review.status] += 1
        if now.review.status != "rejected":
            return made, []
        made = made.model_copy(update={"train_on": ()})  # it stays to be seen, but nobody learns from it
        return made, [_line(made.id, "rejected", f"{now.review.reviewer}: {now.review.reason}")]

    def _faults(self, before: Trajectory, after: Trajectory, user: User) -> list[Problem]:
        said = new_utterances(before, after)
        return problems(after, user, self._style) + (repeated(said, self._held_out) if said else [])

    def summary(self) -> dict[str, Any]:
        """Counts by status, decisions about texts that are gone, and the agreement of reviewers."""
        gone = [each for id, each in self._decisions.items() if id not in self._met]
        stale = self._counts["stale"] + sum(len(active(each)) for each in gone)
        counts = {status: self._counts[status] for status in ("unreviewed", "accepted", "edited", "rejected", "failed")}
        return {**counts, "stale": stale, "agreement": agreement(self._decisions.values())}


def said_by(people: Iterable[User]) -> list[tuple[str, str]]:
    """(situation, bare utterance) of everything that people say."""
    return [(situation.id, bare(situation.utterance)) for user in people for situation in user.situations]


def _line(id: str, reason: str, text: str) -> dict[str, Any]:
    return {"stage": "review", "id": id, "reason": reason, "text": text}
