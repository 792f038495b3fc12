"""The door: mistakes become results that can be repaired, text is data, results fit a prompt."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass.tools import TOOLS, call, names
from compass.tools.declare import tool
from compass.tools.door import clean, run_call
from compass.tools.fault import ToolError
from compass.tools.hostile import NASTY, hostile_call, usual_call
from compass.tools.world import Person, World

ROOMY = 1700  # a whole story of 250 words with its frame; everything else stays near 1200
PERSON = Person("James Lopez", "+1-555-010-0142", "Amber Corner, NC 51206")


def fresh() -> World:
    return World(7, "2026-03-14T18:20", PERSON)


@pytest.mark.parametrize(
    ("name", "arguments", "code", "told"),
    [
        ("film_recomendation", "{}", "unknown_tool", {"value": "film_recomendation"}),
        ("film_recommendation", "{", "bad_arguments", {"parameter": "arguments"}),
        ("film_recommendation", "[]", "bad_arguments", {"parameter": "arguments"}),
        ("film_recommendation", '{"keyword": ["a"], "keyword": ["b"]}', "bad_arguments", {}),
        ("film_recommendation", '{"keyword": ["a"], "min_rating": NaN}', "bad_arguments", {}),
        ("film_recommendation", "[" * 100_000, "bad_arguments", {}),
        ("film_recommendation", "{}", "schema", {"parameter": "keyword", "choices": ["keyword"]}),
        ("film_recommendation", '{"keyword": "space"}', "schema", {"message": "keyword must be of type array"}),
        ("film_recommendation", '{"keyword": [1]}', "schema", {"parameter": "keyword", "value": "1"}),
        (
            "film_recommendation",
            '{"keyword": ["a"], "min_rating": 11}',
            "schema",
            {"parameter": "min_rating", "value": "11"},
        ),
        ("film_recommendation", '{"keyword": ["a"], "include_adult": "no"}', "schema", {"parameter": "include_adult"}),
        ("sticker_respond", '{"tag": "hug", "topk": 1.5}', "schema", {"parameter": "topk", "value": "1.5"}),
        ("schedule_manager", '{"operation": "add", "time": "tomorrow"}', "schema", {"parameter": "location"}),
        (
            "schedule_manager",
            '{"operation": "delete", "schedule_id": "3"}',
            "schema",
            {"parameter": "schedule_id", "value": "3"},
        ),
        ("medical_appointment", '{"operation": "book"}', "schema", {"parameter": "desired_date"}),
    ],
)
def test_mistakes_name_place_value_and_rule(name: str, arguments: str, code: str, told: dict[str, Any]) -> None:
    world = fresh()
    before = world.digest()
    result = call(world, name, arguments)
    body = json.loads(result.content)
    assert (result.ok, result.schema_ok, result.error, body["error"]) == (False, False, code, code)
    assert body["message"] and told.items() <= body.items()
    assert world.digest() == before


def test_nearest_choice_comes_first() -> None:
    """A model that misspells once must find the right word at the head of the list."""
    unknown = json.loads(call(fresh(), "film_recomendation", "{}").content)
    assert unknown["choices"][0] == "film_recommendation"
    enum = json.loads(call(fresh(), "music_recommendation", '{"keywords": ["x"], "genre": "hip hop"}').content)
    assert enum["choices"][0] == "hiphop"
    extra = json.loads(call(fresh(), "film_recommendation", '{"keyword": ["x"], "actor": ["y"]}').content)
    assert (extra["value"], extra["choices"][0]) == ("actor", "actors")


def test_schema_ok_is_apart_from_ok() -> None:
    """`schema_valid` and `executed` are different metrics."""
    result = call(fresh(), "schedule_manager", '{"operation": "delete", "schedule_id": "sch_99"}')
    assert (result.schema_ok, result.ok, result.error) == (True, False, "not_found")


def test_a_defect_of_ours_is_no_result() -> None:
    def broken(world: World, a: str) -> dict[str, Any]:
        """Breaks.

        Args:
            a: Anything.
        """
        with world.open() as db:
            db.execute("DELETE FROM entries")
        raise KeyError("ours")

    made = tool(effect="write", support="emotional", short="x")(broken)
    world = fresh()
    before = world.digest()
    with pytest.raises(RuntimeError, match=r"broken.*hello"):
        run_call({"broken": made}, world, "broken", '{"a": "hello"}')
    assert world.digest() == before


def test_a_failed_write_leaves_nothing() -> None:
    def half(world: World, a: str) -> dict[str, Any]:
        """Fails after writing.

        Args:
            a: Anything.
        """
        with world.open() as db:
            db.execute("DELETE FROM entries")
        raise ToolError("late", "too late")

    made = tool(effect="write", support="emotional", short="x")(half)
    world = fresh()
    before = world.digest()
    assert run_call({"half": made}, world, "half", '{"a": "x"}').error == "late"
    assert world.digest() == before


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_hostile_text_is_data(text: str) -> None:
    """Whatever a text holds, it may search badly and do nothing else."""
    for each in TOOLS:
        parameters = each.schema["function"]["parameters"]
        arguments = {}
        for name, rules in parameters["properties"].items():
            if "enum" in rules:
                arguments[name] = rules["enum"][0]
            elif rules["type"] == "string":
                arguments[name] = text
            elif name in parameters["required"]:
                arguments[name] = [text]
        world = fresh()
        before = world.digest()
        result = call(world, each.name, json.dumps(arguments))
        assert len(result.content) < ROOMY
        shown = "".join(map(str, _texts(json.loads(result.content))))
        assert not any(char in shown for char in "\x00\u202e\u2066\ud800\x1b")
        if not result.ok:
            assert world.digest() == before
        with world.open() as db:
            assert db.execute("SELECT count(*) FROM entries").fetchone()[0] >= 3


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)]


def test_stored_text_is_cleaned_and_bounded() -> None:
    """What one call stores, a later prompt shows: no control characters, no turned-round names, no flood."""
    assert clean("a\x00b\u202ec\r\nd\ud800") == "a bc d?"
    long = {"operation": "add", "time": "tomorrow 20:00", "event": "x" * 100_000, "location": "y", "duration": "1 hour"}
    result = call(fresh(), "schedule_manager", json.dumps(long))
    assert (result.error, len(result.content) < 400) == ("too_long", True)


def test_results_fit_a_prompt() -> None:
    source = random.Random(5)
    world = fresh()
    for number in range(600):
        if number % 30 == 0:
            world = fresh()
        name, arguments = usual_call(source)
        result = call(world, name, arguments)
        assert result.schema_ok, (name, arguments, result.content)
        assert len(result.content) < ROOMY, (name, len(result.content))
        assert result.content == json.dumps(json.loads(result.content), ensure_ascii=False)


def test_seeded_fuzz() -> None:
    """Twelve hundred random and hostile calls: every one ends in a result, and failures leave the world as it was."""
    source = random.Random(11)
    world = fresh()
    failures = 0
    for number in range(1200):
        if number % 40 == 0:
            world = fresh()
        before = world.image
        name, arguments = hostile_call(source)
        result = call(world, name, arguments)
        assert isinstance(json.loads(result.content), dict) and result.ok == (result.error is None)
        result.content.encode()
        if not result.ok:
            failures += 1
            assert before is None or world.image == before
    assert 300 < failures < 1100  # the fuzzer must reach both the checks and the apps


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(max_examples=80, deadline=None)
@given(name=st.sampled_from(names()) | st.text(), value=JSON)
def test_any_json_is_answered(name: str, value: Any) -> None:
    arguments = json.dumps(value)
    result = call(fresh(), name, arguments)
    assert isinstance(json.loads(result.content), dict)
