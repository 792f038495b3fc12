"""What people decided about a record, and what follows from it.

A decision names the text that it judged. An edit takes a record from one text to the next; to accept or reject says
something about one text only. So when a rebuild changes a record, decisions about the former text are stale, and when
an edit is taken back, what was said about the text before it holds again.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from compass.schema import Message, Review, Round, Strict, Trajectory

Verdict = Literal["accept", "edit", "reject"]
Reviewer = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\w[\w .'-]{0,39}$")]
STATUS: dict[Verdict, Literal["accepted", "edited", "rejected"]] = {
    "accept": "accepted", "edit": "edited", "reject": "rejected",
}  # fmt: skip


class Decision(Strict):
    """One line of the overlay.

    Args:
        number: Counts all decisions of a data set from 1.
        at: UTC, ISO, to the second.
        id: The trajectory.
        judged: `text_sha` of what the reviewer saw.
        reason: Why it is rejected.
        undoes: Number of the decision that this one takes back.
        before: The messages that were edited, and `messages` what they became.
    """

    number: Annotated[int, Field(ge=1)]
    at: str
    id: str
    user_id: str
    reviewer: Reviewer
    action: Literal["accept", "edit", "reject", "undo"]
    judged: str
    reason: str | None = None
    undoes: int | None = None
    before: tuple[Message, ...] = ()
    messages: tuple[Message, ...] = ()


class Standing(NamedTuple):
    """Where a record stands.

    Args:
        messages: Its text now; `sha` of it.
        valid: By reviewer, the decision that holds about this text; the edit that made it is among them.
        stale: Decisions not taken back about a text that the record no longer has.
    """

    messages: tuple[Message, ...]
    sha: str
    review: Review
    valid: dict[str, Decision]
    stale: list[Decision]

    @property
    def disputed(self) -> bool:
        """Whether some let this text pass and others do not."""
        verdicts = {decision.action for decision in self.valid.values()}
        return "reject" in verdicts and len(verdicts) > 1


def text_sha(rounds: Sequence[Round], messages: Sequence[Message]) -> str:
    """Hash of everything that a reviewer judges."""
    told = [[each.model_dump(mode="json") for each in part] for part in (rounds, messages)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def active(decisions: Sequence[Decision]) -> list[Decision]:
    """Those that nobody took back, in order."""
    undone = {decision.undoes for decision in decisions if decision.action == "undo"}
    return [each for each in decisions if each.action != "undo" and each.number not in undone]


def standing(original: Trajectory, decisions: Sequence[Decision]) -> Standing:
    """Where a record stands after its decisions (in the order of their numbers).

    A rejection is not outvoted: it holds until its reviewer takes it back or somebody mends the text.
    """
    messages, sha = original.messages, text_sha(original.rounds, original.messages)
    reached, editor = {sha}, None
    kept = active(decisions)
    for decision in kept:
        if decision.action == "edit" and decision.judged == sha:
            messages, editor = decision.messages, decision
            sha = text_sha(original.rounds, messages)
            reached.add(sha)
    valid = {editor.reviewer: editor} if editor else {}
    for decision in kept:
        if decision.action in ("accept", "reject") and decision.judged == sha:
            own = editor and decision.action == "accept" and editor.reviewer == decision.reviewer
            valid[decision.reviewer] = editor if own else decision  # to accept one's own edit says nothing new
    stale = [decision for decision in kept if decision.judged not in reached]
    return Standing(messages, sha, _review(valid), valid, stale)


def _review(valid: dict[str, Decision]) -> Review:
    """The strictest verdict, by whom, and why."""
    for action in ("reject", "edit", "accept"):
        found = [decision for decision in valid.values() if decision.action == action]
        if found:
            reasons = "; ".join(filter(None, (decision.reason for decision in found)))
            names = ", ".join(decision.reviewer for decision in found)
            return Review(status=STATUS[action], reviewer=names, reason=reasons or None)
    return Review()


def original_of(trajectory: Trajectory, decisions: Sequence[Decision]) -> Trajectory:
    """The record as it was before any edit, also where the build has applied some."""
    messages = trajectory.messages
    for decision in reversed(decisions):
        if decision.action == "edit" and decision.messages == messages:
            messages = decision.before
    return trajectory.model_copy(update={"messages": messages, "review": Review()})
