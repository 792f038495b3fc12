"""Several trials of the same tasks: how steady a model is, and what fresh samples without feedback would give.

With n trials of a unit and c successes, pass^k = C(c, k) / C(n, k) is the chance that k trials drawn from them all
succeed (tau-bench); `resampled@3` = 1 - C(n - c, 3) / C(n, 3) is the chance that one of three fresh samples does.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import comb

import numpy as np

from compass.schema import Strict
from eval.episode import Episode, people_of
from eval.intervals import Sample, rates, weights
from eval.rate import Rate, rate_of

MEASURED = ("executed", "liked")


class Trials(Strict):
    """What several trials show.

    Attributes:
        trials: How often each task was played.
        pass_hat: Metric to k to pass^k, k from 1 to `trials`.
        resampled_at_3: Of `executed`; None with fewer than three trials.
    """

    trials: int
    pass_hat: dict[str, dict[str, Rate]]
    resampled_at_3: Rate | None


def pass_hat(trials: int, successes: int, k: int) -> float:
    """The chance that k of the trials, drawn without putting back, all succeeded."""
    return comb(successes, k) / comb(trials, k)


def pass_at(trials: int, successes: int, k: int) -> float:
    """The chance that at least one of k of the trials, drawn without putting back, succeeded."""
    return 1 - comb(trials - successes, k) / comb(trials, k)


def trials_of(episodes: Sequence[Episode], trials: int) -> Trials:
    """Groups the trials of each scored round. Rounds where a metric does not apply are left out of it."""
    outcomes: dict[tuple[str, str, int], dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for episode in episodes:
        for each in episode.rounds:
            if each.scored and each.with_history is not False:
                unit = outcomes[episode.user_id, each.situation_id, each.number]
                if each.scores.executed is not None:
                    unit["executed"].append(each.scores.executed)
                if each.scores.side is not None:
                    unit["liked"].append(each.scores.side == "liked")
    rows = [[_row(unit.get(metric), trials) for metric in MEASURED] for unit in outcomes.values()]
    matrix = np.array(rows, dtype=float).reshape(len(rows), -1)
    people = people_of(episodes)
    found = list(map(rate_of, rates(Sample([person for person, *_ in outcomes], matrix, people), weights(len(people)))))
    width = trials + 1
    return Trials(
        trials=trials,
        pass_hat={
            metric: {str(k): found[place * width + k - 1] for k in range(1, width)}
            for place, metric in enumerate(MEASURED)
        },
        resampled_at_3=found[trials] if trials >= 3 else None,
    )


def _row(hits: list[bool] | None, trials: int) -> list[float]:
    """pass^1 … pass^n, then pass@3; nan where the metric does not apply."""
    if not hits:
        return [float("nan")] * (trials + 1)
    last = pass_at(trials, sum(hits), 3) if trials >= 3 else float("nan")
    return [*(pass_hat(trials, sum(hits), k) for k in range(1, trials + 1)), last]
