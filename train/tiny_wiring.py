"""A head start for the tiny base: attention heads that look at fixed offsets, and heads that copy.

Looking up "which apps does this person like in this part of life" needs a chain of two heads: one that marks a token
with what stood a few places before it, one that finds the mark and copies the token. Left to chance the chain takes
tens of millions of tokens to appear (measured: 2 scenes still at 65 % after a million tokens; wired, 85 % after 0.4
million). So the first layer gets heads that attend exactly 1, 2, 3 … tokens back, and later layers get keys that read
their marks and values that copy. Everything stays trainable, the architecture stays Qwen3's.
"""

import torch
from torch import Tensor
from transformers import Qwen3ForCausalLM

SHARPNESS = 2.0  # gain of the query and key norms: attention logits up to 5.7 * gain²
CONSTANT = 0.2  # one embedding dimension is the same for all tokens: it serves as the bias that Qwen3 has not
MATCHED_OFFSETS = (1, 3)  # `name` after one token (any repeated text), app after `scene`, `:`, `likes`


def _turned(vector: Tensor, offset: int, theta: float) -> Tensor:
    """`vector` rotated as RoPE rotates it over `offset` positions; shape (head_dim,)."""
    half = vector.numel() // 2
    angles = offset * theta ** (-torch.arange(half) / half)
    first, second = vector[:half], vector[half:]
    return torch.cat([first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()])


def _directions(rows: int, columns: int) -> Tensor:
    """Orthonormal rows (or columns, whichever are fewer) that leave the constant dimension alone."""
    matrix = torch.linalg.qr(torch.randn(max(rows, columns), min(rows, columns)))[0]
    matrix = matrix.T.contiguous() if rows < columns else matrix
    if rows < columns:
        matrix[:, 0] = 0
    else:
        matrix[0] = 0
    return matrix


@torch.no_grad()
def wire(model: Qwen3ForCausalLM, theta: float) -> None:
    """Sets the starting weights in place; `torch.manual_seed` decides the random parts."""
    config = model.config
    width, heads, groups, size = (
        config.hidden_size,
        config.num_attention_heads,
        config.num_key_value_heads,
        config.head_dim,
    )
    share = heads // groups
    for name, parameter in model.named_parameters():
        if "q_norm" in name or "k_norm" in name:
            parameter.fill_(SHARPNESS)
        elif parameter.dim() == 2:
            parameter.normal_(0, 0.02)
    model.model.embed_tokens.weight.normal_(0, 0.04)
    model.model.embed_tokens.weight[:, 0] = CONSTANT

    first = model.model.layers[0].self_attn
    beat = torch.zeros(size)
    beat[:4] = 1.0  # the four fastest rotations tell neighbours apart
    reads = [_directions(size, width) for _ in range(groups)]
    marks = [_directions(width, size) for _ in range(heads)]
    for group in range(groups):
        rows = slice(group * size, (group + 1) * size)
        first.v_proj.weight[rows] = reads[group]
        if group < groups - 1:  # the last group stays free to attend by content
            first.k_proj.weight[rows] *= 0.1
            first.k_proj.weight[rows, 0] = beat
    for head in range(heads):
        rows = slice(head * size, (head + 1) * size)
        first.o_proj.weight[:, rows] = 0.05 * marks[head]
        if head < heads - share:
            first.q_proj.weight[rows] *= 0.1
            first.q_proj.weight[rows, 0] = _turned(beat, -(head + 1), theta)

    for layer in model.model.layers[1:]:
        attention = layer.self_attn
        for group, offset in enumerate(MATCHED_OFFSETS):
            attention.k_proj.weight[group * size : (group + 1) * size] = marks[offset - 1].T
        for head in range(
            share
        ):  # offset 1 is wired to the end: find where this token stood before, copy what followed
            attention.q_proj.weight[head * size : (head + 1) * size] = reads[0]
        for group in range(groups):
            copied = _directions(size, width)
            attention.v_proj.weight[group * size : (group + 1) * size] = copied
            for head in range(group * share, (group + 1) * share):
                attention.o_proj.weight[:, head * size : (head + 1) * size] = 0.05 * copied.T
