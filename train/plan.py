"""Which examples share a tree, and which trees make an optimizer step: fixed by the seed before a model is loaded.

A step holds whole trajectories, so packed and unpacked runs take the same steps. Within a step, examples sorted by
prefix fill trees up to a budget of tokens; every step is padded with empty trees to the same number, so that the
Trainer's accumulation never reaches into the next step.
"""

import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from compass.errors import UserError
from train.prefix_tree import Branch, by_prefix, shared_tokens
from train.settings import Packing, TrainRecipe


class Example(NamedTuple):
    """One token sequence with the names it is shuffled, grouped and reported by."""

    id: str
    trajectory: str
    person: str
    branch: Branch


Step = list[list[int]]
"""Trees of one optimizer step, each a list of example indices; an empty list is a padding tree."""


@dataclass(frozen=True)
class Settings:
    """What the plan depends on besides the examples.

    Attributes:
        packing: `tree` merges shared prefixes, `bfd` lays whole sequences side by side, `none` one sequence a row.
        tree_tokens: The most tokens a row may hold.
        trajectories_per_step: Trajectories in one optimizer step, over all accumulation steps and ranks.
        seed: Shuffles; the same seed and epoch give the same plan.
        world: Number of processes.
        accumulation: Rows each process takes a step; None finds the fewest that hold every step.
    """

    packing: Packing
    tree_tokens: int
    trajectories_per_step: int
    seed: int
    world: int = 1
    accumulation: int | None = None


@dataclass(frozen=True)
class Epoch:
    """One epoch's steps, all with the same number of trees, and what the packing saved."""

    steps: list[Step]
    tokens_before: int
    tokens_after: int
    people_per_step: float

    @property
    def trees(self) -> list[list[int]]:
        """All trees in the order in which the data loader deals them to the processes."""
        return [tree for step in self.steps for tree in step]

    def summary(self, number: int, examples: int) -> str:
        """One line for people."""
        padding = sum(not tree for tree in self.trees)
        return (
            f"epoch {number}: {examples:,} examples, {self.tokens_before:,} tokens, {self.tokens_after:,} after packing "
            f"({self.tokens_before / self.tokens_after:.2f} times fewer), {len(self.trees) - padding} trees + {padding} "
            f"padding, {len(self.steps)} steps, {self.people_per_step:.1f} people a step"
        )


class DoesNotFitError(Exception):
    """A step needs more rows than its accumulation steps and processes offer; holds how many a process would need."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"a step needs {needed} accumulation steps")
        self.needed = needed


def world_size() -> int:
    """Processes of this run, as `accelerate launch` and `torchrun` announce them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def speaks() -> bool:
    """Whether this process is the one of its run that prints."""
    return os.environ.get("RANK", "0") == "0"


def make_for(chosen: TrainRecipe, parts: Mapping[str, Sequence[Example]]) -> dict[str, list[Epoch]]:
    """Plans all parts of a recipe's data and prints what packing does; validation is one step without end.

    Raises:
        UserError: The recipe's `gradient_accumulation_steps` cannot hold its steps.
    """
    ours, seed = chosen.ours, chosen.sft.get("seed", 42)
    accumulation = chosen.sft.get("gradient_accumulation_steps")
    settings = Settings(ours.packing, ours.tree_tokens, ours.trajectories_per_step, seed, world_size(), accumulation)
    try:
        plans = {"train": make(parts["train"], settings, int(chosen.sft.get("num_train_epochs", 3)))}
    except DoesNotFitError as error:
        raise UserError(
            f"{ours.trajectories_per_step} trajectories a step need gradient_accumulation_steps: {error.needed} with "
            f"{world_size()} process(es) and tree_tokens {ours.tree_tokens:,}, but the recipe says {accumulation}: leave "
            "it out (it is then computed) or lower trajectories_per_step."
        ) from None
    if "val" in parts:
        whole = replace(settings, trajectories_per_step=len(parts["val"]), accumulation=None)
        plans["val"] = make(parts["val"], whole, epochs=1)
    if speaks():
        for number, epoch in enumerate(plans["train"], start=1):
            print(epoch.summary(number, len(parts["train"])), flush=True)
    return plans


