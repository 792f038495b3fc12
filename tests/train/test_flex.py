"""FlexAttention without its kernels: transformers' way through it, and how often a run of trees has it compiled."""

import numpy as np
import pytest
import torch
from torch.nn.attention import flex_attention as flex

from tests.train.conftest import make_model
from tests.train.test_exactness import branches, gradients, reference
from train.attention import flex_mask
from train.collate import padded
from train.prefix_tree import Branch, build
from train.trainer import score


@pytest.fixture
def traced(monkeypatch):
    """FlexAttention is traced as for a card, and what was traced runs as plain PyTorch, backward pass included."""
    import transformers.integrations.flex_attention as integration

    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    monkeypatch.setattr(flex, "_validate_device", lambda *tensors: None)  # refuses gradients on a CPU
    compiled = torch.compile(flex.flex_attention, backend="eager")
    monkeypatch.setattr(integration, "WrappedFlexAttention", lambda training: lambda: compiled)
    monkeypatch.setattr("train.trainer.mask_for", lambda ends: {"full_attention": flex_mask(ends[0])})


def scored(model, tree) -> torch.Tensor:
    model.set_attn_implementation("flex_attention")
    padded_tree = padded(tree, 128)._asdict()
    result = score(model, {name: torch.from_numpy(array)[None] for name, array in padded_tree.items()})
    return result.negative_log_likelihood / result.supervised


@pytest.mark.parametrize("checkpointing", [False, True])
def test_loss_and_every_gradient_are_those_of_single_sequences(tokenizer, traced, checkpointing):
    """The mask goes through transformers' wrapper, gradient checkpointing and grouped queries before it masks anything."""
    model = make_model(tokenizer)
    wanted_loss = reference(model, branches())
    wanted = gradients(model, wanted_loss)
    model.train()
    if checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    loss = scored(model, build(branches()))
    got = gradients(model, loss)
    assert torch.isclose(loss, wanted_loss, rtol=1e-5)
    for name in wanted:
        assert (got[name] - wanted[name]).norm() <= 1e-5 * wanted[name].norm(), name


def test_trees_of_every_size_are_compiled_a_few_times(tokenizer, traced):
    """A mask that is another function for each tree, or a size that is another kernel, ends after eight: then attention runs
    unfused, and a long tree does not fit any card."""
    model = make_model(tokenizer)
    rng = np.random.default_rng(0)
    for size in (5, 300, 150, 500, 100, 40, 600, 220):
        trunk = rng.integers(0, 200, size)
        answers = [Branch(np.concatenate([trunk, rng.integers(0, 200, 9)]), ((size, size + 9),)) for _ in range(3)]
        model.train()
        gradients(model, scored(model, build(answers)))
        model.eval()
        with torch.no_grad():
            assert torch.isclose(scored(model, build(answers)), reference(model, answers), rtol=1e-4)
    compiled = torch._dynamo.utils.counters["stats"]["unique_graphs"]
    assert 1 <= compiled <= 6 < torch._dynamo.config.recompile_limit, "none: nothing was traced, and nothing tested"
