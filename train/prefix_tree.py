"""Token sequences that begin alike, written out once: a radix tree in depth-first order.

A prompt of ours is nine tenths text that other prompts hold too. Laid out as a tree, each shared token is computed once
and the gradient stays the same, provided that a token sees its own ancestors only. Three arrays say all of it:

- `position_ids[k]` is the depth of token k, in tokens, so rotary embeddings are those of the unpacked sequence;
- token k is visible to token q exactly when `k <= q < subtree_end[k]`;
- `labels` are plain next-token labels, since a supervised token always directly follows its predecessor: it is never
  merged with another sequence's, and neither is the token before it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

IGNORED = -100
"""The label of a token that carries no loss, as PyTorch's cross entropy has it."""


@dataclass(frozen=True)
class Branch:
    """One token sequence and which of its tokens are trained on.

    Attributes:
        input_ids: Token ids, shape (n,), n >= 1.
        spans: Supervised tokens as half-open index ranges, rising and apart. Token 0 has no predecessor and cannot be
            supervised.
    """

    input_ids: np.ndarray
    spans: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.input_ids.ndim != 1 or len(self.input_ids) == 0:
            raise ValueError("a branch needs at least one token in one dimension")
        edges = [edge for span in self.spans for edge in span]
        if any(a >= b for a, b in self.spans) or edges != sorted(edges):
            raise ValueError(f"supervised spans {self.spans} are empty, overlap or are out of order")
        if edges and (edges[0] < 1 or edges[-1] > len(self.input_ids)):
            raise ValueError(f"supervised spans {self.spans} do not fit into tokens 1 to {len(self.input_ids)}")

    @property
    def mergeable(self) -> int:
        """How many leading tokens may be shared: all up to, but not including, the one before the first supervised."""
        return self.spans[0][0] - 1 if self.spans else len(self.input_ids)

    @property
    def supervised(self) -> int:
        """The number of supervised tokens."""
        return sum(end - start for start, end in self.spans)


class Tree(NamedTuple):
    """Branches laid out as one row of tokens; every array has shape (n,) and type int64."""

    input_ids: np.ndarray
    position_ids: np.ndarray
    subtree_end: np.ndarray
    labels: np.ndarray


def by_prefix(branches: Sequence[Branch]) -> list[int]:
    """The order of `branches` by mergeable prefix: each then shares at least as much with the one before it as with any
    earlier one."""
    keys = [branch.input_ids[: branch.mergeable].astype(">u4").tobytes() for branch in branches]
    return sorted(range(len(branches)), key=keys.__getitem__)


def shared_tokens(a: Branch, b: Branch) -> int:
    """How many leading tokens two branches share in a tree."""
    n = min(a.mergeable, b.mergeable)
    differ = a.input_ids[:n] != b.input_ids[:n]
    return int(differ.argmax()) if differ.any() else n


def build(branches: Sequence[Branch], merge: bool = True) -> Tree:
    """Lays branches out as a tree.

    Args:
        branches: At least one; in any order, duplicates and prefixes of one another included.
        merge: False writes the branches one after the other, sharing nothing (plain packing).

    Returns:
        The tree in depth-first order. Branches that share no first token stand beside each other as several roots.
    """
    if not branches:
        raise ValueError("a tree needs at least one branch")
    ordered = [branches[i] for i in by_prefix(branches)] if merge else list(branches)
    shared = [0] + [shared_tokens(a, b) if merge else 0 for a, b in itertools.pairwise(ordered)]
    size = sum(len(branch.input_ids) - skip for branch, skip in zip(ordered, shared, strict=True))
    tree = Tree(*(np.empty(size, dtype=np.int64) for _ in range(3)), labels=np.full(size, IGNORED, dtype=np.int64))
    path = np.empty(0, dtype=np.int64)  # where the current branch's tokens stand in the row, by depth
    at = 0
    for branch, skip in zip(ordered, shared, strict=True):
        fresh = len(branch.input_ids) - skip
        tree.subtree_end[path[skip:]] = at
        path = np.concatenate([path[:skip], np.arange(at, at + fresh)])
        tree.input_ids[at : at + fresh] = branch.input_ids[skip:]
        tree.position_ids[at : at + fresh] = np.arange(skip, skip + fresh)
        for start, end in branch.spans:
            tree.labels[path[start:end]] = branch.input_ids[start:end]
        at += fresh
    tree.subtree_end[path] = at
    return tree


def visible(tree: Tree) -> np.ndarray:
    """The dense mask: entry (q, k) says whether token q sees token k; shape (n, n), boolean."""
    q = np.arange(len(tree.input_ids))
    return (q[None, :] <= q[:, None]) & (q[:, None] < tree.subtree_end[None, :])
