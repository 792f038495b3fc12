"""Whether a folder holds a LoRA adapter that vLLM can serve on a given base; vLLM itself would say so late, or not at all."""

import json
from pathlib import Path
from typing import Any

from compass.errors import UserError

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes as `--max-lora-rank`."""
_PREFIX = "base_model.model."


def check_adapter(folder: Path, model: str) -> int:
    """The rank of the LoRA adapter in `folder`, once it is sure that it belongs on `model` and vLLM takes it.

    Its shapes are compared where the base is a folder; for a base on the hub only the name is.

    Raises:
        UserError: It is no adapter, one for another base, or of a kind that vLLM refuses.
    """
    config = _read_config(folder)
    base = config.get("base_model_name_or_path")
    if not isinstance(base, str) or not _same_model(base, model):
        raise UserError(
            f"{folder} is an adapter for {base}, but the model is {model}. Give the base it was trained on."
        )
    if config.get("modules_to_save"):
        raise UserError(
            f"{folder} also holds whole layers ({config['modules_to_save']}), which vLLM refuses. Merge it first."
        )
    if config.get("use_dora"):
        raise UserError(f"{folder} is a DoRA adapter, which vLLM refuses. Merge it first.")
    ranks = [config.get("r"), *(config.get("rank_pattern") or {}).values()]
    if not all(isinstance(rank, int) and 1 <= rank <= RANKS[-1] for rank in ranks):
        raise UserError(f"{folder}/adapter_config.json gives the ranks {ranks}; vLLM takes 1 to {RANKS[-1]}.")
    weights = folder / "adapter_model.safetensors"
    if not weights.is_file():
        raise UserError(
            f"{folder} has no adapter_model.safetensors. Save the adapter again; other formats are not read."
        )
    _compare_shapes(weights, Path(model))
    return max(ranks)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "adapter_config.json"
    if not path.is_file():
        raise UserError(f"{folder} is no adapter: adapter_config.json is missing. Give the folder that training wrote.")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path} is not valid JSON ({error}). Save the adapter again.") from None
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise UserError(f"{path} does not describe a LoRA adapter (peft_type). Only LoRA adapters can be served.")
    return config


def _same_model(recorded: str, served: str) -> bool:
    """Whether two names mean one model: a repository or cache may have moved, so the last part decides."""
    return recorded.rstrip("/").rsplit("/", 1)[-1] == served.rstrip("/").rsplit("/", 1)[-1]


def _compare_shapes(weights: Path, base: Path) -> None:
    """vLLM copies an adapter made for narrower layers into its buffers without a word, and then answers nonsense."""
    shapes: dict[str, list[int]] = {}
    for file in sorted(base.glob("*.safetensors")):
        shapes |= _shapes(file)
    for name, shape in _shapes(weights).items():
        module, _, side = name.removeprefix(_PREFIX).partition(".lora_")
        if not shapes or side not in ("A.weight", "B.weight"):
            continue
        layer = shapes.get(f"{module}.weight")
        wide, own = (1, shape[1]) if side == "A.weight" else (0, shape[0])
        if layer is None or layer[wide] != own:
            there = "has no such layer" if layer is None else f"has {layer[wide]} there"
            raise UserError(
                f"{weights.parent} does not fit {base}: it is {own} wide at {module}, and the base {there}."
                " The base was probably made anew since; train again or give the base it was trained on."
            )


def _shapes(file: Path) -> dict[str, list[int]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as tensors:
            return {name: tensors.get_slice(name).get_shape() for name in tensors.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise UserError(f"{file} cannot be read ({error}). Save it again.") from None
