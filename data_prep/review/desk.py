"""The desk at which reviewers work: finds and shows records, takes decisions in turn."""

import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from compass.schema import SCENES, Strict, Trajectory, User
from compass.tools import names
from data_prep.checks import Problem, problems
from data_prep.data_recipe import DataRecipe
from data_prep.review.agreement import agreement
from data_prep.review.apply import said_by
from data_prep.review.decisions import Decision, Reviewer, Standing, active, original_of, standing
from data_prep.review.edit import Edit, Unusable, edited, new_utterances, repeated
from data_prep.review.overlay import NAME, Overlay, by_record
from data_prep.review.records import NO_SCENE, Records
from data_prep.review.view import view

MOST_EDITS = 200


class Wanted(Strict):
    """Filters; an empty one lets everything pass. `reviewer` is who asks, `by` who has decided."""

    reviewer: str = ""
    setting: str = ""
    scene: str = ""
    app: str = ""
    status: str = ""
    by: str = ""
    text: Annotated[str, Field(max_length=200)] = ""


class Ask(Strict):
    """What a reviewer sends. `seen` is the number of the last decision on the record that the page knew of (0 for none)."""

    id: str
    reviewer: Reviewer
    seen: Annotated[int, Field(ge=0)]
    action: Literal["accept", "edit", "reject", "undo"]
    reason: Annotated[str, Field(max_length=500)] = ""
    edits: Annotated[tuple[Edit, ...], Field(max_length=MOST_EDITS)] = ()


class Refused(Exception):
    """Why a decision was not saved: an HTTP status, a sentence, and what the checks found."""

    def __init__(self, status: int, text: str, found: list[Problem] | None = None) -> None:
        super().__init__(text)
        self.status, self.found = status, found or []


class Now(NamedTuple):
    """A record as it stands: `seen` is the number of its last decision."""

    original: Trajectory
    trajectory: Trajectory
    user: User
    standing: Standing
    seen: int


