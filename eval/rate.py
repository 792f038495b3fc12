"""A rate as result files hold it."""

from compass.schema import Strict
from eval.intervals import Estimate


class Rate(Strict):
    """A share of units (or a mean over them) with its 95 % interval over people; all None where no unit counts."""

    value: float | None
    low: float | None
    high: float | None
    units: int


def rate_of(estimate: Estimate) -> Rate:
    """An estimate as a file holds it."""
    return Rate(value=estimate.value, low=estimate.low, high=estimate.high, units=estimate.units)
