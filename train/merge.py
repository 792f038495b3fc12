"""Merges an adapter into its base model: `python -m train.merge checkpoints/NAME` writes checkpoints/NAME-merged/."""

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import Any

from compass import errors
from compass.errors import UserError, need_file
from train import record

COPIED = ("format.json", "run.json", "README.md")


def main() -> None:
    """Reads the command line and merges."""
    parser = argparse.ArgumentParser(prog="python -m train.merge", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a folder with a trained adapter")
    parser.add_argument("-o", "--output", type=Path, help="where to write; CHECKPOINT-merged by default")
    arguments = parser.parse_args()
    folder = arguments.checkpoint
    output = arguments.output or folder.with_name(f"{folder.name}-merged")
    if output.exists():
        raise UserError(f"{output} is there already: remove it or name another place with -o.")
    merge(folder, output)
    print(f"merged {folder}/ into {output}/ (bf16)")


def base_of(folder: Path) -> tuple[str, str]:
    """Name and revision of the model an adapter belongs to.

    Raises:
        UserError: The folder holds no adapter.
    """
    remedy = f"{folder} is no trained adapter; name a folder that `make sft` wrote."
    need_file(folder / "adapter_model.safetensors", "the adapter", remedy)
    config = json.loads(need_file(folder / "adapter_config.json", "the adapter's configuration", remedy).read_text())
    return config["base_model_name_or_path"], config.get("revision") or "main"


def merge(folder: Path, output: Path) -> None:
    """Adds the adapter to the weights in fp32, so that bf16 rounds once, and saves model, tokenizer and papers.

    Args:
        folder: The adapter's checkpoint.
        output: Appears only when whole.

    Raises:
        UserError: No adapter, no base, or an adapter for a model of another shape.
    """
    import torch
    from transformers import AutoTokenizer

    name, revision = base_of(folder)
    _need_same_base(folder, name, revision)
    model = _with_adapter(folder, name, revision).merge_and_unload().to(torch.bfloat16)
    partial = output.with_name(f".{output.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    model.save_pretrained(partial)
    AutoTokenizer.from_pretrained(folder).save_pretrained(partial)
    for paper in COPIED:
        shutil.copyfile(folder / paper, partial / paper)
    os.replace(partial, output)


def _need_same_base(folder: Path, name: str, revision: str) -> None:
    """Stops where the base's folder holds another model than at training; on a hub the revision says so already."""
    trained_on = json.loads((folder / "run.json").read_text(encoding="utf-8")).get("base", {}).get("sha256")
    if trained_on not in (None, record.describe_base(name, revision)["sha256"]):
        raise UserError(
            f"{folder} was trained on another model than {name} holds now: bring that one back, or train again on this one."
        )


def _with_adapter(folder: Path, name: str, revision: str) -> Any:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    try:
        base = AutoModelForCausalLM.from_pretrained(name, revision=revision, dtype=torch.float32, use_safetensors=True)
    except OSError as error:
        raise UserError(f"{folder} belongs to {name!r} (revision {revision}), which is not here: {error}") from None
    try:
        return PeftModel.from_pretrained(base, str(folder))
    except RuntimeError as error:
        if "size mismatch" not in str(error):
            raise
        raise UserError(
            f"{folder} does not fit {name}: their shapes differ. It was trained on another model, or with another lora_r "
            "than its adapter_config.json says."
        ) from None


if __name__ == "__main__":
    errors.run(main)
