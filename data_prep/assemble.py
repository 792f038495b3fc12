"""From journals to the files of a data set, in one pass that holds one person at a time; each file whole or not at all."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any

from compass import jsonl
from compass.encode import Encoder
from compass.schema import Trajectory, User
from data_prep import convert
from data_prep.build import guarded
from data_prep.data_recipe import DataRecipe
from data_prep.leaks import Match, repeats
from data_prep.offline import SPLITS
from data_prep.progress import tracked
from data_prep.rendering import Renderer
from data_prep.report import Report

CACHED_PIECES = 4_096  # of text whose tokens are counted


class Files:
    """The open files of a data set."""

    def __init__(self, out: Path, recipe: DataRecipe, stack: ExitStack, examples: bool) -> None:
        self._stack, self._out = stack, out
        self.bench = {split: self._open(f"bench/{split}.jsonl") for split in SPLITS}
        self.trajectories = {setting: self._open(f"trajectories/{setting}.jsonl") for setting in recipe.settings}
        self.rejected = self._open("rejected.jsonl")
        self.sft = {split: self._open(f"sft/{split}.jsonl") for split in ("train", "val")} if examples else {}
        self.pairs = self._open("pairs.jsonl") if examples and recipe.pairs else None

    def _open(self, name: str) -> IO[str]:
        return self._stack.enter_context(jsonl.writing(self._out / name))


def assemble(
    recipe: DataRecipe, out: Path, people: Mapping[str, Any], taught: Mapping[str, Any], tokenizer: Any | None
) -> dict[str, Any]:
    """Writes bench, trajectories, the ledger and (with a tokenizer) examples and pairs.

    Returns:
        What `report.json` holds.

    Raises:
        UserError: Something in training repeats something held out.
    """
    repeated = _repeated(recipe, people)
    _sweep(out)
    renderer = Renderer(tokenizer, recipe.enable_thinking) if tokenizer else None
    report = Report(Encoder(tokenizer, CACHED_PIECES) if tokenizer else None)
    with ExitStack() as stack:
        files = Files(out, recipe, stack, tokenizer is not None)
        for user_id in tracked(people, len(people), "files"):
            user = User.model_validate(people[user_id]["user"])
            _line(files.bench[user.split], user.model_dump(mode="json"))
            report.person(user)
            if user.split == "test":
                continue
            record = taught[user_id]
            fresh = list(_fresh(record, repeated))
            kept = [Trajectory.model_validate(each) for each in fresh]
            for trajectory, raw in zip(kept, fresh):
                _line(files.trajectories[trajectory.setting], raw)
                report.trajectory(trajectory)
            for refused in record["rejected"]:
                _line(files.rejected, refused)
                report.refused(refused["reason"])
            if renderer is not None:
                _examples(recipe, files, report, user, kept, renderer)
    return {"recipe": recipe.model_dump(mode="json"), **report.summary()}


def _sweep(out: Path) -> None:
    """Removes the temporary files of a run that was killed while it wrote."""
    for left in [*out.glob("*/.*.jsonl.*"), *out.glob(".*.json*.*")]:
        left.unlink()


def _line(file: IO[str], value: dict[str, Any]) -> None:
    file.write(json.dumps(value, ensure_ascii=False) + "\n")


def _examples(
    recipe: DataRecipe, files: Files, report: Report, user: User, kept: list[Trajectory], renderer: Renderer
) -> None:
    """SFT examples of one person, and pairs if the person is in training."""
    for trajectory in kept:
        for example in convert.examples(trajectory, user, renderer, recipe.prompt_style):
            _line(files.sft[user.split], example.model_dump(mode="json"))
            report.example(user.split, example)
    if files.pairs is None or user.split != "train":
        return
    known = {trajectory.id: trajectory for trajectory in kept}
    for trajectory in kept:
        twin = known.get(f"{trajectory.id}-dispreferred")
        if twin:
            _line(files.pairs, convert.pair(trajectory, twin, user, renderer, recipe.prompt_style))
            report.pair()


def _repeated(recipe: DataRecipe, people: Mapping[str, Any]) -> dict[str, Match]:
    """Situations in training that repeat earlier ones."""

    def users(*splits: str) -> Iterator[User]:
        for user_id in people:
            user = User.model_validate(people[user_id]["user"])
            if user.split in splits:
                yield user

    return repeats(chain(guarded(recipe), users("test")), users("val", "train"))


def _fresh(record: dict[str, Any], repeated: Mapping[str, Match]) -> Iterator[dict[str, Any]]:
    """Kept trajectories, without those that tell something told already; these go to the record's refused ones."""
    for raw in record["kept"]:
        match = next(
            (repeated[each["situation_id"]] for each in raw["rounds"] if each["situation_id"] in repeated), None
        )
        if match is None:
            yield raw
        else:
            text = f"{match.likeness:.0%} like {match.owner}: {match.text}"
            record["rejected"].append({"stage": "files", "id": raw["id"], "reason": "near_duplicate", "text": text})
