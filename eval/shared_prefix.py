"""Attention over one stored prefix that all rows of a batch share, and each row's own tokens after it.

Guide and tool schemas are three quarters of a prompt and the same for everyone. Their keys and values are computed
once and never copied to the rows: while decoding, all rows ask the prefix in one matrix product. The softmax runs over
both parts together, so the result is that of ordinary attention, up to rounding.
"""

from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface

NAME = "shared_prefix"

Layers = list[tuple[torch.Tensor, torch.Tensor]]
"""Keys and values of a prefix for each layer, each of shape (key-value heads, prefix tokens, head width)."""


class RowCache:
    """Keys and values of the rows' own tokens, in buffers that are allocated once; stands in for a transformers cache."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.length = 0
        self.layers: list[tuple[torch.Tensor, torch.Tensor]] = []

    def update(
        self, keys: torch.Tensor, values: torch.Tensor, layer: int, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Stores new tokens, shape (rows, heads, new tokens, width); returns all of the layer's so far."""
        rows, heads, new, width = keys.shape
        if layer == len(self.layers):
            shape = (rows, heads, self.capacity, width)
            self.layers.append((keys.new_empty(shape), values.new_empty(shape)))
        if layer == 0:
            self.length += new
        held_keys, held_values = self.layers[layer]
        held_keys[:, :, self.length - new : self.length] = keys
        held_values[:, :, self.length - new : self.length] = values
        return held_keys[:, :, : self.length], held_values[:, :, : self.length]

    def keep(self, rows: torch.Tensor) -> None:
        """Drops all rows but these."""
        self.layers = [(keys[rows], values[rows]) for keys, values in self.layers]

    def as_prefix(self) -> Layers:
        """The tokens of a cache with a single row, as a prefix for others."""
        return [(keys[0, :, : self.length], values[0, :, : self.length]) for keys, values in self.layers]


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    prefix: Layers | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """An attention implementation in transformers' sense.

    Args:
        module: The attention layer; `layer_idx` picks its part of the prefix.
        query: (rows, heads, new tokens, width).
        key: Own tokens, (rows, key-value heads, own tokens, width); `value` likewise.
        attention_mask: True where a new token sees an own token, (rows, 1, new tokens, own tokens); every token sees the prefix.
        scaling: Factor on the scores.
        prefix: Shared keys and values; None while the prefix itself is computed.

    Returns:
        (rows, new tokens, heads, width), and None for the weights.
    """
    stored = prefix[module.layer_idx] if prefix else None
    if stored is None or query.shape[2] > 1:
        out = _attend_many(query, key, value, attention_mask, scaling, stored)
    else:
        out = _attend_one(query, key, value, attention_mask, scaling, stored)
    return out.transpose(1, 2).contiguous(), None


def _attend_many(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    scaling: float | None,
    stored: tuple[torch.Tensor, torch.Tensor] | None,
) -> torch.Tensor:
    if stored is not None:
        rows = key.shape[0]
        key = torch.cat([stored[0].expand(rows, -1, -1, -1), key], dim=2)
        value = torch.cat([stored[1].expand(rows, -1, -1, -1), value], dim=2)
        mask = functional.pad(mask, (stored[0].shape[1], 0), value=True)
    return functional.scaled_dot_product_attention(query, key, value, mask, scale=scaling, enable_gqa=True)


def _attend_one(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor,
    scaling: float | None,
    stored: tuple[torch.Tensor, torch.Tensor],
) -> torch.Tensor:
    rows, heads, _, width = query.shape
    groups = key.shape[1]
    each = heads // groups
    grouped = query.reshape(rows, groups, each, width) * scaling
    by_group = grouped.transpose(0, 1).reshape(groups, rows * each, width)
    shared = torch.bmm(by_group, stored[0].transpose(1, 2)).view(groups, rows, each, -1).transpose(0, 1)
    own = torch.matmul(grouped, key.transpose(2, 3)).masked_fill(~mask, float("-inf"))
    weights = torch.cat([shared, own], dim=-1).softmax(-1, dtype=torch.float32).to(query.dtype)
    on_shared, on_own = weights.split([shared.shape[-1], own.shape[-1]], dim=-1)
    by_group = on_shared.transpose(0, 1).reshape(groups, rows * each, -1)
    from_shared = torch.bmm(by_group, stored[1]).view(groups, rows, each, width).transpose(0, 1)
    return (from_shared + torch.matmul(on_own, value)).reshape(rows, heads, 1, width)


AttentionInterface.register(NAME, attend)
