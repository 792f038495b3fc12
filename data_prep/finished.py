"""A finished data set, read back from its folder."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compass import jsonl
from compass.errors import UserError, need_file
from compass.prompt import PromptStyle
from compass.schema import Setting, SftExample, Trajectory, User
from data_prep.offline import SPLITS

REMEDY = "Name a folder that `make data` has finished, such as data/tiny."


class Finished:
    """The folder of a data set.

    Raises:
        UserError: It holds no `report.json`, which is written last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = need_file(folder / "report.json", "the report of the data set", REMEDY)
        try:
            self.report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            recipe = self.report["recipe"]
            self.style: PromptStyle = recipe["prompt_style"]
            self.enable_thinking: bool = recipe["enable_thinking"]
            self.settings: tuple[Setting, ...] = tuple(recipe["settings"])
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path}: not a data set's report ({error}). {REMEDY}") from None

    def users(self) -> dict[str, User]:
        """Everybody by id: held out first, then validation, then training."""
        found: dict[str, User] = {}
        for split in SPLITS:
            path = self.folder / "bench" / f"{split}.jsonl"
            if path.exists() and path.stat().st_size:  # a recipe may ask for nobody in a split
                found |= {user.id: user for user in jsonl.read(path, User, "the bench", REMEDY)}
        if not found:
            raise UserError(f"{self.folder}/bench holds nobody. {REMEDY}")
        return found

    def trajectories(self, setting: Setting) -> Iterator[Trajectory]:
        """The kept trajectories of a setting, in the order of the people."""
        path = self.folder / "trajectories" / f"{setting}.jsonl"
        if path.exists() and path.stat().st_size:
            yield from jsonl.read(path, Trajectory, "the trajectories", REMEDY)

    def by_person(self, users: Mapping[str, User]) -> Iterator[tuple[User, list[Trajectory]]]:
        """Everybody with their trajectories, in the order of `users`; one person is in memory at a time.

        Raises:
            UserError: A trajectory is of nobody in `users`.
        """
        places: dict[str, list[tuple[Path, int]]] = {user_id: [] for user_id in users}
        for setting in self.settings:
            path = self.folder / "trajectories" / f"{setting}.jsonl"
            for offset, line in _lines(path):
                whose = _owner(line, path)
                if whose not in places:
                    raise UserError(f"{path}: a trajectory is of {whose}, who is not in bench/. Run make data again.")
                places[whose].append((path, offset))
        for user_id, user in users.items():
            yield user, [_at(path, offset) for path, offset in places[user_id]]

    def examples(self, split: str) -> Iterator[SftExample]:
        """The supervised turns of a split."""
        yield from jsonl.read(self.folder / "sft" / f"{split}.jsonl", SftExample, "the examples", REMEDY)

    def rejected(self) -> Iterator[dict[str, Any]]:
        """The ledger of refused records."""
        path = self.folder / "rejected.jsonl"
        if path.exists() and path.stat().st_size:
            yield from (value for _, value in jsonl.read_dicts(path, "the ledger", REMEDY))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(byte at which it begins, line) of a file that may be missing."""
    if path.exists():
        with path.open("rb") as file:
            offset = 0
            for line in file:
                yield offset, line
                offset += len(line)


def _owner(line: bytes, path: Path) -> str:
    try:
        return str(json.loads(line)["user_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a trajectory ({error}). {REMEDY}") from None


def _at(path: Path, offset: int) -> Trajectory:
    with path.open("rb") as file:
        file.seek(offset)
        line = file.readline()
    try:
        return Trajectory.model_validate_json(line)
    except ValidationError as error:
        raise UserError(f"{path}, byte {offset}: not a valid Trajectory: {jsonl.problems_of(error)}") from None
