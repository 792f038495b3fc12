"""A training recipe: TRL's own field names (`SFTConfig`, `ModelConfig`) plus the few of ours, checked before a model loads."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from compass import recipe
from compass.errors import UserError, need_file

Packing = Literal["tree", "bfd", "none"]

OURS_TO_SET = {
    "max_length": "sequences are never cut; tree_tokens is the limit, and a longer sequence is an error",
    "per_device_train_batch_size": "a batch is one tree; set tree_tokens and trajectories_per_step",
    "per_device_eval_batch_size": "a batch is one tree; set tree_tokens",
    "train_sampling_strategy": "the plan fixes the order; set seed",
    "remove_unused_columns": "the plan's columns are all used",
    "dataset_kwargs": "examples come tokenized",
    "attn_implementation": "it must understand prefix trees, so it follows the device",
    "average_tokens_across_devices": "the loss is always that of all supervised tokens of a step",
    "packing_strategy": "write packing: bfd",
    "padding_free": "write packing: tree, bfd or none",
    "assistant_only_loss": "completions are supervised, prompts are not",
    "completion_only_loss": "completions are supervised, prompts are not",
    "lora_modules_to_save": "vLLM refuses such adapters; LoRA goes on linear layers only",
    "trust_remote_code": "code from a hub is never run",
    "push_to_hub": "nothing leaves this machine; upload the finished folder yourself",
    "disable_tqdm": "the progress bar is ours",
    "model_init_kwargs": "set dtype and model_revision",
}
"""TRL fields a recipe may not set, each with the reason or what to write instead."""


@dataclass(frozen=True)
class Ours:
    """Keys that TRL does not have.

    Attributes:
        data: The data recipe; its output lies in `data/<its name>/`.
        packing: `tree` computes shared prefixes once, `bfd` packs whole sequences, `none` takes one a row.
        tree_tokens: The most tokens a row may hold.
        trajectories_per_step: Trajectories in an optimizer step, over all accumulation steps and processes.
        validation_examples: At most so many held-out examples are scored for the validation loss; 0 is none.
        score_prompts: After each validation, so many held-out calls are generated and scored; 0 is none.
        overwrite: Replace a finished checkpoint of the same name and drop an interrupted run of another recipe.
    """

    data: str
    packing: Packing = "tree"
    tree_tokens: int = 32_768
    trajectories_per_step: int = 32
    validation_examples: int = 256
    score_prompts: int = 0
    overwrite: bool = False


@dataclass(frozen=True)
class TrainRecipe:
    """A checked recipe.

    Attributes:
        path: The YAML file.
        ours: Our keys.
        model: Keys of TRL's `ModelConfig`, as given.
        sft: Keys of TRL's `SFTConfig`, as given.
    """

    path: Path
    ours: Ours
    model: dict[str, Any]
    sft: dict[str, Any]

    @property
    def data_folder(self) -> Path:
        """Where the data recipe's output lies."""
        return Path("data") / Path(self.ours.data).stem

    @property
    def output(self) -> Path:
        """The finished checkpoint's folder."""
        return Path(self.sft.get("output_dir") or Path("checkpoints") / self.path.stem)

    @property
    def model_name(self) -> str:
        """A hub name or a local folder."""
        return self.model["model_name_or_path"]

    def resolved(self) -> dict[str, Any]:
        """All keys as one plain dict, for the run record."""
        return {
            "recipe": str(self.path),
            **{field.name: getattr(self.ours, field.name) for field in fields(Ours)},
            **{key: _plain(value) for key, value in (self.model | self.sft).items()},
        }


_NO_IS_A_WORD = BeforeValidator(lambda value: "no" if value is False else value)
"""YAML reads `eval_strategy: no` as false; people mean the word."""


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def load(path: Path, overrides: Sequence[str] = ()) -> TrainRecipe:
    """Reads and checks a training recipe.

    Raises:
        UserError: Every problem at once, each with its place.
    """
    need_file(path, "the recipe", "Name a YAML file, such as recipes/qwen3_tiny_cpu.yaml.")
    from trl import ModelConfig, SFTConfig  # takes seconds to import, and --help needs none of it

    model_fields, sft_fields = recipe.fields_of(ModelConfig), recipe.fields_of(SFTConfig)
    sft_fields.pop("packing")
    sft_fields |= {key: Annotated[sft_fields[key], _NO_IS_A_WORD] for key in sft_fields if key.endswith("_strategy")}
    ours_fields = recipe.fields_of(Ours)
    values = recipe.load(
        path,
        model_fields | sft_fields | ours_fields,
        overrides,
        required=("model_name_or_path", "data"),
        contradictions=_contradictions,
    )
    ours = Ours(**{key: values[key] for key in values if key in ours_fields})
    model = {key: value for key, value in values.items() if key in model_fields}
    sft = {key: value for key, value in values.items() if key in sft_fields and key not in model_fields}
    return TrainRecipe(path, ours, model, sft)


