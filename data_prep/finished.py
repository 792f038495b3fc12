"""A finished data set, read back: its people, trajectories, examples and format."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

    def examples(self, split: str) -> Iterator[SftExample]:
        """The supervised turns of a split."""
        yield from jsonl.read(self.folder / "sft" / f"{split}.jsonl", SftExample, "the examples", REMEDY)

    def rejected(self) -> Iterator[dict[str, Any]]:
        """The ledger of refused records."""
        path = self.folder / "rejected.jsonl"
        if path.exists() and path.stat().st_size:
            yield from (value for _, value in jsonl.read_dicts(path, "the ledger", REMEDY))
