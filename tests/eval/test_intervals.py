"""Bootstrap over people: against known answers, and properties that no data may break."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from eval.intervals import Estimate, Resamples, Sample, differences, rates, verdict


def sample(people, hits):
    return Sample(people, np.array(hits, dtype=float).reshape(len(people), -1), sorted(set(people)))


def test_the_interval_is_that_of_the_textbook_where_people_have_one_unit_each():
    hits = [1.0] * 120 + [0.0] * 80
    (estimate,) = rates(sample(range(200), hits), Resamples(200))
    error = 1.96 * np.sqrt(0.6 * 0.4 / 200)
    assert estimate.value == 0.6
    assert (estimate.low, estimate.high) == pytest.approx((0.6 - error, 0.6 + error), abs=0.006)


def test_rounds_of_one_person_do_not_count_as_independent():
    """Fifteen equal rounds a person must give the interval of people, not one that is four times too narrow."""
    people = [person for person in range(40) for _ in range(15)]
    hits = [float(person % 2) for person in people]
    (clustered,) = rates(sample(people, hits), Resamples(40))
    (single,) = rates(sample(range(40), [float(person % 2) for person in range(40)]), Resamples(40))
    assert (clustered.low, clustered.high) == (single.low, single.high)


def test_pairing_removes_what_people_have_in_common():
    """Second is first plus one hit for everybody: whoever is drawn, the difference is the same."""
    first = [hit for person in range(30) for hit in (float(person % 2), 0.0)]
    second = [hit for person in range(30) for hit in (float(person % 2), 1.0)]
    people = [person for person in range(30) for _ in range(2)]
    (difference,) = differences(sample(people, first), sample(people, second), Resamples(30))
    assert (difference.value, difference.low, difference.high) == (0.5, 0.5, 0.5)
    assert verdict(difference, "higher") == "better"
    assert verdict(difference, "lower") == "worse"
    assert verdict(difference, "neither") is None


def test_a_difference_that_may_be_zero_is_inconclusive():
    assert verdict(Estimate(0.1, -0.01, 0.2, 10), "higher") == "inconclusive"
    assert verdict(Estimate(0.0, 0.0, 0.0, 10), "higher") == "inconclusive"
    assert verdict(Estimate(None, None, None, 0), "higher") is None


def test_a_rate_without_units_is_absent_and_does_not_spoil_its_neighbours():
    nan = float("nan")
    some, none = rates(sample([0, 1], [[1.0, nan], [0.0, nan]]), Resamples(2))
    assert some.value == 0.5
    assert (none.value, none.units) == (None, 0)


def test_ten_thousand_resamples_of_three_thousand_units_take_seconds():
    people = [person for person in range(600) for _ in range(5)]
    rng = np.random.default_rng(0)
    big = Sample(people, rng.random((3000, 25)).round(), list(range(600)))
    started = time.perf_counter()
    rates(big, Resamples(600))
    assert time.perf_counter() - started < 10


UNITS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([0.0, 1.0, float("nan")])), min_size=1, max_size=40)


@hypothesis_settings(deadline=None, max_examples=60)
@given(UNITS, st.randoms())
def test_order_of_units_never_matters_and_a_model_never_beats_itself(units, random):
    people, hits = zip(*units)
    shuffled = list(units)
    random.shuffle(shuffled)
    drawn = Resamples(len(set(people)), resamples=300)
    one = sample(people, hits)
    assert rates(one, drawn) == rates(sample(*zip(*shuffled)), drawn)
    (zero,) = differences(one, one, drawn)
    if zero.value is not None:
        assert (zero.value, zero.low, zero.high) == (0.0, 0.0, 0.0)
    (estimate,) = rates(one, drawn)
    if estimate.value is not None:
        assert 0 <= estimate.low <= estimate.high <= 1