def _contradictions(values: dict[str, Any]) -> list[str]:
    """Problems between values that are fine alone."""
    problems = [f"{key} is not for a recipe to set: {why}" for key, why in OURS_TO_SET.items() if key in values]
    if not Path(values["data"]).is_file():
        problems.append(f"data names {values['data']}, which is no file here; a data recipe lies in recipes/data/")
    positive = (
        "tree_tokens",
        "trajectories_per_step",
        "num_train_epochs",
        "learning_rate",
        "gradient_accumulation_steps",
    )
    problems += [f"{key} must be above 0, got {values[key]}" for key in positive if values.get(key, 1) <= 0]
    quantized = values.get("load_in_4bit") or values.get("load_in_8bit")
    if quantized and not values.get("use_peft"):
        problems.append("load_in_4bit trains an adapter on frozen weights: set use_peft: true")
    if values.get("load_in_4bit") and values.get("load_in_8bit"):
        problems.append("load_in_4bit and load_in_8bit exclude each other")
    if values.get("use_cpu") and values.get("bf16", True):
        problems.append("use_cpu trains in fp32: set bf16: false")
    if values.get("use_cpu") and values.get("dtype", "float32") != "float32":
        problems.append("use_cpu trains in fp32: set dtype: float32")
    if "lm_head" in (values.get("lora_target_modules") or []):
        problems.append("lora_target_modules must not hold lm_head: TRL would not train it and vLLM would not serve it")
    if values.get("score_prompts") and values.get("validation_examples") == 0:
        problems.append("score_prompts are scored at validation: set validation_examples above 0")
    if values.get("num_train_epochs", 1) != int(values.get("num_train_epochs", 1)):
        problems.append(
            "num_train_epochs must be whole, since every epoch has its own plan; use max_steps to stop earlier"
        )
    return problems


def need_device(chosen: TrainRecipe) -> None:
    """Stops where the recipe needs a GPU and there is none, or not one for each process of this node.

    Raises:
        UserError: As above. A single process that sees several cards counts: it would hand each a piece of every row.
    """
    import torch

    if chosen.sft.get("use_cpu"):
        return
    if not torch.cuda.is_available():
        raise UserError(
            f"{chosen.path} trains on a CUDA device and this machine has none: use `make demo`, which trains the tiny "
            "model on any CPU, or run this recipe on a GPU machine."
        )
    cards = torch.cuda.device_count()
    if cards > 1 and "LOCAL_RANK" not in os.environ:
        raise UserError(
            f"this is one process and it sees {cards} cards. To train on all of them: `accelerate launch --config_file "
            f"recipes/accelerate/ddp.yaml --num_processes {cards} -m train.sft --config {chosen.path}`; on one: set "
            "CUDA_VISIBLE_DEVICES=0, as `make sft` does."
        )
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if processes > cards:
        raise UserError(
            f"{processes} processes were started here and this machine shows {cards} card(s): put --num_processes before -m, "
            "with the cards of all nodes together."
        )


def need_packages(chosen: TrainRecipe) -> None:
    """Stops where the recipe wants quantized weights or DeepSpeed and the package for it is not installed."""
    from importlib.util import find_spec

    if (chosen.model.get("load_in_4bit") or chosen.model.get("load_in_8bit")) and find_spec("bitsandbytes") is None:
        raise UserError(
            f"{chosen.path} loads quantized weights, which needs bitsandbytes: `.venv/bin/pip install -e '.[qlora]'`."
        )
    if chosen.sft.get("deepspeed") and find_spec("deepspeed") is None:
        raise UserError(
            f"{chosen.path} shards with DeepSpeed, which is not installed: `.venv/bin/pip install -e '.[zero3]'`."
        )
