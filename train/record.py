"""How a checkpoint was made: `run.json` for machines, the model card for people."""

import hashlib
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from compass.format import Format
from train.plan import Epoch, Example
from train.settings import TrainRecipe

PACKAGES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers", "bitsandbytes", "numpy")


CARD_SETTINGS = (
    "lora_r", "lora_alpha", "lora_dropout", "load_in_4bit", "learning_rate", "lr_scheduler_type", "warmup_steps",
    "num_train_epochs", "max_steps", "trajectories_per_step", "packing", "tree_tokens", "seed",
)  # fmt: skip
"""Of the recipe, what a reader of the model card asks for first."""


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_base(name: str, revision: str | None) -> dict[str, str | None]:
    """Name, revision and, for a local folder, a hash of its weights and shape: a folder may hold another model tomorrow.

    Of files above 64 MiB the size and the last MiB are read.
    """
    files = [path for pattern in ("config.json", "*.safetensors") for path in sorted(Path(name).glob(pattern))]
    digest = hashlib.sha256()
    for path in files:
        size = path.stat().st_size
        digest.update(f"{path.name} {size} ".encode())
        with path.open("rb") as file:
            file.seek(size - 2**20 if size > 2**26 else 0)
            digest.update(file.read())
    return {"name": name, "revision": revision, "sha256": digest.hexdigest() if files else None}


def git_state() -> dict[str, Any]:
    """`commit` (None outside a repository) and whether tracked files differ from it."""

    def git(*words: str) -> str | None:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain", "--untracked-files=no"))}


def versions() -> dict[str, str]:
    """Python and the libraries a run depends on, those that are installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue  # an optional extra
    return found


def describe_data(chosen: TrainRecipe, parts: dict[str, Sequence[Example]]) -> dict[str, Any]:
    """Counts and file hashes of each part of the data."""
    return {
        "recipe": chosen.ours.data,
        **{
            name: {
                "sha256": sha256(chosen.data_folder / "sft" / f"{name}.jsonl"),
                "examples": len(examples),
                "trajectories": len({example.trajectory for example in examples}),
                "people": len({example.person for example in examples}),
                "supervised_tokens": sum(example.branch.supervised for example in examples),
            }
            for name, examples in parts.items()
        },
    }


def describe_plan(epochs: Sequence[Epoch]) -> list[dict[str, Any]]:
    """What packing did, an entry an epoch."""
    return [
        {
            "steps": len(epoch.steps),
            "trees": sum(bool(tree) for tree in epoch.trees),
            "padding_trees": sum(not tree for tree in epoch.trees),
            "tokens_before": epoch.tokens_before,
            "tokens_after": epoch.tokens_after,
            "people_per_step": epoch.people_per_step,
        }
        for epoch in epochs
    ]


def model_card(chosen: TrainRecipe, made_for: Format, run: dict[str, Any]) -> str:
    """The README.md of a checkpoint."""
    data, metrics = run["data"]["train"], run["metrics"]
    figures = "\n".join(f"| {name} | {value:.4g} |" for name, value in metrics.items())
    shown = {key: run["recipe"].get(key) for key in CARD_SETTINGS}
    chosen_settings = "\n".join(f"| {key} | {value} |" for key, value in shown.items() if value is not None)
    kind = f"LoRA adapter, rank {chosen.model.get('lora_r', 16)}" if chosen.model.get("use_peft") else "full model"
    return f"""---
base_model: {chosen.model_name}
library_name: {"peft" if chosen.model.get("use_peft") else "transformers"}
pipeline_tag: text-generation
tags: [trl, sft, tool-use]
---
# {chosen.output.name}

A companion that answers a person's situation by choosing one of twelve simulated apps, calling it, and replying with
what it returned. {kind} on `{chosen.model_name}`, trained with `{chosen.path}`.

## Data
{data["examples"]:,} supervised turns of {data["trajectories"]:,} conversations with {data["people"]:,} invented people, made by
`{run["data"]["recipe"]}`; prompt style `{made_for.prompt_style}`, thinking {"on" if made_for.enable_thinking else "off"}.
Where that data was written by rules and not by a teacher model, replies are as plain as the rules.

## Settings
| what | value |
|---|---|
{chosen_settings}

## Figures from training
| what | value |
|---|---|
{figures}

Scores of the evaluation, where it was run, lie in `eval/` beside this file. All settings, versions, hashes and the
whole log are in `run.json`.

## Use
Serve it with the chat template in this folder (the base model's own) and `enable_thinking` as above; send
`skip_special_tokens: false`, or `<tool_call>` may be lost. Meant for research on tool-using companions.

## Limits
It may call an app nobody asked for, invent what no app returned, or misread a person. It was trained on invented people
and simulated apps only. It gives no diagnosis and no treatment, and it must not decide anything about a person.

## In a crisis
This is not a crisis service. Whoever is in danger, or thinks of harming themselves, should call the local emergency
number (112 in Europe, 911 in North America) or a crisis line (988 in the United States and Canada, 116 123 for the
Samaritans in the United Kingdom and Ireland); https://findahelpline.com lists lines of other countries.
"""
