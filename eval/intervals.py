"""Intervals by bootstrap over people: their rounds stay together, and two models are resampled with the same people."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

RESAMPLES = 10_000
SEED = 20_260_105
_CHUNK = 500
Verdict = Literal["better", "worse", "inconclusive"]


@dataclass(frozen=True)
class Estimate:
    """A rate or difference with its 95 % interval; None where no unit counts."""

    value: float | None
    low: float | None
    high: float | None
    units: int


@dataclass(frozen=True)
class Resamples:
    """How often each person is in each resample: drawn in pieces of shape (500, people), the same each time."""

    people: int
    resamples: int = RESAMPLES
    seed: int = SEED

    def __iter__(self) -> Iterator[np.ndarray]:
        rng, share = np.random.default_rng(self.seed), np.full(self.people, 1 / self.people)
        for done in range(0, self.resamples, _CHUNK):
            yield rng.multinomial(self.people, share, size=min(_CHUNK, self.resamples - done))


class Sample:
    """Hits and units of several metrics for each person, ready to be resampled.

    Args:
        people: Person of each unit, shape (units,).
        hits: What each unit scored, 0 to 1, nan where it does not count; shape (units, metrics).
        order: All people, in an order that the samples to be compared share.
    """

    def __init__(self, people: Sequence[Hashable], hits: np.ndarray, order: Sequence[Hashable]) -> None:
        places = {person: place for place, person in enumerate(order)}
        rows = np.array([places[person] for person in people], dtype=np.intp)
        counted = ~np.isnan(hits)
        self.hits = np.zeros((len(order), hits.shape[1]))
        self.units = np.zeros((len(order), hits.shape[1]))
        np.add.at(self.hits, rows, np.where(counted, hits, 0.0))
        np.add.at(self.units, rows, counted)

    def values(self) -> np.ndarray:
        """The rates, nan where no unit counts; shape (metrics,)."""
        return _divide(self.hits.sum(0), self.units.sum(0))

    def resampled(self, drawn: Iterable[np.ndarray]) -> np.ndarray:
        """The rates in each resample, shape (resamples, metrics)."""
        return np.concatenate([_divide(piece @ self.hits, piece @ self.units) for piece in drawn])

    def counts(self) -> np.ndarray:
        """Units that count, shape (metrics,)."""
        return self.units.sum(0).astype(int)


def _divide(hits: np.ndarray, units: np.ndarray) -> np.ndarray:
    return np.divide(hits, units, out=np.full(hits.shape, np.nan), where=units > 0)


def _bounds(resampled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """2.5th and 97.5th percentile of each column; resamples in which no unit counts are left out."""
    empty = np.isnan(resampled).all(0)
    filled = np.where(empty, 0.0, resampled)
    low, high = np.nanpercentile(filled, [2.5, 97.5], axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _estimates(values: np.ndarray, resampled: np.ndarray, units: np.ndarray) -> list[Estimate]:
    low, high = _bounds(resampled)
    return [
        Estimate(None, None, None, 0)
        if np.isnan(value)
        else Estimate(round(float(value), 6), round(float(lower), 6), round(float(upper), 6), int(count))
        for value, lower, upper, count in zip(values, low, high, units)
    ]


def rates(sample: Sample, drawn: Resamples) -> list[Estimate]:
    """One estimate for each metric."""
    return _estimates(sample.values(), sample.resampled(drawn), sample.counts())


def differences(first: Sample, second: Sample, drawn: Resamples) -> list[Estimate]:
    """Second minus first for each metric, resampling the same people in both."""
    values = second.values() - first.values()
    return _estimates(values, second.resampled(drawn) - first.resampled(drawn), second.counts())


def verdict(difference: Estimate, better: str) -> Verdict | None:
    """Inconclusive when the interval holds zero; None for a metric that has no good direction, or no value."""
    if difference.value is None or better == "neither":
        return None
    if difference.low <= 0 <= difference.high:
        return "inconclusive"
    return "better" if (difference.low > 0) == (better == "higher") else "worse"
