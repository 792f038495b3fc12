"""Benches come from elsewhere: both layouts load through one door, and whatever is wrong is one sentence with its place."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass import jsonl
from compass.bench import load_bench, read_labels
from compass.errors import UserError

ROOT = Path(__file__).parents[1]
BENCH = Path(os.environ.get("COMPASS_BENCH") or ROOT / ".." / "shared" / "bench" / "compass_bench_dev.json")
LABELS = ROOT / "eval" / "labels" / "compass_bench_dev.csv"


def person(**changes):
    """A person of ours in the published layout."""
    text = "{0} likes plan_assistant, as it is calm; and role_play. {0} dislikes joke_recommendation."
    value = {
        "demographic": {
            "age": 41,
            "gender": "female",
            "firstname": "Ilse",
            "lastname": "Brandt",
            "address": "4 Quay Row, Emden",
            "phone": "+49-491-000-0000",
            "education": "Apprenticeship",
            "career": "Ferry mate",
            "income": "30,000-35,000 EUR per year",
        },
        "Big_Five_personality_traits": {
            "Openness": "high",
            "Conscientiousness": "medium",
            "Extraversion": "low",
            "Agreeableness": "medium",
            "Neuroticism": "low",
        },
        "personality_description": "Quiet and curious.",
        "background": {
            "Hobbies": "Knots and tide tables.",
            "Health Status": "Well.",
            "Family Environment": "Lives with her sister.",
            "Living Habits": "Early riser.",
            "Growth Experience": "Grew up on an island.",
        },
        "tool_preferences": {
            f"{scene}_scenario": text.format("Ilse")
            for scene in ("Work/Study", "Health", "Family", "Social", "Leisure")
        },
        "scenarios": [
            {"scenario": "Ilse misses the last ferry home.", "emotion": "annoyed"},
            {"scenario": "Ilse's sister bakes her a cake.", "emotion": "joyful"},
        ],
        "name": "Ilse",
        "utterance": ["I missed the last ferry again.", "My sister baked me a cake today!"],
    }
    return value | changes


def saved(folder: Path, value, name: str = "bench.json") -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def message(path: Path, labels: Path | None = None) -> str:
    with pytest.raises(UserError) as caught:
        load_bench(path, labels)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 1000, "a mistake in a file is one sentence"
    return text


def test_published_layout(tmp_path):
    """Ids, times and sides as the data contract states them; else labels and worlds would belong to other situations."""
    (user,) = load_bench(saved(tmp_path, {"x7": person()}))
    assert (user.id, user.split, user.profile.name, user.profile.big_five.openness) == (
        "compass-x7",
        "test",
        "Ilse Brandt",
        "high",
    )
    assert user.preferences["work"].likes == ("plan_assistant", "role_play")
    assert user.preferences["leisure"].dislikes == ("joke_recommendation",)
    assert [(s.id, s.at, s.scene) for s in user.situations] == [
        ("compass-x7-0", "2026-01-05T18:00", None),
        ("compass-x7-1", "2026-02-04T18:00", None),
    ]
    assert user.situations[1].utterance == "My sister baked me a cake today!"


def test_our_layout_is_read_back_unchanged(tmp_path):
    """If wrong: importing and evaluating the imported file would evaluate other people."""
    users = load_bench(saved(tmp_path, {"1": person(), "2": person()}))
    jsonl.write(tmp_path / "users.jsonl", users)
    assert load_bench(tmp_path / "users.jsonl") == users
    jsonl.write(tmp_path / "one.jsonl", users[:1])
    assert load_bench(tmp_path / "one.jsonl") == users[:1], "a single line is JSON lines too"


def test_labels_set_scenes(tmp_path):
    """A label lands on its own situation, with or without the compass- prefix; the others stay open."""
    bench = saved(tmp_path, {"1": person(), "2": person()})
    labels = saved(
        tmp_path, "user,index,scene,second\n1,1,family,leisure\ncompass-2,0,work,\n9,0,work,\n", "labels.csv"
    )
    first, second = load_bench(bench, labels)
    assert [(s.scene, s.second_scene) for s in first.situations] == [(None, None), ("family", "leisure")]
    assert [(s.scene, s.second_scene) for s in second.situations] == [("work", None), (None, None)]


def without(*path):
    value = person()
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return value


BROKEN = {
    "no age": ({"3": without("demographic", "age")}, ["user 3", "demographic.age"]),
    "age in words": ({"3": person(demographic=person()["demographic"] | {"age": "41"})}, ["user 3", "demographic.age", "integer"]),
    "no health text": ({"3": without("tool_preferences", "Health_scenario")}, ["user 3", "Health_scenario"]),
    "unknown trait level": (
        {"3": person(Big_Five_personality_traits=dict.fromkeys(("Openness", "Conscientiousness"), "huge"))},
        ["user 3", "Openness", "'low'", "more problems"],
    ),
    "utterance missing": ({"3": person(utterance=["one"])}, ["user 3", "2 scenarios but 1 utterances"]),
    "empty utterance": ({"3": person(utterance=["one", " "])}, ["user 3", "utterance.1"]),
    "no scenarios": ({"3": person(scenarios=[], utterance=[])}, ["user 3", "scenarios"]),
    "scenario without emotion": ({"3": person(scenarios=[{"scenario": "x"}] * 2)}, ["user 3", "scenarios.0.emotion"]),
    "a person is a list": ({"3": []}, ["user 3"]),
    "half a surrogate": ('{"3": {"name": "\\ud800"}}', ["user 3"]),
    "odd key": ({"a b": person()}, ["'a b'"]),
    "no users": ({}, ["holds no users"]),
    "a list": ([person()], ["holds a JSON list"]),
    "empty": ("", ["is empty"]),
    "blank": (" \n", ["is empty"]),
    "cut off": ('{"3": {"demographic"', [":1:", "not valid JSON"]),
    "cut off later": ('{\n"3": {\n"name": ', [":3:", "not valid JSON"]),
    "same person twice": ('{"3": {}, "3": {}}', ["'3' stands twice"]),
    "deep": ("[" * 100_000, ["nested too deep"]),
}  # fmt: skip


@pytest.mark.parametrize(("value", "parts"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_published_file_is_one_sentence(tmp_path, value, parts):
    """If wrong: a traceback, or worse a person evaluated with holes in the profile."""
    path = saved(tmp_path, value)
    text = message(path)
    assert all(part in text for part in [str(path), *parts]), text


def test_missing_file_and_not_utf8(tmp_path):
    assert "does not exist" in message(tmp_path / "none.json")
    (tmp_path / "latin.json").write_bytes(b'{"3": "caf\xe9"}')
    assert "not UTF-8" in message(tmp_path / "latin.json")


def lines(folder: Path, change) -> Path:
    """Two users as JSON lines, the second one changed."""
    users = [user.model_dump(mode="json") for user in load_bench(saved(folder, {"1": person(), "2": person()}))]
    second = change(copy.deepcopy(users[1]))
    return saved(
        folder,
        json.dumps(users[0]) + "\n" + (second if isinstance(second, str) else json.dumps(second)) + "\n",
        "b.jsonl",
    )


def set_app(user):
    user["preferences"]["health"]["likes"] = ["film_recomendation"]
    return user


BROKEN_LINES = {
    "broken line": (lambda user: "{nonsense", ["b.jsonl:2", "not valid JSON"]),
    "missing key": (lambda user: {"id": "u"}, ["b.jsonl:2", "profile"]),
    "unknown key": (lambda user: user | {"mood": "fine"}, ["b.jsonl:2", "mood"]),
    "unknown app": (set_app, ["compass-2", "health", "film_recomendation is no app", "film_recommendation"]),
    "same id": (lambda user: user | {"id": "compass-1"}, ["compass-1 stands twice"]),
    "no object": (lambda user: "7", ["b.jsonl:2", "int"]),
}


@pytest.mark.parametrize(("change", "parts"), BROKEN_LINES.values(), ids=BROKEN_LINES.keys())
def test_a_broken_line_is_one_sentence(tmp_path, change, parts):
    """If wrong: the person at the keyboard does not learn which line of a thousand to mend."""
    text = message(lines(tmp_path, change))
    assert all(part in text for part in parts), text


BROKEN_LABELS = {
    "empty": ("", "is empty"),
    "no header": ("1,0,work,\n", ":1: the columns are 1,0,work"),
    "only a header": ("user,index,scene,second\n", "holds no labels"),
    "unknown scene": ("user,index,scene,second\n1,0,wrok,\n", ":2: 'wrok' is no scene"),
    "unknown second": ("user,index,scene,second\n1,0,work,play\n", ":2: 'play' is no scene"),
    "same twice": ("user,index,scene,second\n1,0,work,\n1,0,health,\n", ":3: situation 0 of user 1 is labelled twice"),
    "second is first": ("user,index,scene,second\n1,0,work,work\n", "both work"),
    "index in words": ("user,index,scene,second\n1,first,work,\n", "'first' is no whole number"),
    "index too high": ("user,index,scene,second\n1,2,work,\n", "index 2 is too high"),
    "too few fields": ("user,index,scene,second\n1,0,work\n", ":2: 3 fields"),
    "other people": ("user,index,scene,second\n9,0,work,\n", "labels none of the people"),
    "broken quotes": ('user,index,scene,second\n1,0,"work\n', "not a CSV"),
}


@pytest.mark.parametrize(("text", "part"), BROKEN_LABELS.values(), ids=BROKEN_LABELS.keys())
def test_broken_labels_are_one_sentence(tmp_path, text, part):
    """If wrong: preference metrics are computed on scenes that nobody meant."""
    labels = saved(tmp_path, text, "labels.csv")
    assert part in message(saved(tmp_path, {"1": person()}), labels)


@settings(deadline=None, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )
)
def test_any_json_in_any_place_is_a_user_error(tmp_path_factory, value):
    """Whatever stands where a part of a person should: a UserError, never a traceback."""
    folder = tmp_path_factory.mktemp("any")
    for broken in (value, {"1": value}, {"1": person(demographic=value)}, {"1": person(tool_preferences=value)}):
        with pytest.raises(UserError):
            load_bench(saved(folder, json.dumps(broken)))


def run_import(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "data_prep.import_bench", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_command(tmp_path):
    """The door a person uses: a file in, a file out, a summary; exit status 2 and nothing half-written on a mistake."""
    bench = saved(
        tmp_path,
        {"1": person(), "2": person(tool_preferences=dict.fromkeys(person()["tool_preferences"], "Anything goes."))},
    )
    labels = saved(tmp_path, "user,index,scene,second\n1,1,family,leisure\n", "labels.csv")
    done = run_import(bench, "-o", tmp_path / "new" / "test.jsonl", "--labels", labels)
    assert done.returncode == 0, done.stderr
    assert "2 users, 4 situations (1 with a scene), 10 preference texts (10 likes, 5 dislikes)" in done.stdout
    assert "in 5 texts: compass-2/work" in done.stdout
    assert load_bench(tmp_path / "new" / "test.jsonl") == load_bench(bench, labels)
    for arguments, part in (
        ([saved(tmp_path, "{", "broken.json"), "-o", tmp_path / "out.jsonl"], "not valid JSON"),
        ([bench, "-o", tmp_path], "is a folder"),
        ([bench, "-o", bench], "is the file that is read"),
    ):
        failed = run_import(*arguments)
        assert (failed.returncode, failed.stderr.count("\n")) == (2, 1) and part in failed.stderr, failed.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_shipped_scene_labels_are_complete():
    """Labels with a hole would silently shrink the preference metrics: every person has all indices from 0."""
    labels = read_labels(LABELS)
    people = {user for user, _ in labels}
    assert (len(people), len(labels)) == (60, 900)
    assert all((user, index) in labels for user in people for index in range(15))


def test_published_bench():
    """All 60 people, 900 situations and 300 texts of the published file load, and every situation has its scene."""
    if not BENCH.exists():
        pytest.skip(f"the published bench is not at {BENCH} (set COMPASS_BENCH)")
    if BENCH.name != LABELS.stem + ".json":
        pytest.skip("another bench than the one the counts and labels are of")
    users = load_bench(BENCH, LABELS)
    situations = [situation for user in users for situation in user.situations]
    preferences = [preference for user in users for preference in user.preferences.values()]
    assert (len(users), len(situations), len(preferences)) == (60, 900, 300)
    assert all(situation.scene for situation in situations)
    assert all(preference.likes and preference.dislikes for preference in preferences)
