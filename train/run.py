"""One training run: TRL's arguments, the trainer, training, and the finished checkpoint."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback
from trl import ModelConfig, SFTConfig, get_peft_config

from compass.format import Format
from train import checkpoint, model, plan, record
from train.attention import FLEX_BLOCK
from train.collate import Part, TreeCollator
from train.mishaps import explained
from train.plan import Epoch, Example
from train.progress import ProgressBar
from train.scoring import CallScores, held_out_calls
from train.settings import TrainRecipe
from train.trainer import TreeTrainer
from train.verify import verify_adapter

FINAL = ("loss", "mean_token_accuracy", "eval_loss", "eval_call_valid", "eval_schema_valid", "eval_liked")
"""Of these the last logged value goes into the run's figures."""


def training_arguments(chosen: TrainRecipe, plans: Mapping[str, Sequence[Epoch]]) -> SFTConfig:
    """The recipe as TRL takes it, with what the plan decides."""
    on_cpu = bool(chosen.sft.get("use_cpu"))
    first = plans["train"][0]
    default = {
        "report_to": ["tensorboard"] if find_spec("tensorboard") else "none",
        "eval_strategy": "epoch" if "val" in plans else "no",
        "save_strategy": "epoch",
        "save_total_limit": 2,
        "dataloader_pin_memory": not on_cpu,
    }
    decided = {
        "output_dir": str(checkpoint.run_folder(chosen)),
        "gradient_accumulation_steps": len(first.steps[0]) // plan.world_size(),
        "per_device_train_batch_size": 1,
        "per_device_eval_batch_size": 1,
        "train_sampling_strategy": "sequential",
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "remove_unused_columns": False,
        "max_length": None,
        "logging_nan_inf_filter": False,
        "disable_tqdm": True,
    }
    return SFTConfig(**(default | chosen.sft | decided))


def describe(
    chosen: TrainRecipe, parts: Mapping[str, Sequence[Example]], plans: Mapping[str, Sequence[Epoch]]
) -> dict[str, Any]:
    """What makes this run this run: two runs that agree here can go on from each other's state."""
    return {
        "recipe": chosen.resolved(),
        "base": record.describe_base(chosen.model_name, chosen.model.get("model_revision")),
        "data": record.describe_data(chosen, parts),
        "plan": record.describe_plan(plans["train"]),
        "processes": plan.world_size(),
        "git": record.git_state(),
        "versions": record.versions(),
    }


def make_trainer(
    chosen: TrainRecipe,
    arguments: SFTConfig,
    tokenizer: Any,
    parts: Mapping[str, Sequence[Example]],
    plans: Mapping[str, Sequence[Epoch]],
) -> TreeTrainer:
    """Loads the model, puts the adapter on it, and joins both with the plan."""
    collator = TreeCollator(
        {name: Part(parts[name], plans[name]) for name in parts},
        chosen.ours.packing,
        pad_to_multiple_of=1 if arguments.use_cpu else FLEX_BLOCK,
    )
    adapter = get_peft_config(ModelConfig(**chosen.model))
    if adapter is not None:
        adapter.revision = chosen.model.get("model_revision")  # whoever loads the adapter gets the very same base
    trainer = TreeTrainer(
        model=model.load_model(chosen),
        args=arguments,
        collator=collator,
        processing_class=tokenizer,
        peft_config=adapter,
    )
    trainer.remove_callback(PrinterCallback)
    if chosen.ours.score_prompts:
        held = held_out_calls(chosen.data_folder / "sft" / "val.jsonl", tokenizer, chosen.ours.score_prompts)
        trainer.add_callback(CallScores(trainer, tokenizer, held))
    return trainer


def fit(trainer: TreeTrainer, state: Path | None) -> dict[str, float]:
    """Trains to the end and returns the run's figures; goes on from `state` if there is one."""
    with explained(Path(trainer.args.output_dir)), ProgressBar() as bar:
        trainer.add_callback(bar)
        began = time.monotonic()
        result = trainer.train(resume_from_checkpoint=str(state) if state else None)
        seconds = time.monotonic() - began
        if trainer.eval_dataset is not None and trainer.args.eval_strategy == "no":
            trainer.evaluate()
    log = trainer.state.log_history
    last = {key: value for entry in log for key, value in entry.items() if key in FINAL}
    return {"train_loss": result.training_loss, "steps": float(trainer.state.global_step), "seconds": seconds, **last}


def save(trainer: TreeTrainer, chosen: TrainRecipe, made_for: Format, description: dict[str, Any]) -> None:
    """Writes weights, tokenizer, template and papers to `checkpoints/<name>/`, all of it or nothing."""
    with explained(checkpoint.run_folder(chosen)):
        _save(trainer, chosen, made_for, description)


def _save(trainer: TreeTrainer, chosen: TrainRecipe, made_for: Format, description: dict[str, Any]) -> None:
    folder = chosen.output.parent / f".{chosen.output.name}.new"
    if trainer.is_world_process_zero():
        shutil.rmtree(folder, ignore_errors=True)
    trainer.accelerator.wait_for_everyone()
    trainer.save_model(str(folder))  # every process takes part: sharded weights are gathered here
    if trainer.is_world_process_zero():
        (folder / "training_args.bin").unlink(
            missing_ok=True
        )  # a pickle, which runs what it holds; run.json says the same
        if chosen.model.get("use_peft"):
            verify_adapter(folder, trainer.model.config)
        run = description | {
            "format": made_for.model_dump(),
            "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
            "trainable_parameters": _trainable(trainer.model),
            "log": trainer.state.log_history,
        }
        papers = {
            "run.json": json.dumps(run, ensure_ascii=False, indent=1) + "\n",
            "format.json": (chosen.data_folder / "format.json").read_text(encoding="utf-8"),
            "README.md": record.model_card(chosen, made_for, run),
        }
        charts = Path(trainer.args.output_dir) / "runs"
        checkpoint.publish(chosen, folder, papers, keep=[charts] if charts.exists() else [])
        print(f"saved {chosen.output}/; evaluate it with: make eval CKPT={chosen.output}")
    trainer.accelerator.wait_for_everyone()
    trainer.accelerator.end_training()


def _trainable(model: torch.nn.Module) -> int:
    """Numbers that training may change; DeepSpeed leaves empty tensors in place of those that lie on other cards."""
    return sum(getattr(p, "ds_numel", p.numel()) for p in model.parameters() if p.requires_grad)
