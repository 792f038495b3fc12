"""The preference parser against hand labels of published texts, against tricky texts of ours, and against noise."""

import csv
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass import tools
from compass.bench import load_bench
from compass.preferences import TOOL_NAMES, parse_preferences

FIXTURES = Path(__file__).parent / "fixtures"
BENCH = Path(
    os.environ.get("COMPASS_BENCH") or Path(__file__).parents[1] / ".." / "shared" / "bench" / "compass_bench_dev.json"
)
SEED_TEXTS = [
    json.loads(line) for line in (FIXTURES / "preference_texts.jsonl").read_text(encoding="utf-8").splitlines()
]
SIDES = ("likes", "dislikes")


def test_names_are_the_apps():
    """A name the parser knows and the apps do not (or the reverse) would silently never match."""
    assert sorted(TOOL_NAMES) == sorted(tools.names())


def test_published_texts_match_the_hand_labels():
    """If wrong: preference metrics on the published benchmark are computed from tastes its people do not have."""
    if not BENCH.exists():
        pytest.skip(f"the published bench is not at {BENCH} (set COMPASS_BENCH)")
    with (FIXTURES / "preference_labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {(row["user"], row["scene"]): row for row in csv.DictReader(file)}
    right = total = invented = 0
    wrong = []
    for user in load_bench(BENCH):
        for scene, preference in user.preferences.items():
            label = labels.get((user.id.removeprefix("compass-"), scene))
            if label is None:
                continue
            want = {name: side for side in SIDES for name in label[side].split()}
            got = {name: side for side in SIDES for name in getattr(preference, side)}
            right += sum(got.get(name) == side for name, side in want.items())
            total += len(want)
            invented += len(got.keys() - want.keys())
            wrong += [] if got == want else [f"{user.id}/{scene}"]
    if not total:
        pytest.skip(f"{BENCH} holds none of the labelled people")
    assert (right / total >= 0.99, invented) == (True, 0), f"{right} of {total} right, {invented} invented; see {wrong}"


@pytest.mark.parametrize("case", SEED_TEXTS, ids=lambda case: case["text"][:40])
def test_tricky_text(case):
    """If wrong: a form of words that people use (brackets, contrast, negation, asides, pronouns) turns a taste round."""
    tastes = parse_preferences(case["text"])
    assert {side: sorted(getattr(tastes, side)) for side in SIDES} == {side: sorted(case[side]) for side in SIDES}


def test_there_are_enough_tricky_texts():
    assert len(SEED_TEXTS) >= 60


def test_order_is_that_of_first_mention():
    """The lists are shown to the model; an order that varied would change prompts for no reason."""
    tastes = parse_preferences(
        "She likes strength_card, film_recommendation and role_play. She avoids music_recommendation."
    )
    assert tastes.likes == ("strength_card", "film_recommendation", "role_play")
    assert tastes.dislikes == ("music_recommendation",)


@pytest.mark.parametrize(
    "spell",
    [str.title, str.upper, lambda name: name.replace("_", " "), lambda name: name.replace("_", "-"), "'{}'".format],
)
def test_spelling_does_not_matter(spell):
    """If wrong: apps that a text spells with blanks, hyphens, capitals or quotes are lost."""
    for case in SEED_TEXTS[:2]:
        text = case["text"]
        for name in TOOL_NAMES:
            text = text.replace(name, spell(name))
        tastes = parse_preferences(text)
        assert (sorted(tastes.likes), sorted(tastes.dislikes)) == (sorted(case["likes"]), sorted(case["dislikes"]))


STEMS = {name: (name.split("_")[0],) for name in TOOL_NAMES}
STEMS |= {"film_recommendation": ("film", "movie"), "story_recommender": ("story", "stories")}
PIECES = [word for case in SEED_TEXTS for word in case["text"].split()] + [
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ".",
    "likes",
    "dislikes",
    "not",
    "film recommendations",
]


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)))
def test_never_raises_never_invents_never_both(text):
    """Whatever the text: only apps that it names, each once, on one side."""
    tastes = parse_preferences(text)
    listed = [*tastes.likes, *tastes.dislikes]
    assert len(listed) == len(set(listed))
    letters = "".join(char for char in text.lower() if char.isalpha())
    assert all(any(stem in letters for stem in STEMS[name]) for name in listed)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(TOOL_NAMES), min_size=2, max_size=8, unique=True), st.integers(1, 7))
def test_plain_lists(names, split):
    """A list of likes and a list of dislikes come back as they were put in."""
    likes, dislikes = names[: min(split, len(names) - 1)], names[min(split, len(names) - 1) :]
    text = f"At work, Kim likes {', '.join(likes)}, as they are calm. However, Kim dislikes {' and '.join(dislikes)}."
    assert parse_preferences(text) == (tuple(likes), tuple(dislikes))


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "[(" * 20_000 + "likes role_play", "un" * 50_000, "likes role_play, not " * 3_000]
)
def test_hostile_length_is_no_problem(text):
    """A bench is a file from elsewhere: deep brackets or endless words must neither crash nor hang the import."""
    start = time.perf_counter()
    parse_preferences(text)
    assert time.perf_counter() - start < 20
