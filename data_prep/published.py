"""The published raw records as a teacher: per utterance liked and disliked calls, their results and replies.

Layout (synthesis code of ComPASS): `{"user_interactions": {key: [{"user_utterance", "scenario", "tool_call_pos",
"tool_call_neg"}, …]}}`, each side `{"1": {"tool_call": {"tool_folder_name", "function_name", "param"}, "tool_result",
"generated_feedback", "perfer_check", "Pass_check", "reason"}, "2": …}`. Results are the published apps' own text; they
are kept as they are, so these calls cannot be replayed in our worlds.
"""

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compass.errors import UserError, need_file
from compass.journal import Journal
from compass.prompt import guides_sha, round_text
from compass.published import published_users
from compass.schema import (
    SCENES,
    Function,
    Message,
    Round,
    Scene,
    Side,
    Situation,
    Source,
    ToolCall,
    Trajectory,
    User,
    canonical_json,
)  # fmt: skip
from compass.tools import names
from data_prep.checks import problems
from data_prep.data_recipe import DataRecipe
from data_prep.progress import tracked

SIDES: tuple[tuple[str, Side], ...] = (("tool_call_pos", "preferred"), ("tool_call_neg", "dispreferred"))
REFUSED = ("schema", "side", "safety")  # what our checks may not let pass; the rest is noted in the record
FAILED = (  # what the published apps' door wrote where a result should stand
    "class method call failed", "normal function call failed", "tool folder not exist", "no valid tool call",
    "parse tool call failed", "load api.py failed",
)  # fmt: skip
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # an escape that may be half of a surrogate pair
LONGEST_RESULT = 20_000  # characters; a longer text is kept as text


def make_people(recipe: DataRecipe, journal: Journal) -> None:
    """Puts at most as many people into the journal as the recipe asks for, those of `val` first."""
    records = _read(recipe.records or "", "the published records")
    records = records.get("user_interactions", records)
    if not isinstance(records, dict):
        raise UserError(
            f"{recipe.records}: user_interactions is a {type(records).__name__}, not an object keyed by person."
        )
    profiles = _read(recipe.profiles or "", "the published profiles")
    keys = [key for key in profiles if isinstance(records.get(key), list) and records[key]]
    if not keys:
        raise UserError(
            f"{recipe.records} and {recipe.profiles} share no person; both are keyed by the person's number."
        )
    chosen = keys[: recipe.people.val + recipe.people.train]
    for number, key in enumerate(tracked(chosen, len(chosen), "people")):
        user = _user(key, profiles[key], records[key], recipe.profiles or "")
        split = "val" if number < recipe.people.val else "train"
        if user.id not in journal.done:
            placed = user.model_copy(update={"split": split})
            journal.add(user.id, {"user": placed.model_dump(mode="json"), "records": records[key]})


