"""Inter-reviewer agreement: raw share and Cohen's kappa on texts that two people judged."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from data_prep.review.decisions import Decision, active

PLACES = 4


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two raters over the same items; None where chance alone would make them agree, or without items.

    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    if not pairs:
        return None
    first, second = (Counter(column) for column in zip(*pairs))
    by_chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    share = sum(one == other for one, other in pairs) / len(pairs)
    return None if by_chance == 1 else (share - by_chance) / (1 - by_chance)


def agreement(decisions: Iterable[Sequence[Decision]]) -> list[dict[str, Any]]:
    """For each two reviewers: {"reviewers", "records", "same" (share), "kappa" or None}.

    Verdicts (accept, edit, reject) are compared only where both judged the very same text; who accepts what another
    has edited judged something else.

    Args:
        decisions: Those of each record, in order.
    """
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for record in decisions:
        verdicts: dict[str, dict[str, str]] = {}
        for decision in active(record):
            verdicts.setdefault(decision.judged, {})[decision.reviewer] = decision.action
        for said in verdicts.values():
            for both in itertools.combinations(sorted(said), 2):
                pairs.setdefault(both, []).append((said[both[0]], said[both[1]]))
    return [
        {
            "reviewers": list(both),
            "records": len(said),
            "same": round(sum(one == other for one, other in said) / len(said), PLACES),
            "kappa": None if (value := kappa(said)) is None else round(value, PLACES),
        }
        for both, said in sorted(pairs.items())
    ]
