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
from data_prep.review.apply import Reviewed

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
    """Writes bench, trajectories, the ledger and (with a tokenizer) examples and pairs, all as reviewers decided.

    Returns:
        What `report.json` holds.

    Raises:
        UserError: Something in training repeats something held out.
    """
    repeated = _repeated(recipe, people)
    reviewed = Reviewed(out, recipe.prompt_style, lambda: chain(guarded(recipe), _users(people, "test")))
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
            kept = list(_kept(record, repeated, user, reviewed))
            for trajectory, raw in kept:
                _line(files.trajectories[trajectory.setting], raw)
                report.trajectory(trajectory)
            if renderer is not None:
                usable = [trajectory for trajectory, _ in kept if trajectory.review.status != "rejected"]
                record["rejected"] += _examples(recipe, files, report, user, usable, renderer)
            for refused in record["rejected"]:
                _line(files.rejected, refused)
                report.refused(refused["reason"])
    return {"recipe": recipe.model_dump(mode="json"), **report.summary(), "review": reviewed.summary()}


def _kept(
    record: dict[str, Any], repeated: Mapping[str, Match], user: User, reviewed: Reviewed
) -> Iterator[tuple[Trajectory, dict[str, Any]]]:
    """What goes into the files, as records and as they are written; the rest goes to the record's refused ones."""
    for raw in _fresh(record, repeated):
        trajectory, refused = reviewed.apply(Trajectory.model_validate(raw), user)
        record["rejected"] += refused
        if trajectory is not None:
            decided = trajectory.review.status != "unreviewed"
            yield trajectory, trajectory.model_dump(mode="json") if decided else raw


def _sweep(out: Path) -> None:
    """Removes the temporary files of a run that was killed while it wrote."""
    for left in [*out.glob("*/.*.jsonl.*"), *out.glob(".*.json*.*")]:
        left.unlink()


def _line(file: IO[str], value: dict[str, Any]) -> None:
    file.write(json.dumps(value, ensure_ascii=False) + "\n")


def _examples(
    recipe: DataRecipe, files: Files, report: Report, user: User, kept: list[Trajectory], renderer: Renderer
) -> list[dict[str, Any]]:
    """SFT examples of one person, and pairs if the person is in training; lines for the ledger on pairs that are none."""
    for trajectory in kept:
        for example in convert.examples(trajectory, user, renderer, recipe.prompt_style):
            _line(files.sft[user.split], example.model_dump(mode="json"))
            report.example(user.split, example)
    if files.pairs is None or user.split != "train":
        return []
    known = {trajectory.id: trajectory for trajectory in kept}
    unlike = []
    for trajectory in kept:
        twin = known.get(f"{trajectory.id}-dispreferred")
        if twin and twin.messages[0] != trajectory.messages[0]:
            text = "no preference pair: one of the twins was told another utterance"
            unlike.append({"stage": "review", "id": trajectory.id, "reason": "pair", "text": text})
        elif twin:
            _line(files.pairs, convert.pair(trajectory, twin, user, renderer, recipe.prompt_style))
            report.pair()
    return unlike


def _repeated(recipe: DataRecipe, people: Mapping[str, Any]) -> dict[str, Match]:
    """Situations in training that repeat earlier ones."""
    told = recipe.teacher != "offline"
    return repeats(chain(guarded(recipe), _users(people, "test")), _users(people, "val", "train"), told)


def _users(people: Mapping[str, Any], *splits: str) -> Iterator[User]:
    for user_id in people:
        user = User.model_validate(people[user_id]["user"])
        if user.split in splits:
            yield user


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
