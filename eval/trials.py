"""Several trials of the same tasks: how steady a model is, and what fresh samples without feedback would give.

With n trials of a unit and c successes, pass^k = C(c, k) / C(n, k) is the chance that k trials drawn from them all
succeed (tau-bench); `resampled@3` = 1 - C(n - c, 3) / C(n, 3) is the chance that one of three fresh samples does.
"""

from collections import defaultdict
from math import comb

import numpy as np

from compass.schema import Strict
from eval.digest import Digest, Key, columns
from eval.intervals import Resamples, Sample, rates
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


def trials_of(digest: Digest, trials: int) -> Trials:
    """Groups the trials of each scored round. Rounds where a metric does not apply are left out of it."""
    measured = digest.together.matrix[:, [columns().index((metric, "all")) for metric in MEASURED]]
    outcomes: dict[Key, list[np.ndarray]] = defaultdict(list)
    for key, hits in zip(digest.together.keys, measured):
        outcomes[key].append(hits)
    rows = [np.concatenate([_row(hits, trials) for hits in np.array(unit).T]) for unit in outcomes.values()]
    sample = Sample([person for person, *_ in outcomes], np.array(rows), list(digest.people))
    found = list(map(rate_of, rates(sample, Resamples(len(digest.people)))))
    width = trials + 1
    return Trials(
        trials=trials,
        pass_hat={
            metric: {str(k): found[place * width + k - 1] for k in range(1, width)}
            for place, metric in enumerate(MEASURED)
        },
        resampled_at_3=found[trials] if trials >= 3 else None,
    )


def _row(hits: np.ndarray, trials: int) -> list[float]:
    """pass^1 … pass^n, then pass@3; nan where the metric does not apply."""
    if np.isnan(hits).any():
        return [float("nan")] * (trials + 1)
    successes = int(hits.sum())
    last = pass_at(trials, successes, 3) if trials >= 3 else float("nan")
    return [*(pass_hat(trials, successes, k) for k in range(1, trials + 1)), last]
