"""How judges agree: weighted kappa with people, correlation of criteria, and a win rate that length cannot buy."""

from collections.abc import Sequence

import numpy as np

LEVELS = 5
_RIDGE = np.array([1e-2, 1.0])  # of the intercept, to keep it finite; of length, so that a few pairs cannot make it all
_STEPS = 25


def weighted_kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Quadratic-weighted kappa (Cohen 1968) of two raters over levels 1 to 5; None where chance alone explains all.

    1 is full agreement, 0 what two raters with these habits would reach by chance.
    """
    seen = np.zeros((LEVELS, LEVELS))
    np.add.at(seen, (np.array(first) - 1, np.array(second) - 1), 1)
    by_chance = np.outer(seen.sum(1), seen.sum(0)) / max(len(first), 1)
    levels = np.arange(LEVELS)
    distance = (levels[:, None] - levels[None, :]) ** 2
    expected = (distance * by_chance).sum()
    return None if expected == 0 else float(1 - (distance * seen).sum() / expected)


def correlation(columns: np.ndarray) -> list[list[float | None]]:
    """Pearson's correlation of each two columns over the rows that hold both; None where one is constant.

    Args:
        columns: Shape (units, criteria), nan where missing.
    """
    count = columns.shape[1]
    return [[_pearson(columns[:, one], columns[:, two]) for two in range(count)] for one in range(count)]


def _pearson(one: np.ndarray, two: np.ndarray) -> float | None:
    both = ~np.isnan(one) & ~np.isnan(two)
    one, two = one[both], two[both]
    if len(one) < 2 or one.std() == 0 or two.std() == 0:
        return None
    return round(float(np.corrcoef(one, two)[0, 1]), 4)


def length_controlled(outcomes: np.ndarray, lengths: np.ndarray, weights: np.ndarray | None = None) -> float | None:
    """The share of wins at equal length: a logistic regression with a length term, predicted with that term at zero.

    The idea is AlpacaEval 2's (Dubois et al. 2024, arXiv 2404.04475); its per-model and per-task terms are left out, since
    there is one pair of models. A ridge keeps the fit finite where one side, or the longer reply, wins everything.

    Args:
        outcomes: 1 win, 0.5 tie, 0 loss, shape (pairs,).
        lengths: Words of the winner-to-be's reply minus the other's, shape (pairs,).
        weights: How often each pair counts; once by default.
    """
    if not len(outcomes):
        return None
    spread = lengths.std()
    features = np.stack(
        [np.ones(len(lengths)), np.tanh(lengths / spread) if spread else np.zeros(len(lengths))], axis=1
    )
    weights = np.ones(len(outcomes)) if weights is None else weights
    fitted = np.zeros(2)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-features @ fitted))
        slope = features.T @ (weights * (outcomes - chance)) - _RIDGE * fitted
        bend = (features * (weights * chance * (1 - chance))[:, None]).T @ features + np.diag(_RIDGE)
        step = np.linalg.solve(bend, slope)
        fitted = np.clip(fitted + np.clip(step, -2, 2), -15, 15)
        if np.abs(step).max() < 1e-9:
            break
    return float(1 / (1 + np.exp(-fitted[0])))
