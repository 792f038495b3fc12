"""`report.json`: what was made, how long it is, how varied, and what was refused for which reason."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from compass.schema import SftExample, Trajectory, User

PERCENTILES = (50, 90, 99, 100)


def percentiles(lengths: Sequence[int]) -> dict[str, int]:
    """Percentiles of token counts; p100 is the longest."""
    if not lengths:
        return {}
    return {f"p{each}": int(np.percentile(lengths, each, method="higher")) for each in PERCENTILES}


def distinct(texts: Iterable[str], n: int) -> float:
    """Distinct n-grams over all tokens, corpus level, on lower-case words."""
    grams: set[tuple[str, ...]] = set()
    tokens = 0
    for text in texts:
        words = text.casefold().split()
        tokens += len(words)
        grams |= set(zip(*(words[start:] for start in range(n))))
    return round(len(grams) / tokens, 4) if tokens else 0.0


def of_people(users: Sequence[User]) -> dict[str, Any]:
    """People, situations, scenes and emotions by split."""
    return {
        split: {
            "people": sum(user.split == split for user in users),
            "situations": sum(len(user.situations) for user in users if user.split == split),
            "scenes": _counted(str(each.scene) for user in users if user.split == split for each in user.situations),
        }
        for split in ("train", "val", "test")
    } | {"emotions": _counted(each.emotion for user in users for each in user.situations)}


def of_trajectories(trajectories: Sequence[Trajectory]) -> dict[str, Any]:
    """Trajectories by setting, their calls by app, and how varied replies are."""
    replies = [t.messages[-1].content for t in trajectories if t.rounds[0].side == "preferred"]
    calls = (call.function.name for t in trajectories if t.train_on for m in t.messages for call in m.tool_calls)
    return {
        "count": _counted(t.setting for t in trajectories),
        "apps": _counted(calls),
        "replies": {"distinct_1": distinct(replies, 1), "distinct_2": distinct(replies, 2)},
    }


def of_examples(examples: Sequence[SftExample], lengths: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """Examples by kind and setting, with token lengths of prompt and completion."""
    return {
        "count": len(examples),
        "kinds": _counted(f"{each.setting} {each.kind}" for each in examples),
        "prompt_tokens": percentiles([lengths[each.id][0] for each in examples]),
        "completion_tokens": percentiles([lengths[each.id][1] for each in examples]),
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
