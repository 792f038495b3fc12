"""The packed step is the unpacked step: loss and every gradient, on real Qwen3 layers, against plain transformers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.train.conftest import make_model
from train.attention import QUERIES_A_BLOCK, BlockedTree, flex_mask, mask_for
from train.collate import padded
from train.prefix_tree import Branch, build, visible
from train.trainer import score

torch.set_num_threads(1)


def branches(seed: int = 0) -> list[Branch]:
    """A trunk with two forks, two supervised answers below one prompt, a duplicate, and a prefix of another."""
    rng = np.random.default_rng(seed)
    trunk, a, b = (rng.integers(0, 200, n) for n in (20, 7, 9))
    answer = lambda n: rng.integers(0, 200, n)  # noqa: E731
    first = np.concatenate([trunk, a, answer(5)])
    return [
        Branch(first, ((27, 32),)),
        Branch(first, ((27, 32),)),
        Branch(np.concatenate([trunk, a, answer(3)]), ((27, 30),)),
        Branch(np.concatenate([first, answer(4), answer(6)]), ((36, 42),)),
        Branch(np.concatenate([trunk, b, answer(8)]), ((29, 31), (33, 37))),
        Branch(trunk[:15], ((12, 15),)),
    ]


def reference(model, given_branches: list[Branch]) -> torch.Tensor:
    """Mean loss over supervised tokens, every sequence run alone by transformers itself."""
    model.set_attn_implementation("eager")
    total, count = 0.0, 0
    for branch in given_branches:
        labels = torch.full((1, len(branch.input_ids)), -100)
        for start, end in branch.spans:
            labels[0, start:end] = torch.from_numpy(branch.input_ids[start:end])
        logits = model(input_ids=torch.from_numpy(branch.input_ids)[None]).logits[0, :-1]
        total = total + torch.nn.functional.cross_entropy(logits, labels[0, 1:], ignore_index=-100, reduction="sum")
        count += branch.supervised
    return total / count


def packed(model, given_branches: list[Branch], merge: bool = True) -> torch.Tensor:
    model.set_attn_implementation("tree_sdpa")
    tree = build(given_branches, merge)
    scored = score(model, {name: torch.from_numpy(array)[None] for name, array in tree._asdict().items()})
    return scored.negative_log_likelihood / sum(branch.supervised for branch in given_branches)


def gradients(model, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.requires_grad}


@pytest.mark.parametrize("merge", [True, False], ids=["tree", "bfd"])
@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("lora", [False, True])
@pytest.mark.parametrize("tied", [False, True])
def test_loss_and_every_gradient_are_those_of_single_sequences(tokenizer, tied, lora, checkpointing, merge):
    """A wrong mask, position or label moves some gradient by far more than 1e-5."""
    model = make_model(tokenizer, tied=tied)
    if lora:
        from peft import LoraConfig, get_peft_model

        model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    if checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
        model.enable_input_require_grads()
    model.train()
    wanted_loss = reference(model, branches())
    wanted = gradients(model, wanted_loss)
    got_loss = packed(model, branches(), merge)
    got = gradients(model, got_loss)
    assert torch.isclose(got_loss, wanted_loss, rtol=1e-5)
    assert wanted.keys() == got.keys() and any("lora_B" in name for name in got) == lora
    for name in wanted:
        assert (got[name] - wanted[name]).norm() <= 1e-5 * wanted[name].norm(), name


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9))
def test_loss_of_random_trees_is_that_of_single_sequences(tokenizer, seed, count):
    """Shapes nobody thought of: deep chains, shared prompts, lone tokens."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        ids = rng.integers(0, 2, rng.integers(2, 14))
        start = int(rng.integers(1, len(ids)))
        made.append(Branch(ids, ((start, int(rng.integers(start + 1, len(ids) + 1))),)))
    model = make_model(tokenizer).eval()
    with torch.no_grad():
        assert torch.isclose(packed(model, made), reference(model, made), rtol=1e-5)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_query_blocks_say_the_same_as_the_dense_mask(seed):
    """A key dropped from a block that some query sees would silently change the model."""
    rng = np.random.default_rng(seed)
    trunk = rng.integers(0, 9, QUERIES_A_BLOCK - 20)
    made = [Branch(np.concatenate([trunk, rng.integers(0, 9, rng.integers(1, 200))])) for _ in range(6)]
    tree = build(made)
    dense = np.zeros((len(tree.input_ids),) * 2, dtype=bool)
    blocks = mask_for(torch.from_numpy(tree.subtree_end)[None])["full_attention"]
    assert isinstance(blocks, BlockedTree)
    for block in blocks:
        dense[block.start : block.end, block.keys.numpy()] = block.mask.numpy()
    assert (dense == visible(tree)).all()


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_flex_blocks_are_those_of_the_dense_mask(seed):
    """On CUDA a block left out is never multiplied, and one called whole is never masked: both would be silent."""
    from torch.nn.attention.flex_attention import create_block_mask

    rng = np.random.default_rng(seed)
    trunk = rng.integers(0, 9, rng.integers(1, 400))
    made = [Branch(np.concatenate([trunk, rng.integers(0, 9, rng.integers(1, 300))])) for _ in range(5)]
    tree = padded(build([*made, Branch(rng.integers(10, 19, 150))]), int(rng.choice([1, 128])))
    ends = torch.from_numpy(tree.subtree_end)
    size = len(ends)
    ours = flex_mask(ends)
    dense = create_block_mask(lambda b, h, q, k: (k <= q) & (q < ends[k]), None, None, size, size, device="cpu")
    for kind in ("kv", "full_kv", "q", "full_q"):  # the last two are the backward pass's
        counts, columns = getattr(dense, f"{kind}_num_blocks")[0, 0], getattr(dense, f"{kind}_indices")[0, 0]
        got_counts, got_columns = getattr(ours, f"{kind}_num_blocks")[0, 0], getattr(ours, f"{kind}_indices")[0, 0]
        assert got_counts.tolist() == counts.tolist()
        for row, count in enumerate(counts):
            assert got_columns[row, :count].tolist() == columns[row, :count].tolist()
    assert ours.seq_lengths == dense.seq_lengths and ours.q_indices is not None
    q, k = torch.arange(size)[:, None], torch.arange(size)[None, :]
    assert (ours.mask_mod(0, 0, q, k).numpy() == visible(tree)).all()