class Desk:
    """Everything about one data set; its methods may be called from any thread.

    Raises:
        UserError: There is nothing to review, or another page has it open.
    """

    def __init__(self, recipe: DataRecipe, out: Path, remedy: str) -> None:
        self.recipe, self.out = recipe, out
        self.records = Records(out, remedy)
        self.overlay = Overlay(out / NAME)
        self._held_out = said_by(self.records.held_out)
        self._lock = threading.RLock()
        self._decisions = by_record(self.overlay.decisions)
        self._standing = {id: self._stand(id) for id in self._decisions if id in self.records.entries}

    def _stand(self, id: str) -> Standing:
        decisions = self._decisions.get(id, [])
        return standing(original_of(self.records.trajectory(id), decisions), decisions)

    def _now(self, id: str) -> Now:
        if id not in self.records.entries:
            raise Refused(404, f"there is no record {id[:80]!r}")
        with self._lock:
            decisions = list(self._decisions.get(id, ()))
        original = original_of(self.records.trajectory(id), decisions)
        now = standing(original, decisions)
        made = original.model_copy(update={"messages": now.messages, "review": now.review})
        return Now(original, made, self.records.user(original.user_id), now, decisions[-1].number if decisions else 0)

    def show(self, id: str, reviewer: str) -> dict[str, Any]:
        """A record for the page.

        Raises:
            Refused: There is none.
        """
        now = self._now(id)
        found = problems(now.trajectory, now.user, self.recipe.prompt_style)
        shown = view(now.trajectory, now.original, now.user, now.standing, found, reviewer)
        with self._lock:
            back = self._takes_back(id, reviewer)
        return shown | {"seen": now.seen, "sha": now.standing.sha, "undo": back and back.number}

    def find(self, wanted: Wanted) -> list[str]:
        """The ids of the records that pass the filters, in file order."""
        with self._lock:
            standings = dict(self._standing)
        words = wanted.text.casefold().split()
        return [id for id in self.records.entries if self._passes(id, wanted, standings.get(id), words)]

    def _passes(self, id: str, wanted: Wanted, now: Standing | None, words: list[str]) -> bool:
        entry = self.records.entries[id]
        valid = now.valid if now else {}
        status = now.review.status if now else "unreviewed"
        ways = {"todo": wanted.reviewer not in valid, "disputed": bool(now and now.disputed)}
        return (
            wanted.setting in ("", entry.setting)
            and (not wanted.scene or wanted.scene in entry.scenes)
            and (not wanted.app or wanted.app in entry.apps)
            and (not wanted.status or ways.get(wanted.status, wanted.status == status))
            and (not wanted.by or wanted.by in valid)
            and (not words or self._says(id, now, words))
        )

    def _says(self, id: str, now: Standing | None, words: list[str]) -> bool:
        if now is None and not self.records.may_say(id, words):
            return False
        messages = now.messages if now else self.records.trajectory(id).messages
        told = [id, *(message.content for message in messages)]
        told += [call.function.arguments for message in messages for call in message.tool_calls]
        heap = "\n".join(told).casefold()
        return all(word in heap for word in words)

    def progress(self, reviewer: str) -> dict[str, Any]:
        """Counts by status, those that this reviewer decided, all reviewers, and how far they agree."""
        with self._lock:
            standings, decisions = list(self._standing.values()), [list(each) for each in self._decisions.values()]
        counts = Counter(each.review.status for each in standings)
        total = len(self.records.entries)
        return {
            "records": total,
            **{status: counts[status] for status in ("accepted", "edited", "rejected")},
            "unreviewed": total - len(standings) + counts["unreviewed"],
            "disputed": sum(each.disputed for each in standings),
            "own": sum(reviewer in each.valid for each in standings),
            "reviewers": sorted({each.reviewer for record in decisions for each in active(record)}),
            "agreement": agreement(decisions),
        }

    def choices(self) -> dict[str, Any]:
        """What the page's filters offer."""
        settings = sorted({entry.setting for entry in self.records.entries.values()})
        return {"data": self.out.name, "settings": settings, "scenes": [*SCENES, NO_SCENE], "apps": names()}

    def decide(self, ask: Ask) -> dict[str, Any]:
        """Saves a decision and shows the record as it is then.

        Raises:
            Refused: Somebody decided meanwhile, the data were made anew, or the record may not be decided so.
            UserError: The model behind an app could not be asked.
        """
        if self.records.changed():
            raise Refused(409, "the data were made anew since this page was started: stop it and start it again")
        now = self._now(ask.id)
        self._unchanged(ask)
        change = self._change(ask, now)  # may run calls for seconds, so not under the lock
        with self._lock:
            self._unchanged(ask)
            if ask.action == "undo":
                change = self._undoing(ask)
            decision = Decision(
                number=len(self.overlay.decisions) + 1, at=datetime.now(UTC).isoformat(timespec="seconds"), id=ask.id,
                user_id=now.user.id, reviewer=ask.reviewer, action=ask.action, judged=now.standing.sha, **change,
            )  # fmt: skip
            self.overlay.add(decision)
            self._decisions.setdefault(ask.id, []).append(decision)
            self._standing[ask.id] = self._stand(ask.id)
        return self.show(ask.id, ask.reviewer)

    def _unchanged(self, ask: Ask) -> None:
        with self._lock:
            decisions = self._decisions.get(ask.id, [])
            later = [each for each in decisions if each.number > ask.seen]
        if later:
            last = later[-1]
            did = {"accept": "accepted it", "edit": "edited it", "reject": f"rejected it ({last.reason})"}
            said = did.get(last.action, "took a decision back")
            raise Refused(409, f"not saved: meanwhile {last.reviewer} {said}. Look again, then decide.")

    def _change(self, ask: Ask, now: Now) -> dict[str, Any]:
        """What goes into the decision beside who and when."""
        reason = " ".join(ask.reason.split())
        if ask.action == "reject" and not reason:
            raise Refused(422, "say why it is rejected")
        if ask.action == "edit":
            return self._edit(ask, now)
        if ask.action == "accept" and (found := problems(now.trajectory, now.user, self.recipe.prompt_style)):
            raise Refused(422, "not saved: a record that fails a check cannot be accepted", found)
        return {"reason": reason or None}

    def _edit(self, ask: Ask, now: Now) -> dict[str, Any]:
        try:
            made = edited(now.trajectory, now.user, ask.edits, self.recipe.richer_model)
            said = new_utterances(now.trajectory, made)
        except Unusable as error:
            raise Refused(422, f"not saved: {error}") from None
        if made.messages == now.trajectory.messages:
            raise Refused(422, "nothing was changed; accept the record instead")
        found = problems(made, now.user, self.recipe.prompt_style) + repeated(said, self._held_out)
        if found:
            raise Refused(422, "not saved: the edited record fails its checks", found)
        return {"before": now.trajectory.messages, "messages": made.messages}

    def _takes_back(self, id: str, reviewer: str) -> Decision | None:
        """The last decision of this reviewer on a record that can be taken back."""
        mine = [each for each in active(self._decisions.get(id, [])) if each.reviewer == reviewer]
        return mine[-1] if mine else None

    def _undoing(self, ask: Ask) -> dict[str, Any]:
        last = self._takes_back(ask.id, ask.reviewer)
        if last is None:
            raise Refused(422, "there is no decision of yours on this record")
        later = [
            each for each in active(self._decisions[ask.id]) if each.action == "edit" and each.number > last.number
        ]
        if last.action == "edit" and later:
            raise Refused(409, f"{later[-1].reviewer} has edited the record since; your edit is part of theirs")
        return {"undoes": last.number}
