"""From the plan to tensors: a row of the data set names a tree, the collator lays it out."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch

from train.plan import Epoch, Example
from train.prefix_tree import IGNORED, Branch, Tree, build
from train.settings import Packing

PADDING = Branch(np.zeros(1, dtype=np.int32))
"""The unlabelled one-token tree that fills a step; it adds nothing to the loss."""


class Part(NamedTuple):
    """One part of the data: its examples and a plan for each epoch."""

    examples: Sequence[Example]
    epochs: Sequence[Epoch]


class TreeCollator:
    """Lays out the tree that a row `{"part": …, "tree": …}` names.

    Attributes:
        epoch: The training epoch whose plan is read; set at each epoch's start.
    """

    def __init__(
        self, parts: dict[Literal["train", "val"], Part], packing: Packing, pad_to_multiple_of: int = 1
    ) -> None:
        self.parts = parts
        self.packing = packing
        self.pad_to_multiple_of = pad_to_multiple_of
        self.epoch = 0
        self._trees = {name: [epoch.trees for epoch in part.epochs] for name, part in parts.items()}

    def rows(self, part: Literal["train", "val"]) -> list[dict[str, str | int]]:
        """The data set of a part: as many rows as one epoch has trees."""
        return [{"part": part, "tree": number} for number in range(len(self._trees[part][0]))]

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        """Tensors of shape (1, n): `input_ids`, `position_ids`, `subtree_end`, `labels`."""
        (row,) = rows
        trees = self._trees[row["part"]]
        members = trees[self.epoch if row["part"] == "train" else 0][row["tree"]]
        branches = [self.parts[row["part"]].examples[i].branch for i in members] or [PADDING]
        tree = padded(build(branches, merge=self.packing == "tree"), self.pad_to_multiple_of)
        return {name: torch.from_numpy(array)[None] for name, array in tree._asdict().items()}


def padded(tree: Tree, multiple: int) -> Tree:
    """Appends tokens that see themselves only, so that kernels are compiled for few lengths."""
    size = len(tree.input_ids)
    extra = -size % multiple
    if not extra:
        return tree
    own = np.arange(size, size + extra)
    zeros = np.zeros(extra, dtype=np.int64)
    added = Tree(input_ids=zeros, position_ids=zeros, subtree_end=own + 1, labels=np.full(extra, IGNORED))
    return Tree(*(np.concatenate(pair) for pair in zip(tree, added)))
