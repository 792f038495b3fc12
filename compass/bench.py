"""Reads a bench, whichever way it is laid out: our JSON lines, or the published ComPASS-Bench file; scene labels from a CSV.

Everything wrong with a file is one sentence that names the file, the person and the place.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from compass import jsonl
from compass.csv_rows import csv_rows
from compass.errors import UserError, need_file
from compass.published import USER_PREFIX, published_users
from compass.schema import SCENES, Scene, Situation, User
from compass.tools import names

LABEL_COLUMNS = ["user", "index", "scene", "second"]
_REMEDY = "A bench is a file of users as JSON lines, or the published ComPASS-Bench test file."


class Label(NamedTuple):
    """The scene a situation was read as, and a second one where another reading is as natural."""

    scene: Scene
    second: Scene | None


class _Repeated(ValueError):
    """A key stands twice in one JSON object."""


def load_bench(path: Path, labels: Path | None = None) -> list[User]:
    """Reads all users of a bench, in file order.

    Args:
        path: JSON lines of `User`, or the published file (one JSON object, key to person).
        labels: CSV `user,index,scene,second`, see `read_labels`; its scenes replace those of the bench.

    Raises:
        UserError: The file is missing, empty, broken or breaks the layout; an app or user id is wrong; labels do not fit.
    """
    path = Path(path)
    people = _whole_object(path)
    users = list(jsonl.read(path, User, "the bench", _REMEDY)) if people is None else published_users(people, str(path))
    if not users:
        raise UserError(f"{path}: holds no users. {_REMEDY}")
    _check_users(users, path)
    return users if labels is None else _labelled(users, Path(labels))


def _whole_object(path: Path) -> dict[str, Any] | None:
    """The file as one published JSON object; None if it is laid out as lines."""
    text = need_file(path, "the bench", _REMEDY).read_bytes()
    if not text.strip():
        raise UserError(f"the bench is empty: {path} holds only blanks. {_REMEDY}")
    try:
        value = json.loads(text, object_pairs_hook=_no_repeats)
    except _Repeated as error:
        raise UserError(f"{path}: {error}. Remove one of the two.") from None
    except RecursionError:
        raise UserError(f"{path}: is nested too deep to be a bench. {_REMEDY}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not UTF-8 text (byte {error.start}). {_REMEDY}") from None
    except json.JSONDecodeError as error:
        if _starts_with_a_line(text):
            return None
        raise UserError(
            f"{path}:{error.lineno}: not valid JSON ({error.msg}, column {error.colno}). {_REMEDY}"
        ) from None
    if not isinstance(value, dict):
        raise UserError(f"{path}: holds a JSON {type(value).__name__}, not people by key. {_REMEDY}")
    return None if {"id", "profile"} <= value.keys() else value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        key = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise _Repeated(f"the key {key[:80]!r} stands twice in one object")
    return value


def _starts_with_a_line(text: bytes) -> bool:
    """Whether the first line is a JSON object of its own, so that a later line is the broken one."""
    first = text.split(b"\n", 1)[0]
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _check_users(users: list[User], path: Path) -> None:
    ids: set[str] = set()
    for user in users:
        for known in (user.id, *(situation.id for situation in user.situations)):
            if known in ids:
                raise UserError(f"{path}: the id {known} stands twice; ids of users and situations are unique.")
            ids.add(known)
        for scene, preference in user.preferences.items():
            unknown = sorted({*preference.likes, *preference.dislikes, *preference.tastes} - set(names()))
            if unknown:
                known_apps = ", ".join(names())
                raise UserError(f"{path}: user {user.id}: {scene}: {unknown[0]} is no app. The apps are {known_apps}.")


def read_labels(path: Path) -> dict[tuple[str, int], Label]:
    """Reads scene labels: (user, index from 0) to scenes, in file order.

    `user` is the person's key in the published file or a user id; `second` may be empty.

    Raises:
        UserError: Missing, empty, other columns, or a line with an unknown scene, a wrong index or a repeated situation.
    """
    remedy = f"Labels are a CSV with the columns {','.join(LABEL_COLUMNS)}."
    labels: dict[tuple[str, int], Label] = {}
    for number, row in csv_rows(path, LABEL_COLUMNS, "the label file", remedy):
        place = f"{path}:{number}"
        key, label = _label(row, place)
        if key in labels:
            raise UserError(f"{place}: situation {key[1]} of user {key[0]} is labelled twice.")
        labels[key] = label
    if not labels:
        raise UserError(f"{path}: holds no labels. {remedy}")
    return labels


def _label(row: list[str], place: str) -> tuple[tuple[str, int], Label]:
    if len(row) != len(LABEL_COLUMNS):
        raise UserError(
            f"{place}: {len(row)} fields instead of {','.join(LABEL_COLUMNS)} (an empty second keeps its comma)."
        )
    user, index, scene, second = (field.strip() for field in row)
    if not index.isascii() or not index.isdigit():
        raise UserError(f"{place}: the index {index[:20]!r} is no whole number from 0.")
    for name in (scene, second) if second else (scene,):
        if name not in SCENES:
            raise UserError(f"{place}: {name[:20]!r} is no scene. The scenes are {', '.join(SCENES)}.")
    if scene == second:
        raise UserError(f"{place}: scene and second are both {scene}; leave second empty.")
    return (user, int(index)), Label(scene, second or None)


def _labelled(users: list[User], path: Path) -> list[User]:
    """The users with the scenes of a label file; people of the file who are not in the bench are passed over."""
    labels = read_labels(path)
    by_id = {user.id: user for user in users}
    taken: dict[str, dict[int, Label]] = {}
    for (name, index), label in labels.items():
        user = by_id.get(name) or by_id.get(f"{USER_PREFIX}{name}")
        if user is None:
            continue
        if index >= len(user.situations):
            count = len(user.situations)
            raise UserError(
                f"{path}: user {name} has {count} situations, so index {index} is too high (they count from 0)."
            )
        taken.setdefault(user.id, {})[index] = label
    if not taken:
        raise UserError(f"{path}: labels none of the people in the bench. Are these the labels of another bench?")
    return [_with_scenes(user, taken.get(user.id, {})) for user in users]


def _with_scenes(user: User, labels: dict[int, Label]) -> User:
    situations: list[Situation] = []
    for index, situation in enumerate(user.situations):
        label = labels.get(index)
        change = {"scene": label.scene, "second_scene": label.second} if label else {}
        situations.append(situation.model_copy(update=change))
    return user.model_copy(update={"situations": tuple(situations)})
