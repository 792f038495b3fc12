"""The records of a data set by id, read from disk when asked for."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from compass.errors import UserError, need_file
from compass.jsonl import problems_of
from compass.schema import Trajectory, User

NO_SCENE = "none"


class Place(NamedTuple):
    """A line of a file that stays open."""

    file: int
    start: int
    length: int

    def read(self) -> bytes:
        return os.pread(self.file, self.length, self.start)


class Entry(NamedTuple):
    """What filters ask about a record."""

    place: Place
    user_id: str
    setting: str
    scenes: frozenset[str]
    apps: frozenset[str]


class Records:
    """Trajectories and their people, as they were when this was opened.

    Args:
        out: Folder of the data set.
        remedy: How to make it, for error messages.

    Raises:
        UserError: No folder, no trajectories, no people, or a damaged line.
    """

    def __init__(self, out: Path, remedy: str) -> None:
        if not out.is_dir():
            raise UserError(f"{out} does not exist, so there is nothing to review. {remedy}")
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._users: dict[str, Place] = {}
        self.held_out: list[User] = []
        self.entries: dict[str, Entry] = {}
        scenes = {
            situation: scene
            for split in ("test", "val", "train")
            for situation, scene in self._people(out, split, remedy)
        }
        paths = sorted((out / "trajectories").glob("*.jsonl"), key=lambda path: (path.stem != "profile", path.stem))
        for path in paths:
            for place, raw in self._lines(path):
                try:
                    self.entries[raw["id"]] = self._entry(place, raw, scenes)
                except (AttributeError, KeyError, TypeError) as error:
                    raise UserError(
                        f"{path}: {raw['id']!s:.80} does not fit the bench files ({error!r:.120}). Make the data again."
                    ) from None
        if not self.entries:
            raise UserError(f"{out} holds no trajectories, so there is nothing to review. {remedy}")

    def _lines(self, path: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
        file = os.open(path, os.O_RDONLY)
        stat, start = os.fstat(file), 0
        self._stamps[path] = (stat.st_ino, stat.st_mtime_ns)
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    raw = json.loads(line)
                    raw["id"], raw["user_id" if "messages" in raw else "split"]
                except (ValueError, TypeError, KeyError) as error:
                    raise UserError(f"{path}:{number}: no record ({error!r:.120}). Make the data again.") from None
                yield Place(file, start, len(line)), raw
                start += len(line)

    def _people(self, out: Path, split: str, remedy: str) -> Iterator[tuple[str, str]]:
        path = out / "bench" / f"{split}.jsonl"
        if path.exists() and not path.stat().st_size:
            return  # a recipe may ask for nobody in a split
        for place, raw in self._lines(need_file(path, "the bench of these data", remedy)):
            self._users[raw["id"]] = place
            if split == "test":
                self.held_out.append(_valid(User, place))
            for situation in raw["situations"]:
                yield situation["id"], situation["scene"] or NO_SCENE

    def _entry(self, place: Place, raw: dict[str, Any], scenes: dict[str, str]) -> Entry:
        self._users[raw["user_id"]]  # is there a person to show?
        calls = (call for message in raw["messages"] for call in message.get("tool_calls", ()))
        return Entry(
            place, raw["user_id"], raw["setting"],
            frozenset(scenes[each["situation_id"]] for each in raw["rounds"]),
            frozenset(call["function"]["name"] for call in calls),
        )  # fmt: skip

    def trajectory(self, id: str) -> Trajectory:
        """A record as the file holds it.

        Raises:
            KeyError: There is none.
            UserError: It breaks the schema.
        """
        return _valid(Trajectory, self.entries[id].place)

    def may_say(self, id: str, words: Sequence[str]) -> bool:
        """False if a record's line lacks one of some casefolded words that JSON spells as they are: quick, not exact."""
        line = self.entries[id].place.read().decode().casefold()
        return all(word in line for word in words if word.isascii() and not set(word) & set('"\\'))

    def user(self, id: str) -> User:
        """A person.

        Raises:
            KeyError: There is none.
            UserError: It breaks the schema.
        """
        return _valid(User, self._users[id])

    def changed(self) -> bool:
        """Whether the data were made anew since this was opened."""
        return any(
            not path.exists() or (path.stat().st_ino, path.stat().st_mtime_ns) != stamp
            for path, stamp in self._stamps.items()
        )


def _valid(model: type[Any], place: Place) -> Any:
    try:
        return model.model_validate_json(place.read())
    except ValidationError as error:
        raise UserError(f"not a valid {model.__name__}: {problems_of(error)}. Make the data again.") from None
