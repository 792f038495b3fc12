"""Inter-reviewer agreement, through the page and as a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_prep.review.agreement import kappa


def test_agreement_counts_what_two_people_said_about_the_same_text(page):
    ids = page.find(setting="direct")[:5]
    for number, id in enumerate(ids):
        page.decide(id, "accept") if number < 3 else page.decide(id, "reject", reason="cold")
        action = {"action": "accept"} if number < 2 else {"action": "reject", "reason": "cold"}
        assert page.decide(id, reviewer="Bo", **action).status_code == 200
    only_bo = page.find(setting="direct")[6]
    page.decide(only_bo, "accept", reviewer="Bo")
    (both,) = page.get("/api/progress", reviewer="Ann")["agreement"]
    # Ann a a a r r, Bo a a r r r: agreed 4/5, by chance (3*2 + 2*3)/25 = 0.48, kappa = 0.32/0.52
    assert both == {"reviewers": ["Ann", "Bo"], "records": 5, "same": 0.8, "kappa": 0.6154}


def test_kappa_of_a_textbook_table():
    table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(table) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.sampled_from("aer"), st.sampled_from("aer")), max_size=30))
def test_kappa_keeps_its_bounds_and_its_symmetry(pairs):
    value = kappa(pairs)
    other = kappa([(second, first) for first, second in pairs])
    if value is None or other is None:
        assert value is other is None and len({each for pair in pairs for each in pair}) <= 1
    else:
        assert -1 - 1e-9 <= value <= 1 + 1e-9 and value == pytest.approx(other)
        assert (value == pytest.approx(1)) == all(first == second for first, second in pairs)
