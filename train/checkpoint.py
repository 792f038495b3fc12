"""The checkpoint folder: begun in a hidden folder beside it, verified, and given its name only when whole.

`checkpoints/.NAME.run/` holds the state a killed run goes on from; `checkpoints/.NAME.new/` is the finished folder until
it is renamed to `checkpoints/NAME/`.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from compass import jsonl
from compass.errors import UserError
from train.settings import TrainRecipe

FINGERPRINT = "fingerprint.json"
SAME_RUN = ("recipe", "base", "data", "plan", "processes")
"""Parts of a run's description that must agree before one run goes on from another's state."""


def run_folder(chosen: TrainRecipe) -> Path:
    """Where the state of an unfinished run lies."""
    return chosen.output.parent / f".{chosen.output.name}.run"


def need_free_name(chosen: TrainRecipe) -> None:
    """Stops where a finished checkpoint would be replaced unasked.

    Raises:
        UserError: The output folder is there and `overwrite` is off.
    """
    if chosen.output.exists() and not chosen.ours.overwrite:
        raise UserError(
            f"{chosen.output} is there already: name another with --output_dir, or replace it with --overwrite true."
        )


def begin(chosen: TrainRecipe, description: Mapping[str, Any]) -> Path | None:
    """Opens the run folder: the last state of an interrupted run of this very recipe and data, or None for a fresh start.

    Args:
        description: What makes two runs the same run; JSON values.

    Raises:
        UserError: What lies there is another run's, and `overwrite` is off.
    """
    from accelerate import PartialState

    folder, fingerprint = run_folder(chosen), json.loads(json.dumps({key: description[key] for key in SAME_RUN}))
    states = sorted(
        (path for path in folder.glob("checkpoint-*/trainer_state.json") if _is_whole(path, description["processes"])),
        key=lambda path: path.stat().st_mtime,
    )
    _need_one_answer(fingerprint, states[-1].parent.name if states else "none")
    before = json.loads((folder / FINGERPRINT).read_text(encoding="utf-8")) if states else fingerprint
    if before != fingerprint and not chosen.ours.overwrite:
        raise UserError(
            f"{folder} holds an interrupted run that differs in {_differences(before, fingerprint)}: repeat that run to go "
            "on with it, or start afresh with --overwrite true."
        )
    fresh = not states or before != fingerprint
    PartialState().wait_for_everyone()
    if PartialState().is_main_process:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"going on from {states[-1].parent}")
        jsonl.write_json(folder / FINGERPRINT, fingerprint)
    PartialState().wait_for_everyone()
    return None if fresh else states[-1].parent


def _need_one_answer(fingerprint: Mapping[str, Any], last_state: str) -> None:
    """All processes must train the same run from the same state; on several nodes that takes the same files on each."""
    from accelerate.utils import gather_object

    told = gather_object([(fingerprint, last_state)])
    for other, _ in told:
        if other != told[0][0]:
            raise UserError(
                f"the nodes of this run differ in {_differences(told[0][0], other)}: give all of them the same recipe, data and "
                "base, best on a disk that they share."
            )
    if len(seen := {state for _, state in told}) > 1:
        raise UserError(
            f"the nodes of this run see different saved states ({', '.join(sorted(seen))}): put checkpoints/ on a disk that "
            "they share, or start afresh with --overwrite true."
        )


def _is_whole(state: Path, processes: int) -> bool:
    """Whether a state was saved to its end: its last file reads as JSON, and every process wrote its random numbers."""
    try:
        json.loads(state.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return len(list(state.parent.glob("rng_state*.pth"))) >= processes


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The parts in which two runs differ; of the recipe each key."""
    recipe, other = before.get("recipe", {}), now["recipe"]
    keys = [key for key in {**recipe, **other} if recipe.get(key) != other.get(key)]
    parts = [part for part in SAME_RUN if before.get(part) != now[part]]
    return ", ".join(f"{part} ({', '.join(keys)})" if part == "recipe" else part for part in parts)


def need_disk_space(chosen: TrainRecipe, needed: int) -> None:
    """Stops before a run that could not be saved.

    Raises:
        UserError: Says how much is free and how much is needed, in bytes `needed`.
    """
    folder = next(parent for parent in chosen.output.absolute().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UserError(
            f"{folder} has {free / 1e9:.1f} GB free and this run may write {needed / 1e9:.1f} GB: make room, set "
            "save_total_limit, or name another place with --output_dir."
        )


def publish(chosen: TrainRecipe, saved: Path, files: dict[str, str], keep: Sequence[Path] = ()) -> None:
    """Adds the papers to a saved model and gives the folder its name.

    Args:
        saved: The folder with weights and tokenizer.
        files: Name to text of what is added.
        keep: Files and folders copied in beside them.
    """
    for name, text in files.items():
        (saved / name).write_text(text, encoding="utf-8")
    for source in keep:
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, saved / source.name)
    old = chosen.output.parent / f".{chosen.output.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if chosen.output.exists():
        os.replace(chosen.output, old)
    os.replace(saved, chosen.output)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(run_folder(chosen), ignore_errors=True)
