"""Nothing is said twice: exact and near repetitions are found, and a leak stops the build."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass.errors import UserError
from compass.schema import User
from data_prep.leaks import NEAR, Said, bare, likeness, repeats
from data_prep.people import persona
from data_prep.report import distinct, diversity, near_duplicates
from tests.data_prep.conftest import lines, make

WORDS = [f"word{number}" for number in range(400)]


def person(id: str, split: str = "train", **said: str) -> User:
    made = persona(3, id, split, 2, lambda text, near: False).user
    changed = tuple(each.model_copy(update=said) if place == 0 else each for place, each in enumerate(made.situations))
    return made.model_copy(update={"situations": changed})


def test_planted_near_duplicates_are_found_and_others_are_not():
    chance, said, found, false = random.Random(1), Said(), 0, 0
    texts = [[chance.choice(WORDS) for _ in range(30)] for _ in range(400)]
    for number, words in enumerate(texts):
        said.add(str(number), " ".join(words))
    for number, words in enumerate(texts):
        changed = list(words)
        changed[chance.randrange(30)] = "other"  # one word of thirty: 25 of 31 trigrams stay
        match = said.match(" ".join(changed))
        found += match is not None and match.owner == str(number)
        false += said.match(" ".join(chance.choice(WORDS) for _ in range(30))) is not None
    said.close()
    assert found >= 398 and false == 0, f"{found} of 400 found, {false} false alarms"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS[:8]), min_size=1, max_size=12),
    st.lists(st.sampled_from(WORDS[:8]), min_size=1, max_size=12),
)
def test_likeness_is_a_symmetric_share(one, other):
    first, second = " ".join(one), " ".join(other)
    assert likeness(first, first) == 1.0 and 0.0 <= likeness(first, second) == likeness(second, first) <= 1.0


def test_case_and_marks_do_not_hide_a_repetition():
    said = Said()
    said.add("t", "I can't sleep; it's the third night!")
    assert said.taken("i can't sleep - it's the THIRD night...", near=False)
    assert not said.taken("I slept very well and for ten hours.")
    said.close()


def test_a_leak_stops_the_build_and_shows_the_pair():
    held_out = [person("t1", "test", utterance="My boss moved the deadline for the report forward by two whole days.")]
    clean = [person("u1")]
    assert repeats(held_out, clean) == {}
    leaked = [person("u2", utterance="Well, my boss moved the deadline for the report forward by two whole days.")]
    with pytest.raises(UserError, match=r"(?s)1 situations.*u2-00.*t1-00.*%"):
        repeats(held_out, leaked)
    retold = [clean[0].model_copy(update={"situations": (clean[0].situations[0].model_copy(
        update={"text": held_out[0].situations[0].text.upper()}),)})]  # fmt: skip
    assert repeats(held_out, retold) == {}
    with pytest.raises(UserError, match=r"(?s)1 situations.*u1-00.*t1-00"):
        repeats(held_out, retold, told=True)
    with pytest.raises(UserError, match="t1 is in training and held out"):
        repeats(held_out, [person("t1")])
    first = person("u3", utterance="The neighbours upstairs practise the trumpet every single night of the week.")
    again = person("u4", utterance="The neighbours upstairs practise the trumpet every single night of the year.")
    assert list(repeats(held_out, [first, again])) == ["u4-00"], "the first of two alike is kept, the second is named"


def test_a_guarded_bench_is_never_repeated(tmp_path, data, people_recipe):
    free = tmp_path / "free.yaml"
    free.write_text(people_recipe.read_text().replace("train: 9", "train: 4"))
    guard = tmp_path / "bench.jsonl"
    guard.write_text((data / "bench" / "train.jsonl").read_text().replace('"id": "u', '"id": "g'))
    guarded = tmp_path / "guarded.yaml"
    guarded.write_text(free.read_text() + f"guard: [{guard}]\n")
    for recipe in (free, guarded):
        ran = make("--recipe", recipe, "--out", tmp_path / recipe.stem)
        assert ran.returncode == 0, ran.stderr
    before = {bare(each["utterance"]) for user in lines(guard) for each in user["situations"]}
    alike = {
        bare(each["utterance"]) for user in lines(tmp_path / "free/bench/train.jsonl") for each in user["situations"]
    }
    apart = {
        bare(each["utterance"]) for user in lines(tmp_path / "guarded/bench/train.jsonl") for each in user["situations"]
    }
    assert alike <= before, "the same seed should say the same, else this test shows nothing"
    assert not apart & before and not any(likeness(one, other) >= NEAR for one in apart for other in before)


def test_diversity_figures_mean_what_they_say():
    assert distinct(["a b a b", "a b"], 2) == round(2 / 6, 4), "distinct-2 divides by all tokens of the corpus"
    assert near_duplicates(["one two three four five", "one two three four five!", "six seven eight nine"]) == round(
        1 / 3, 4
    )
    figures = diversity(["we went to the old house", "they went to the old house"])
    assert figures["frequent_5_grams"]["went to the old house"] == 1.0


def test_utterances_of_many_people_stay_apart():
    said, repeated = Said(), 0
    for number in range(60):
        user = persona(11, f"u{number}", "train", 6, said.taken).user
        for situation in user.situations:
            match = said.match(situation.utterance)
            repeated += match is not None and situation.scene is not None
        said.add_user(user)
    said.close()
    assert repeated == 0, "an utterance nearly repeats another although the index knew it"
