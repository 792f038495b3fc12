"""A record as the page shows it, with what was decided about it."""

import base64
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import compass.tools
from compass.schema import Message, Trajectory, User
from data_prep.checks import Problem
from data_prep.review.decisions import Decision, Standing
from data_prep.review.edit import Unusable, said_at


def view(
    trajectory: Trajectory, original: Trajectory, user: User, now: Standing, found: Sequence[Problem], reviewer: str
) -> dict[str, Any]:
    """The record for one reviewer.

    Args:
        trajectory: As it stands now; `original`: before any edit.
        found: What its checks say.
        reviewer: Whose own decision is told apart from those of others.
    """
    own = now.valid.get(reviewer)
    return {
        "id": trajectory.id,
        "setting": trajectory.setting,
        "source": trajectory.source.teacher,
        "person": _person(user),
        "rounds": _rounds(trajectory, original, user),
        "trained": bool(trajectory.train_on),
        "problems": [each.model_dump() for each in found],
        "score": trajectory.checks.get("score"),
        "checks": {name: value for name, value in trajectory.checks.items() if name not in ("passed", "score")},
        "review": now.review.model_dump(),
        "own": own and _told(own),
        "others": [_told(each) for name, each in now.valid.items() if name != reviewer],
        "stale": len(now.stale),
        "drawings": _drawings(trajectory.messages),
    }


def _told(decision: Decision) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in ("number", "at", "reviewer", "action", "reason")}


def _person(user: User) -> dict[str, Any]:
    profile = user.profile.model_dump()
    traits, background = profile.pop("big_five"), profile.pop("background")
    wishes = {
        scene: {"text": each.text, "likes": each.likes, "dislikes": each.dislikes}
        for scene, each in user.preferences.items()
    }
    return {"id": user.id, "split": user.split, **profile, **traits, **background, "preferences": wishes}


def _rounds(trajectory: Trajectory, original: Trajectory, user: User) -> list[dict[str, Any]]:
    situations = {situation.id: situation for situation in user.situations}
    rounds: list[dict[str, Any]] = []
    turn = -1
    for place, (message, before) in enumerate(zip(trajectory.messages, original.messages)):
        turn += message.role == "assistant"
        if message.role == "user":
            made = trajectory.rounds[len(rounds)]
            situation = situations[made.situation_id].model_dump(mode="json")
            rounds.append({"situation": situation, "at": made.at, "side": made.side, "messages": []})
        shown = _message(message, place) | {"was": before.content if before.content != message.content else None}
        if message.role == "user":
            shown |= _said(trajectory, place)
        if message.role == "assistant":
            shown["trained"] = turn in trajectory.train_on
            olds = (each.function.arguments for each in before.tool_calls)
            for call, old in zip(shown["calls"], olds):
                call["was"] = old if old != call["arguments"] else None
        rounds[-1]["messages"].append(shown)
    return rounds


def _message(message: Message, place: int) -> dict[str, Any]:
    calls = [{"name": each.function.name, "arguments": each.function.arguments} for each in message.tool_calls]
    return {"place": place, "role": message.role, "content": message.content, "calls": calls}


def _said(trajectory: Trajectory, place: int) -> dict[str, Any]:
    try:
        said = said_at(trajectory, place)
    except Unusable:
        return {"utterance": None, "reaction": None}
    return said._asdict()


def _drawings(messages: Sequence[Message]) -> dict[str, str]:
    """Data addresses of the catalog's drawings of the stickers that results name; no other drawing is ever shown."""
    used = set[str]()
    for message in messages:
        try:
            result = json.loads(message.content) if message.role == "tool" else None
        except (ValueError, RecursionError):
            continue
        stickers = result.get("stickers") if isinstance(result, dict) else None
        named = [each.get("id") for each in stickers if isinstance(each, dict)] if isinstance(stickers, list) else []
        used |= {each for each in named if isinstance(each, str)}
    return {id: _stickers()[id] for id in sorted(used & set(_stickers()))} if used else {}


@cache
def _stickers() -> dict[str, str]:
    path = Path(compass.tools.__file__).parent / "catalog" / "stickers.json"
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    return {
        each["id"]: f"data:image/svg+xml;base64,{base64.b64encode(each['svg'].encode()).decode()}" for each in items
    }
