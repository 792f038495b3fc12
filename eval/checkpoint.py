"""What a checkpoint folder holds, what it was made from, and whether several of them can be compared."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compass.errors import UserError
from compass.format import Format

_WHOLE_HASH_BYTES = 64 * 2**20
_EDGE_BYTES = 2**20


@dataclass(frozen=True)
class Model:
    """A model to evaluate: a base, or a base with a LoRA adapter on it.

    Attributes:
        name: How it is called in tables and by the server.
        base: Local folder or hub name of the base.
        adapter: Folder of the adapter; None for the base itself.
        folder: Where its results go (`<folder>/eval/…`).
        sha: Hash of what decides its answers; for a base on a hub its name and revision.
    """

    name: str
    base: str
    adapter: Path | None
    folder: Path
    sha: str


@dataclass(frozen=True)
class Contest:
    """The models of one run: the base first, then checkpoints made from it, all in one format."""

    models: tuple[Model, ...]
    format: Format
    tokenizer: str
    data_folder: Path | None


def _read_object(path: Path, remedy: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UserError(f"{path} cannot be read ({error}). {remedy}") from None
    if not isinstance(value, dict):
        raise UserError(f"{path} holds no JSON object. {remedy}")
    return value


def _adapter_base(folder: Path) -> str:
    """The base named in an adapter's config."""
    if not folder.is_dir():
        raise UserError(f"The checkpoint {folder} does not exist. Give a folder that `make sft` wrote.")
    config = folder / "adapter_config.json"
    if not config.is_file():
        raise UserError(
            f"{folder} holds no adapter (adapter_config.json is missing). Give a folder that `make sft` wrote."
        )
    if not (folder / "adapter_model.safetensors").is_file():
        raise UserError(f"{folder} has no adapter_model.safetensors, so training did not finish. Train again.")
    base = _read_object(config, "Save the adapter again.").get("base_model_name_or_path")
    if not isinstance(base, str) or not base:
        raise UserError(f"{config} does not say which base the adapter was made on. Save the adapter again.")
    return base


def _check_base(base: str, folder: Path) -> None:
    place = Path(base)
    local = place.is_absolute() or base.startswith(".") or base.count("/") != 1 or place.parent.is_dir()
    if local and not (place / "config.json").is_file():
        raise UserError(
            f"{folder} is an adapter for {base}, but there is no model in that folder. Run from the repository root,"
            " or correct base_model_name_or_path in adapter_config.json."
        )


def _check_fits(folder: Path, base: str) -> None:
    """The adapter's tensors must have the base's width; a renamed base would otherwise fail deep inside a library."""
    config = Path(base) / "config.json"
    if not config.is_file():
        return
    wanted = _read_object(config, "Get the base again.").get("hidden_size")
    header = _tensor_shapes(folder / "adapter_model.safetensors")
    widths = {shape[-1] for name, shape in header.items() if name.endswith("q_proj.lora_A.weight")}
    if widths - {wanted}:
        raise UserError(
            f"{folder} was made for another base: its tensors are {max(widths)} wide, {base} is {wanted} wide."
            " Give the base it was made on, or train again."
        )


def _tensor_shapes(path: Path) -> dict[str, list[int]]:
    """Name to shape, from the header of a safetensors file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118 not a dict
    except (SafetensorError, OSError) as error:
        raise UserError(f"{path} is damaged ({error}). Save the adapter again.") from None


def _sha_of_folder(folder: Path, patterns: Sequence[str]) -> str:
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


def _data_folder(folder: Path) -> Path | None:
    """The output of the data recipe that the checkpoint was trained on, as its run record tells."""
    run = folder / "run.json"
    if not run.is_file():
        return None
    data = _read_object(run, "Train again.").get("data")
    recipe = data.get("recipe") if isinstance(data, dict) else None
    return Path("data") / Path(recipe).stem if isinstance(recipe, str) else None


def base_model(base: str, revision: str | None) -> Model:
    """The base as a model to evaluate; its results lie in `checkpoints/<last part of its name>/`."""
    local = Path(base)
    sha = _sha_of_folder(local, ("*.safetensors", "config.json")) if local.is_dir() else f"{base}@{revision}"
    return Model(_last(base), base, None, Path("checkpoints") / _last(base), sha)


def resolve(folders: Sequence[Path], revision: str | None) -> Contest:
    """Reads the checkpoints and finds their base.

    Args:
        folders: Checkpoint folders with LoRA adapters, at least one.
        revision: Of the base, where it lies on a hub.

    Raises:
        UserError: A folder without an adapter, bases or formats that differ, or two checkpoints of one name.
    """
    remedy = "A checkpoint needs the format.json that `make sft` writes; train again or copy it from the data folder."
    bases = {}
    formats = {}
    for folder in folders:
        bases[folder] = _adapter_base(folder)
        _check_base(bases[folder], folder)
        _check_fits(folder, bases[folder])
        formats[folder] = Format.load(folder / "format.json", remedy)
    first = folders[0]
    for folder in folders[1:]:
        if _last(bases[folder]) != _last(bases[first]):
            raise UserError(
                f"{folder} was made from {bases[folder]}, {first} from {bases[first]}. Evaluate them in separate runs."
            )
        if different := formats[first].differences(formats[folder]):
            raise UserError(
                f"{first} and {folder} were trained in different formats ({'; '.join(different)}). They cannot be compared."
            )
    base = base_model(bases[first], revision)
    shas = [_sha_of_folder(folder, ("adapter_model.safetensors", "adapter_config.json")) for folder in folders]
    tuned = [
        Model(folder.resolve().name, base.base, folder, folder, f"{base.sha}+{sha}")
        for folder, sha in zip(folders, shas)
    ]
    if len({model.name for model in [base, *tuned]}) <= len(tuned):
        raise UserError("Two of the models have the same name. Rename one of the checkpoint folders.")
    return Contest((base, *tuned), formats[first], str(first), _data_folder(first))