def _read(path: str, what: str) -> dict[str, Any]:
    text = need_file(Path(path), what, "Name the file in the data recipe.").read_text(encoding="utf-8")
    try:
        value = json.loads(text, parse_constant=lambda name: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: not valid JSON ({error.msg}).") from None
    if _HALF.search(text):
        value = _whole(value)
    if not isinstance(value, dict):
        raise UserError(f"{path}: {what} are one JSON object keyed by person, this is a {type(value).__name__}.")
    return value


def _finite(text: str) -> float | None:
    """A number, or nothing: NaN and infinity are not JSON, and no app takes them."""
    return float(text) if math.isfinite(float(text)) else None


def _whole(value: Any) -> Any:
    """The same without halves of surrogate pairs, which no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value


def _user(key: str, profile: dict[str, Any], records: list[Any], place: str) -> User:
    """The person with one situation for each record; a record without an utterance gets an empty-handed one."""
    told = dict(zip(map(str, profile.get("utterance", ())), profile.get("scenarios", ())))
    said = [_utterance(record) or "(no utterance)" for record in records]
    scenarios = [told.get(text, {"scenario": text, "emotion": "not labelled"}) for text in said]
    user = published_users({key: profile | {"utterance": said, "scenarios": scenarios}}, place)[0]
    situations = (
        situation.model_copy(update={"scene": _scene(record)}) for situation, record in zip(user.situations, records)
    )
    return user.model_copy(update={"situations": tuple(situations)})


def _utterance(record: Any) -> str | None:
    said = record.get("user_utterance") if isinstance(record, dict) else None
    if isinstance(said, dict):
        said = said.get("utterance")
    return said.strip() if isinstance(said, str) and said.strip() else None


def _scene(record: Any) -> Scene | None:
    """`Work/Study_scenario` is work, and so on."""
    said = str(record.get("scenario", "")).casefold() if isinstance(record, dict) else ""
    return next((scene for scene in SCENES if scene in said), None)


def teach(recipe: DataRecipe, students: list[str], people: Mapping[str, Any], journal: Journal) -> None:
    """Turns the students' records into trajectories: {"kept", "rejected"} for each."""
    for user_id in tracked(students, len(students), "trajectories"):
        if user_id not in journal.done:
            journal.add(user_id, taught(recipe, people[user_id]))


def taught(recipe: DataRecipe, student: dict[str, Any]) -> dict[str, Any]:
    """The trajectories of one person's records, and those that could not be used with the reason."""
    user = User.model_validate(student["user"])
    kept, rejected = [], []
    for situation, record in zip(user.situations, student["records"]):
        for id, side, raw in _sides(situation, record):
            made = _trajectory(recipe, user, situation, id, side, raw)
            refused = [made] if isinstance(made, tuple) else _refused(made, user, recipe)
            if refused:
                rejected += [{"stage": "import", "id": id, "reason": reason, "text": text} for reason, text in refused]
            elif isinstance(made, Trajectory) and (side == "preferred" or recipe.pairs):
                kept.append(made.model_dump(mode="json"))
    return {"kept": kept, "rejected": rejected}


def _refused(made: Trajectory, user: User, recipe: DataRecipe) -> list[tuple[str, str]]:
    return [(each.reason, each.text) for each in problems(made, user, recipe.prompt_style) if each.reason in REFUSED]


def _sides(situation: Situation, record: Any) -> Iterator[tuple[str, Side, Any]]:
    """(trajectory id, side, raw) of each call in a record; the n-th of both sides are twins."""
    for field, side in SIDES:
        calls = record.get(field) if isinstance(record, dict) else None
        for number, raw in (calls or {"1": None}).items() if isinstance(calls, dict | None) else [("1", calls)]:
            id = f"{situation.id}-{number}-profile"
            yield (id if side == "preferred" else f"{id}-dispreferred"), side, raw


def _trajectory(
    recipe: DataRecipe, user: User, situation: Situation, id: str, side: Side, raw: Any
) -> Trajectory | tuple[str, str]:
    """The record in the native form, or (reason, text) why it has none."""
    call = raw.get("tool_call") if isinstance(raw, dict) else None
    if not isinstance(call, dict) or not isinstance(call.get("param"), dict):
        return "unreadable", f"no tool_call with param: {str(raw)[:200]}"
    app, reply = call.get("tool_folder_name"), str(raw.get("generated_feedback") or "").strip()
    if app not in names():
        return "unmapped", f"{app!r} is none of the twelve apps"
    result = raw.get("tool_result")
    if not reply or situation.utterance == "(no utterance)":
        return "empty", "no utterance or no reply"
    if str(result).casefold().startswith(FAILED):
        return "execution", str(result)[:200]
    given = {name: value for name, value in call["param"].items() if value is not None}
    function = Function(name=app, arguments=canonical_json(given))
    messages = (
        Message(role="user", content=round_text(situation.at, situation.utterance)),
        Message(role="assistant", tool_calls=(ToolCall(id="call_0", function=function),)),
        Message(role="tool", content=_result(result), tool_call_id="call_0"),
        Message(role="assistant", content=reply),
    )
    made = Trajectory(
        id=id, user_id=user.id, setting="profile", rounds=(Round(situation_id=situation.id, at=situation.at, side=side),),
        messages=messages, train_on=(0, 1) if side == "preferred" else (),
        source=Source(teacher="published", seed=recipe.seed, prompt_sha=guides_sha()),
    )  # fmt: skip
    found = [each.reason for each in problems(made, user, recipe.prompt_style)]
    published = {name: raw[name] for name in ("perfer_check", "Pass_check", "reason") if name in raw}
    return made.model_copy(update={"checks": {"passed": not found, "problems": found, "published": published}})


def _result(result: Any) -> str:
    """The result as JSON; the raw files hold Python's spelling of a dict."""
    if isinstance(result, str) and len(result) <= LONGEST_RESULT:
        for read in (json.loads, ast.literal_eval):
            try:
                value = read(result)
                if isinstance(value, dict):
                    return canonical_json(value)
            except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
                continue
    return canonical_json(result if isinstance(result, dict) else {"result": result})