def make(examples: Sequence[Example], settings: Settings, epochs: int) -> list[Epoch]:
    """Plans every epoch.

    Args:
        examples: At least one; none longer than `settings.tree_tokens`.
        epochs: How many; each shuffles anew.

    Returns:
        One plan an epoch. All steps of all epochs hold the same number of trees, a multiple of `settings.world`.

    Raises:
        DoesNotFitError: `settings.accumulation` is given and too small.
    """
    portion = _portion(examples, settings)
    packed = [
        [_pack(examples, step, settings) for step in _deal(examples, settings, portion, epoch)]
        for epoch in range(epochs)
    ]
    needed = max(-(-len(step) // settings.world) for steps in packed for step in steps)
    if settings.accumulation is not None and settings.accumulation < needed:
        raise DoesNotFitError(needed)
    rows = (settings.accumulation or needed) * settings.world
    return [_epoch(examples, [step + [[]] * (rows - len(step)) for step in steps], settings) for steps in packed]


def _epoch(examples: Sequence[Example], steps: list[Step], settings: Settings) -> Epoch:
    people = [len({examples[i].person for tree in step for i in tree}) for step in steps]
    return Epoch(
        steps=steps,
        tokens_before=sum(len(example.branch.input_ids) for example in examples),
        tokens_after=sum(_tokens(examples, tree, settings.packing) for step in steps for tree in step),
        people_per_step=sum(people) / len(people),
    )


def _tokens(examples: Sequence[Example], tree: Sequence[int], packing: Packing) -> int:
    """Tokens of one row; a padding tree holds one."""
    return max(1, sum(_fresh_tokens(examples, tree, packing)))


def _fresh_tokens(examples: Sequence[Example], ordered: Sequence[int], packing: Packing) -> list[int]:
    """Tokens each example adds to a row that already holds those before it."""
    branches = [examples[i].branch for i in ordered]
    shared = [0] * len(branches)
    if packing == "tree":
        shared = [0] + [shared_tokens(a, b) for a, b in itertools.pairwise(branches)]
    return [len(branch.input_ids) - skip for branch, skip in zip(branches, shared)]


def _in_prefix_order(examples: Sequence[Example], step: Sequence[int]) -> list[int]:
    return [step[i] for i in by_prefix([examples[i].branch for i in step])]


def _deal(examples: Sequence[Example], settings: Settings, portion: int, epoch: int) -> list[list[int]]:
    """Shuffles into steps of whole trajectories; a person's trajectories come in portions of `portion`."""
    rng = np.random.default_rng([settings.seed, epoch])
    turns: dict[str, list[int]] = {}
    people: dict[str, dict[str, None]] = {}
    for index, example in enumerate(examples):
        turns.setdefault(example.trajectory, []).append(index)
        people.setdefault(example.person, {})[example.trajectory] = None
    portions = []
    for trajectories in people.values():
        shuffled = [list(trajectories)[i] for i in rng.permutation(len(trajectories))]
        portions += [shuffled[i : i + portion] for i in range(0, len(shuffled), portion)]
    order = [trajectory for i in rng.permutation(len(portions)) for trajectory in portions[i]]
    size = settings.trajectories_per_step
    return [
        [index for trajectory in order[i : i + size] for index in turns[trajectory]] for i in range(0, len(order), size)
    ]


def _portion(examples: Sequence[Example], settings: Settings) -> int:
    """How many of one person's trajectories go into a step together.

    A step of few people is cheap, since they share a profile, but its gradient is theirs alone. The smallest portion
    that costs at most 15 % more tokens than whole people is taken.
    """
    if settings.packing != "tree":
        return 1
    whole = max(1, len({example.trajectory for example in examples}))

    def cost(portion: int) -> int:
        steps = _deal(examples, settings, portion, epoch=0)
        return sum(sum(_fresh_tokens(examples, _in_prefix_order(examples, step), "tree")) for step in steps)

    least = cost(whole)
    return next((p for p in (1, 2, 4, 8, 16) if p < whole and cost(p) <= 1.15 * least), whole)


def _pack(examples: Sequence[Example], step: list[int], settings: Settings) -> Step:
    """Splits one step into rows, the largest first, so that rows computed at the same time are alike in size."""
    if settings.packing == "none":
        rows = [[i] for i in step]
    elif settings.packing == "bfd":
        rows = _best_fit(examples, step, settings.tree_tokens)
    else:
        rows = _balanced_trees(examples, step, settings)
    return sorted(rows, key=lambda row: (-_tokens(examples, row, settings.packing), row))


def _best_fit(examples: Sequence[Example], step: list[int], budget: int) -> Step:
    """Best-fit decreasing: each sequence, longest first, goes where it leaves the least room."""
    rows: list[tuple[int, list[int]]] = []
    for index in sorted(step, key=lambda i: -len(examples[i].branch.input_ids)):
        size = len(examples[index].branch.input_ids)
        fitting = [n for n, (room, _) in enumerate(rows) if room >= size]
        best = min(fitting, key=lambda n: rows[n][0], default=None)
        if best is None:
            rows.append((budget - size, [index]))
        else:
            rows[best] = (rows[best][0] - size, [*rows[best][1], index])
    return [row for _, row in rows]


def _balanced_trees(examples: Sequence[Example], step: list[int], settings: Settings) -> Step:
    """Fills trees in prefix order; with several processes all of them get a tree, as even as can be.

    A trajectory that fits a tree is not split: what its later turns share would be computed in both trees.
    """
    ordered = _in_prefix_order(examples, step)
    fresh = dict(zip(ordered, _fresh_tokens(examples, ordered, "tree")))
    whole = {i: len(examples[i].branch.input_ids) for i in ordered}
    runs = [list(run) for _, run in itertools.groupby(ordered, key=lambda i: examples[i].trajectory)]

    def alone(run: list[int]) -> int:
        return whole[run[0]] + sum(fresh[i] for i in run[1:])

    def fill(budget: int) -> Step:
        rows: Step = []
        room = 0
        for run in runs:
            for part in [run] if alone(run) <= budget else [[index] for index in run]:
                added = sum(fresh[i] for i in part)
                if rows and added <= room:
                    rows[-1] += part
                    room -= added
                else:
                    rows.append([*part])
                    room = budget - alone(part)
        return rows

    fewest = len(fill(settings.tree_tokens))
    allowed = -(-fewest // settings.world) * settings.world
    low, high = max(whole.values()), settings.tree_tokens
    while low < high and settings.world > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if len(fill(middle)) <= allowed else (middle + 1, high)
    return fill(high)
