"""Attention over a prefix tree: token q sees token k exactly when `k <= q < subtree_end[k]`.

On CUDA the rule becomes a FlexAttention block mask. Elsewhere it becomes blocks of queries, each with only the keys that
some query of the block can see: branches of other people drop out before anything is multiplied, so the work grows with
the length of a conversation and not with the square of the tree.
"""

from typing import Any, NamedTuple

import torch
from torch.nn.attention.flex_attention import BlockMask
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

BLOCKED = "tree_sdpa"
"""The attention implementation's name on devices without FlexAttention; without a tree it is plain SDPA."""

QUERIES_A_BLOCK = 256

FLEX_BLOCK = 128
"""FlexAttention's block of tokens: rows padded to it are compiled for few lengths."""


class QueryBlock(NamedTuple):
    """Queries [start, end) of a tree, the keys they see, and which of them each sees.

    Attributes:
        keys: Rows of the keys, shape (k,).
        mask: Shape (end - start, k), boolean.
    """

    start: int
    end: int
    keys: torch.Tensor
    mask: torch.Tensor


class BlockedTree(list[QueryBlock]):
    """All query blocks of a tree, in order."""


def implementation(device: str) -> str:
    """The `attn_implementation` that understands `mask_for` on a device type."""
    return "flex_attention" if device == "cuda" else BLOCKED


def mask_for(subtree_end: torch.Tensor) -> dict[str, BlockMask | BlockedTree]:
    """The mask of one tree, as a Qwen3 model takes it in place of `attention_mask`.

    Args:
        subtree_end: Shape (1, n), on the model's device.
    """
    ends = subtree_end[0]
    return {"full_attention": flex_mask(ends) if ends.is_cuda else _blocked(ends)}


def flex_mask(ends: torch.Tensor) -> BlockMask:
    """The block mask, straight from the rule: building it from the dense mask would take n x n booleans, 25 GB at 160 k tokens.

    Args:
        ends: `subtree_end`, shape (n,).
    """
    size = len(ends)
    blocks = -(-size // FLEX_BLOCK)
    ends_by_block = torch.nn.functional.pad(ends, (0, blocks * FLEX_BLOCK - size)).view(blocks, FLEX_BLOCK)
    start = torch.arange(blocks, device=ends.device) * FLEX_BLOCK
    seen = (start[None, :] < start[:, None]) & (ends_by_block.amax(dim=1)[None, :] > start[:, None])
    whole = seen & (ends_by_block.amin(dim=1)[None, :] >= start[:, None] + FLEX_BLOCK)
    partly = (seen & ~whole) | torch.eye(blocks, dtype=torch.bool, device=ends.device)

    def sees(batch: Any, head: Any, q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
        return (k <= q) & (q < ends[k])

    return BlockMask.from_kv_blocks(
        *_listed(partly), *_listed(whole), BLOCK_SIZE=FLEX_BLOCK, mask_mod=sees, seq_lengths=(size, size)
    )


def _listed(blocks: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """For each row how many blocks, and their columns first; shapes (1, 1, rows) and (1, 1, rows, columns)."""
    count = blocks.sum(dim=1, dtype=torch.int32)
    columns = blocks.to(torch.int8).argsort(dim=1, descending=True, stable=True).to(torch.int32)
    return count[None, None], columns[None, None]


def _blocked(ends: torch.Tensor) -> BlockedTree:
    rows = torch.arange(len(ends), device=ends.device)
    blocks = BlockedTree()
    for start in range(0, len(ends), QUERIES_A_BLOCK):
        end = min(start + QUERIES_A_BLOCK, len(ends))
        keys = (ends[:end] > start).nonzero()[:, 0]
        queries = rows[start:end, None]
        blocks.append(QueryBlock(start, end, keys, (keys <= queries) & (queries < ends[keys])))
    return blocks


def tree_attention_forward(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | BlockedTree | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as transformers calls it; shapes (1, heads, n, head_dim) in, (1, n, heads, head_dim) out."""
    if not isinstance(attention_mask, BlockedTree):
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, dropout=dropout, **kwargs
        )
    rows = [
        scaled_dot_product_attention(
            query[:, :, block.start : block.end],
            key.index_select(2, block.keys),
            value.index_select(2, block.keys),
            attn_mask=block.mask,
            dropout_p=dropout,
            scale=scaling,
            enable_gqa=query.shape[1] != key.shape[1],
        )
        for block in attention_mask
    ]
    return torch.cat(rows, dim=2).transpose(1, 2), None


AttentionInterface.register(BLOCKED, tree_attention_forward)
AttentionMaskInterface.register(BLOCKED, sdpa_mask)
