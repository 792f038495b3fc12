"""On a card, where FlexAttention and TRL's tiled head take over: `python -m pytest -m gpu tests/train`."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.train.conftest import make_model, run
from tests.train.test_exactness import branches, gradients, reference
from train.attention import flex_mask
from train.collate import padded
from train.prefix_tree import build
from train.trainer import score

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


@pytest.mark.parametrize("checkpointing", [False, True])
def test_loss_and_gradients_on_a_card_are_those_of_single_sequences(tokenizer, checkpointing):
    """The backward pass of a block mask exists on CUDA only; a wrong block there is silent."""
    model = make_model(tokenizer, head_dim=64)
    wanted_loss = reference(model, branches())  # on the CPU, in fp32
    wanted = gradients(model, wanted_loss)
    model.cuda().train()
    model.set_attn_implementation("flex_attention")
    if checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    tree = padded(build(branches()), 128)
    scored = score(model, {name: torch.from_numpy(array)[None].cuda() for name, array in tree._asdict().items()})
    got = gradients(model, scored.negative_log_likelihood / scored.supervised)
    assert np.isclose((scored.negative_log_likelihood / scored.supervised).item(), wanted_loss.item(), rtol=1e-4)
    for name in wanted:
        assert (got[name].cpu() - wanted[name]).norm() <= 1e-3 * wanted[name].norm(), name


def test_the_mask_of_a_long_tree_is_made_without_the_dense_one():
    """160 k tokens fit a large card; a dense mask of theirs does not."""
    ends = torch.full((160_000,), 160_000, device="cuda")
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.max_memory_allocated()
    flex_mask(ends)
    assert torch.cuda.max_memory_allocated() - before < 10**9


def test_a_whole_run_on_a_card(workplace, tokenizer):
    """Recipe to checkpoint in bf16: branch check, tiled head, padded rows, generated calls, verified adapter."""
    make_model(tokenizer, head_dim=64).save_pretrained("base")
    run(
        "--use_cpu",
        "false",
        "--bf16",
        "true",
        "--dtype",
        "bfloat16",
        "--gradient_checkpointing",
        "true",
        "--score_prompts",
        "2",
    )
    log = [entry for entry in json.loads(Path("checkpoints/toy/run.json").read_text())["log"] if "loss" in entry]
    assert log[-1]["loss"] < 0.9 * log[0]["loss"] and log[-1]["mfu"] > 0
