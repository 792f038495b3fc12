"""What a checkpoint folder holds, what it was made from, and whether several of them can be compared."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compass.endpoint import Endpoint
from compass.errors import UserError, need_file
from compass.format import Format
from eval.adapter import check_adapter

_WHOLE_HASH_BYTES = 64 * 2**20
_EDGE_BYTES = 2**20
_TRAIN_AGAIN = "Give a folder that `make sft` wrote."


@dataclass(frozen=True)
class Model:
    """A model to evaluate: a base, a base with a LoRA adapter on it, or a checkpoint with all its weights.

    Attributes:
        name: How it is called in tables and by the server.
        weights: Local folder or hub name of the weights that an adapter, if any, is put on.
        revision: Of `weights`, where they lie on a hub; None for the newest.
        adapter: Folder of the adapter; None without one.
        folder: Where its results go (`<folder>/eval/…`).
        sha: Hash of what decides its answers; for a base on a hub its name and revision.
        thinks: It thinks before it answers, whatever the format says.
        hosted: Where a hosted model is served, see `eval.hosted`; None for all others.
    """

    name: str
    weights: str
    revision: str | None
    adapter: Path | None
    folder: Path
    sha: str
    hosted: Endpoint | None = None
    thinks: bool = False


@dataclass(frozen=True)
class Contest:
    """The models of one run: the base first, then checkpoints made from it, all in one format."""

    models: tuple[Model, ...]
    format: Format
    tokenizer: str
    data_folder: Path | None


@dataclass(frozen=True)
class _Made:
    """A checkpoint folder, read: what it was made from, and whether it is an adapter."""

    folder: Path
    base: str
    revision: str | None
    is_adapter: bool
    format: Format


def _read_object(path: Path, remedy: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UserError(f"{path} cannot be read ({error}). {remedy}") from None
    if not isinstance(value, dict):
        raise UserError(f"{path} holds no JSON object. {remedy}")
    return value


def _read_checkpoint(folder: Path) -> _Made:
    if not folder.is_dir():
        raise UserError(f"The checkpoint {folder} does not exist. {_TRAIN_AGAIN}")
    is_adapter = (folder / "adapter_config.json").is_file()
    if is_adapter:
        config = _read_object(folder / "adapter_config.json", "Save the adapter again.")
        base, revision = config.get("base_model_name_or_path"), config.get("revision")
    elif (folder / "config.json").is_file():
        recipe = _run_record(folder).get("recipe") or {}
        base, revision = recipe.get("model_name_or_path"), recipe.get("model_revision")
    else:
        raise UserError(
            f"{folder} holds no adapter (adapter_config.json) and no whole model (config.json). {_TRAIN_AGAIN}"
        )
    if not isinstance(base, str) or not base:
        raise UserError(f"{folder} does not say which base it was made from. {_TRAIN_AGAIN}")
    _check_there(base, folder)
    if is_adapter:
        check_adapter(folder, base)
    remedy = "A checkpoint needs the format.json that `make sft` writes; train again or copy it from the data folder."
    return _Made(folder, base, revision, is_adapter, Format.load(folder / "format.json", remedy))


def _check_there(base: str, folder: Path) -> None:
    """Raises UserError for a base that is meant to be a folder and is none."""
    place = Path(base)
    local = place.is_absolute() or base.startswith(".") or base.count("/") != 1 or place.parent.is_dir()
    if local and not (place / "config.json").is_file():
        raise UserError(
            f"{folder} was made from {base}, but there is no model in that folder. Run from the repository root, or"
            " bring the base back."
        )


def _sha_of_folder(folder: Path, *patterns: str) -> str:
    """Hash of the files that decide a model's answers; of files above 64 MiB only size, first and last MiB are read."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern)}):
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            if size <= _WHOLE_HASH_BYTES:
                digest.update(file.read())
            else:
                digest.update(file.read(_EDGE_BYTES))
                file.seek(-_EDGE_BYTES, 2)
                digest.update(file.read())
    return digest.hexdigest()[:16]


def _last(name: str) -> str:
    return name.rstrip("/").rsplit("/", 1)[-1]


def _run_record(folder: Path) -> dict[str, Any]:
    run = folder / "run.json"
    return _read_object(run, "Train again.") if run.is_file() else {}


def _data_folder(folder: Path) -> Path | None:
    """The output of the data recipe that the checkpoint was trained on, as its run record tells."""
    data = _run_record(folder).get("data")
    recipe = data.get("recipe") if isinstance(data, dict) else None
    return Path("data") / Path(recipe).stem if isinstance(recipe, str) else None


def base_model(base: str, revision: str | None) -> Model:
    """The base as a model to evaluate; its results lie in `checkpoints/<last part of its name>/`."""
    local = Path(base)
    sha = _sha_of_folder(local, "*.safetensors", "config.json") if local.is_dir() else f"{base}@{revision}"
    return Model(_last(base), base, revision, None, Path("checkpoints") / _last(base), sha)


def _tuned(made: _Made, base: Model) -> Model:
    name = made.folder.resolve().name
    if made.is_adapter:
        sha = _sha_of_folder(made.folder, "adapter_model.safetensors", "adapter_config.json")
        return Model(name, base.weights, base.revision, made.folder, made.folder, f"{base.sha}+{sha}")
    return Model(
        name, str(made.folder), None, None, made.folder, _sha_of_folder(made.folder, "*.safetensors", "config.json")
    )


def resolve(folders: Sequence[Path]) -> Contest:
    """Reads the checkpoints and finds their base.

    Raises:
        UserError: A folder that is no checkpoint, bases or formats that differ, or two checkpoints of one name.
    """
    first, *others = found = [_read_checkpoint(folder) for folder in folders]
    for other in others:
        if _last(other.base) != _last(first.base):
            raise UserError(
                f"{other.folder} was made from {other.base}, {first.folder} from {first.base}. Evaluate them in separate runs."
            )
        if different := first.format.differences(other.format):
            raise UserError(
                f"{first.folder} and {other.folder} were trained in different formats ({'; '.join(different)})."
                " They cannot be compared."
            )
    base = base_model(first.base, first.revision)
    models = (base, *(_tuned(made, base) for made in found))
    if len({model.name for model in models}) < len(models):
        raise UserError("Two of the models have the same name. Rename one of the checkpoint folders.")
    return Contest(models, first.format, str(first.folder), _data_folder(first.folder))


def check_format(contest: Contest) -> None:
    """The prompts that today's code makes must be those the checkpoint was trained on.

    Raises:
        UserError: Tokenizer, template, guides or tool schemas have changed since.
    """
    from transformers import AutoTokenizer

    wanted = contest.format
    local = {Path(model.weights) for model in contest.models if Path(model.weights).is_dir()}
    for folder in [Path(contest.tokenizer), *sorted(local)]:
        remedy = "Train again, or get the base again."
        need_file(folder / "chat_template.jinja", "the chat template", remedy)
        need_file(folder / "tokenizer.json", "the tokenizer", remedy)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        today = Format.of(tokenizer, str(folder), None, wanted.prompt_style, wanted.enable_thinking)
        if different := wanted.differences(today):
            raise UserError(
                f"{contest.tokenizer} was trained with other prompts than this code makes of {folder}"
                f" ({'; '.join(different)}). Check out the commit named in its run.json, or train again."
            )
