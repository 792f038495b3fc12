"""What is ours beside TRL: nothing but the layout. Unpacked it trains as plain TRL; a backend that leaks is refused."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from compass.errors import UserError
from tests.train.conftest import make_model, run
from train import examples, model, plan, settings
from train.attention import mask_for

torch.set_num_threads(1)


def plain_trl(folder: str, tokenizer) -> None:
    """`SFTTrainer` with its own collator and loss, on the rows of our plan in their order, one a batch."""
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import set_seed
    from trl import SFTConfig, SFTTrainer

    chosen = settings.load(Path("recipes/toy.yaml"), ("--packing", "none"))
    part = examples.load_parts(chosen, model.load_tokenizer(chosen))["train"]
    (first,) = plan.make(part, plan.Settings("none", 600, 4, seed=3), epochs=1)
    rows = []
    for (index,) in first.trees:
        ids, ((start, end),) = part[index].branch.input_ids.tolist(), part[index].branch.spans
        rows.append({"input_ids": ids, "labels": [-100] * start + ids[start:end]})
    given = {
        "output_dir": folder, "num_train_epochs": 1, "use_cpu": True, "bf16": False, "gradient_checkpointing": False,
        "learning_rate": 2e-2, "lr_scheduler_type": "constant", "optim": "sgd", "seed": 3, "save_strategy": "no",
        "report_to": "none", "max_length": None, "per_device_train_batch_size": 1, "gradient_accumulation_steps": len(first.steps[0]),
        "train_sampling_strategy": "sequential", "disable_tqdm": True,
    }  # fmt: skip
    set_seed(3)
    trainer = SFTTrainer(
        model=make_model(tokenizer, attention="sdpa"), args=SFTConfig(**given), train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=LoraConfig(r=4, lora_alpha=32, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"),
    )  # fmt: skip
    trainer.train()
    trainer.save_model(folder)


def test_unpacked_training_is_plain_trl(workplace, tokenizer):
    """Otherwise `packing: none` would be no yardstick for the tree, and a recipe's numbers would mean something else."""
    run("--packing", "none", "--optim", "sgd", "--num_train_epochs", "1", "--lora_alpha", "32")
    plain_trl("plain", tokenizer)
    ours, theirs = (load_file(f"{folder}/adapter_model.safetensors") for folder in ("checkpoints/toy", "plain"))
    assert ours.keys() == theirs.keys()
    for name, tensor in theirs.items():
        assert (ours[name] - tensor).norm() <= 1e-5 * tensor.norm(), name
    steps = json.loads(Path("checkpoints/toy/run.json").read_text())["metrics"]["steps"]
    assert steps == 3


def plain_causal(ends: torch.Tensor):
    """Every token sees all before it, other branches too."""
    return mask_for(torch.full_like(ends, ends.shape[1]))


def cut_at_positions(ends: torch.Tensor):
    """No mask: transformers takes each jump of `position_ids` for a new sequence, which then has lost its trunk."""


@pytest.mark.parametrize("mask", [plain_causal, cut_at_positions])
def test_a_backend_that_does_not_follow_the_tree_is_refused(workplace, monkeypatch, mask):
    """Packing with the wrong neighbours trains to a higher loss and says nothing."""
    monkeypatch.setattr("train.trainer.mask_for", mask)
    with pytest.raises(UserError, match=r"does not keep the branches of a tree apart.*packing: none"):
        run()
    assert not Path("checkpoints/toy").exists()
