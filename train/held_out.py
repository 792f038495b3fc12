"""Keeps benchmark people out of the training data: ids and utterances."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from compass import jsonl
from compass.bench import load_bench
from compass.errors import UserError
from compass.schema import User
from train.plan import speaks
from train.settings import TrainRecipe

PARTS = ("train", "val")
_USER_TURN, _END = "<|im_start|>user\n", "<|im_end|>"


def need_absent(chosen: TrainRecipe) -> None:
    """Compares the training data with every benchmark its recipe knows of, and says with which.

    Raises:
        UserError: A line belongs to a person of a benchmark, or says what one says.
    """
    benches = list(benchmarks(chosen))
    said: dict[str, str] = {}
    for path in benches:
        for user in load_bench(path):
            said |= dict.fromkeys(_marks(user), f"{user.id} of {path}")
    for part in PARTS if said else ():
        path = chosen.data_folder / "sft" / f"{part}.jsonl"
        if path.exists():
            _need_none_of(said, path)
    if speaks():
        print(
            f"nobody of {', '.join(map(str, benches))} is in the training data"
            if benches
            else f"not checked against a benchmark: {chosen.data_folder}/bench/test.jsonl is not there"
        )


def benchmarks(chosen: TrainRecipe) -> Iterator[Path]:
    """The data's own test people, and those that the data recipe is told to keep clear of (`guard`), where they exist.

    Raises:
        UserError: A bench file under `guard` is not there.
    """
    recipe = yaml.safe_load(Path(chosen.ours.data).read_text(encoding="utf-8")) or {}
    for path in (Path(chosen.ours.data), *map(Path, recipe.get("guard") or ())):
        if path.suffix not in (".yaml", ".yml"):
            yield path
            continue
        made = Path("data") / path.stem / "bench" / "test.jsonl"
        if made.exists() and made.stat().st_size:  # empty where a recipe asks for no test people
            yield made


def _marks(user: User) -> Iterator[str]:
    yield user.id
    for situation in user.situations:
        yield from (situation.id, situation.utterance)


def _need_none_of(said: dict[str, str], path: Path) -> None:
    found: list[str] = []
    count = 0
    for number, line in jsonl.read_dicts(path, "the training data"):
        mark = next((mark for mark in _marks_of(line) if mark in said), None)
        count += mark is not None
        if mark is not None and not found:
            found.append(f"{path}:{number} has {mark!r}, which is {said[mark]}")
    if found:
        raise UserError(
            f"{count} line(s) of the training data are a benchmark's, the first: {found[0]}. A model trained on them cannot be "
            "measured: take the people out and make the data again."
        )


def _marks_of(line: dict[str, Any]) -> Iterator[str]:
    """Ids and user texts of an SFT line; of a later round of a history also the text after the reaction."""
    yield from (line[key] for key in ("user_id", "situation_id") if isinstance(line.get(key), str))
    prompt = line.get("prompt")
    for turn in prompt.split(_USER_TURN)[1:] if isinstance(prompt, str) else ():
        _, _, text = turn.partition(_END)[0].partition("\n")  # the first line is the clock
        yield text
        _, _, after_reaction = text.partition("\n\n")
        yield after_reaction