def test_a_token_of_one_branch_changes_no_logit_of_another(tokenizer):
    """Leaks across branches train on text the model never sees when serving."""
    model = make_model(tokenizer).eval()
    left, right = np.arange(30), np.concatenate([np.arange(20), np.arange(100, 110)])

    def logits(last: int) -> torch.Tensor:
        changed = left.copy()
        changed[22] = last
        tree = build([Branch(changed), Branch(right)])
        mask = mask_for(torch.from_numpy(tree.subtree_end)[None])
        ids, positions = torch.from_numpy(tree.input_ids)[None], torch.from_numpy(tree.position_ids)[None]
        with torch.no_grad():
            return model(input_ids=ids, position_ids=positions, attention_mask=mask).logits[0]

    moved = (logits(50) - logits(51)).abs().amax(dim=-1)
    assert (moved[:22] == 0).all() and (moved[30:] == 0).all() and (moved[22:30] > 0).all()


def test_the_fused_head_scores_as_the_plain_one(tokenizer):
    """CUDA runs take TRL's tiled head: another loss there would be seen on a GPU node first."""
    from trl.trainer.utils import add_fused_lm_head

    model = make_model(tokenizer)
    add_fused_lm_head(model, outputs=("log_probs", "entropy", "is_top1"))
    tree = build(branches())
    inputs = {name: torch.from_numpy(array)[None] for name, array in tree._asdict().items()}
    results = []
    for fused_head in (False, True):
        scored = score(model, inputs, fused_head)
        results.append((scored, gradients(model, scored.negative_log_likelihood)))
    (plain, wanted), (fused, got) = results
    assert plain.correct == fused.correct and plain.supervised == fused.supervised == 28
    assert torch.isclose(plain.negative_log_likelihood, fused.negative_log_likelihood, rtol=1e-5)
    for name in wanted:
        assert (got[name] - wanted[name]).norm() <= 1e-5 * wanted[name].norm(), name


def test_a_loss_is_summed_in_fp32_where_the_model_hands_out_bf16(tokenizer):
    """Under FSDP2 the root does: in bf16 a sum of 4 000 comes in steps of 16, and so would the loss."""
    from trl.trainer.utils import add_fused_lm_head

    model = make_model(tokenizer)
    add_fused_lm_head(model, outputs=("log_probs", "is_top1"))
    inputs = {name: torch.from_numpy(array)[None] for name, array in build(branches())._asdict().items()}
    exact = score(model, inputs, fused_head=True).negative_log_likelihood

    def as_sharded(module, arguments, outputs):
        outputs.log_probs = outputs.log_probs.bfloat16()

    model.register_forward_hook(as_sharded)
    rounded = score(model, inputs, fused_head=True).negative_log_likelihood
    assert rounded.dtype == torch.float32 and rounded != rounded.bfloat16().float()
    assert torch.isclose(rounded, exact, rtol=2e-3)


def test_a_padding_tree_adds_nothing(tokenizer):
    """Steps are filled with one-token trees: a NaN or a missing gradient there would stop or hang a distributed run."""
    model = make_model(tokenizer)
    tree = build([Branch(np.array([0]))])
    scored = score(model, {name: torch.from_numpy(array)[None] for name, array in tree._asdict().items()})
    got = gradients(model, scored.negative_log_likelihood)
    assert scored.negative_log_likelihood == 0 and scored.supervised == 0
    assert all(not gradient.any() for gradient in got.values())
