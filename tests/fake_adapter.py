"""Writes what PEFT writes for a LoRA adapter, with one layer, for tests that need no model."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file


def write_adapter(folder: Path, width: int = 32, **changes: Any) -> Path:
    """An adapter's folder with the configuration that PEFT writes, but for `changes`."""
    config = {"peft_type": "LORA", "base_model_name_or_path": "some/where/base", "r": 8, "rank_pattern": {}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps(config | {"modules_to_save": None} | changes))
    layer = "base_model.model.model.layers.0.q_proj"
    weights = {f"{layer}.lora_A.weight": np.zeros((8, width)), f"{layer}.lora_B.weight": np.zeros((16, 8))}
    save_file(weights, folder / "adapter_model.safetensors")
    return folder
