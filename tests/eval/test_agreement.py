"""Agreement and length control against cases decided by hand, and properties that no data may break."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eval.agreement import length_controlled, weighted_kappa

LEVELS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=40)


def test_kappa_of_a_case_worked_out_by_hand():
    """Ratings (1,1) (2,3) (3,3) (5,4): squared distance 0+1+0+1 = 2; all 16 pairings 54, so 13.5 by chance."""
    assert weighted_kappa([1, 2, 3, 5], [1, 3, 3, 4]) == pytest.approx(1 - 2 / 13.5, abs=1e-9)


@given(LEVELS)
def test_kappa_is_symmetric_and_one_for_full_agreement(pairs):
    first, second = zip(*pairs)
    assert weighted_kappa(first, second) == pytest.approx(weighted_kappa(second, first), nan_ok=True)
    assert weighted_kappa(first, first) in (None, 1.0)


def test_without_a_difference_in_length_the_rate_is_the_raw_one():
    outcomes = np.array([1.0] * 70 + [0.5] * 10 + [0.0] * 20)
    assert length_controlled(outcomes, np.zeros(100)) == pytest.approx(0.75, abs=0.002)


def test_wins_that_length_explains_are_taken_back():
    """The longer reply mostly wins; one side is longer four times in five, so its raw rate is far above what it earned."""
    rng = np.random.default_rng(1)
    lengths = np.where(rng.random(2000) < 0.8, 1, -1) * rng.integers(5, 60, 2000)
    outcomes = np.where(rng.random(2000) < 0.85, lengths > 0, lengths < 0).astype(float)
    assert outcomes.mean() > 0.68
    assert length_controlled(outcomes, lengths.astype(float)) == pytest.approx(0.5, abs=0.07)


def test_a_few_pairs_that_length_explains_wholly_end_near_the_middle():
    """Ten pairs won by the longer reply and two lost by the shorter say nothing of quality: not 1 %, not 99 %."""
    lengths = np.array([30.0, 25, 18, 40, 22, 35, 28, 19, 31, 26, -12, -20])
    assert 0.25 < length_controlled((lengths > 0).astype(float), lengths) < 0.75


def test_quality_that_is_not_length_stays():
    rng = np.random.default_rng(2)
    lengths = rng.integers(-60, 60, 2000).astype(float)
    outcomes = (rng.random(2000) < 0.8).astype(float)
    assert length_controlled(outcomes, lengths) == pytest.approx(0.8, abs=0.03)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(-200, 200)), min_size=1, max_size=60))
def test_it_is_a_share_and_swapping_sides_mirrors_it(pairs):
    outcomes, lengths = (np.array(column, dtype=float) for column in zip(*pairs))
    assume(np.isfinite(lengths).all())
    here = length_controlled(outcomes, lengths)
    assert 0 <= here <= 1
    assert length_controlled(1 - outcomes, -lengths) == pytest.approx(1 - here, abs=1e-6)
