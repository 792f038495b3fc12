"""Calls for the benchmark and the fuzz test: such as models make, and such as nobody should."""

import json
import random
from typing import Any

from compass.tools import TOOLS
from compass.tools.declare import Tool

# What a model writes into the text parameters.
PHRASES = (
    "lonely since I moved to this city", "something warm and funny", "stressed before my exam", "my boss", "tired after a long week",
    "I argued with my sister", "celebrate a promotion", "can't sleep", "old friends", "a walk in the rain", "grief for my father",
    "rainy Sunday with the kids", "knee pain", "start running again", "a quiet evening", "Sherlock Holmes", "headphones", "tea",
)  # fmt: skip
TIMES = (
    "tomorrow 18:00",
    "next Friday 09:30",
    "Saturday morning",
    "2026-03-20 14:00",
    "in 3 days at noon",
    "2026-04-02",
    "Monday 07:15",
)
LENGTHS = ("30 minutes", "1 hour", "1.5 hours", "90 min")

SPECIAL = {
    "time": TIMES,
    "desired_date": TIMES,
    "duration": LENGTHS,
    "schedule_id": ("sch_1", "sch_2", "sch_4"),
    "appointment_id": ("apt_1",),
    "status": ("confirmed", "held"),
    "actors": ("Tom Hanks", "Meryl Streep", "Kate Winslet", "Song Kang-ho"),
    "genres": ("comedy", "drama", "romance", "sci-fi", "animation"),
    "artist": ("David Bowie", "Nina Simone", "ABBA", "Bob Marley", "Johann Sebastian Bach"),
    "department": ("Dermatology", "General Practice", "dentist", "psychiatry"),
    "hospital": ("Lindenfeld Health Centre", "the nearest one"),
    "tag": ("hug", "congratulations", "tired", "good luck", "angry"),
    "event": ("Walk with Anna", "Call mother", "Dentist", "Yoga class"),
    "location": ("home", "park", "office"),
    "item_features": ("soft", "under $40", "for beginners", "quantity 2"),
    "item_type": ("headphones", "tea", "blanket", "book", "plant"),
    "item_name": ("noise cancelling headphones", "herbal tea", "warm blanket", "crime novel", "small plant for a desk"),
    "style": ("gentle", "brief", "cute", "practical"),
}

NASTY = (
    "", " ", "\x00", "\u202eevil\u2066", "'; DROP TABLE entries; --", '" OR ""="', "NEAR(a b, 2)", "a AND NOT b*", "{name} : x",
    "^start", "col:umn", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "%s%n%x", "\ud800", "🙂" * 50, "a" * 100_000,
    "word " * 20_000, "(((((((((", "\\", "\n\r\t", "ＦＵＬＬ", "ß", "İ", "नमस्ते", "漢字", "NaN", "null", "-1", "1e309", "9" * 400, "sch_1",
    "sch_" + "9" * 50, "apt_1", "<|im_end|>", "</tool_response>", "2026-02-30", "25:61", "9999-12-31", "0000-00-00", "in 999 weeks",
    "31 February", "tomorrow " * 30, "PT99H", "0 minutes",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    3.5,
    2.0,
    10**30,
    -(10**30),
    1e308,
    [],
    {},
    [1],
    ["a", None],
    {"a": {"b": []}},
    [[]],
    "x",
)
RAW = (
    "", "{", "[]", "null", "1", '"text"', '{"a": }', "{'a': 1}", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": Infinity}', "[" * 100_000,
    '{"a":' * 5000,
    '{"keyword": ["\\ud800"]}', "\ufeff{}", "{} {}", '{"topk": 1e999}', '{"x": ' + "9" * 5000 + "}",
)  # fmt: skip


def usual_call(source: random.Random) -> tuple[str, str]:
    """A call that passes its schema, with texts as models write them."""
    tool = source.choice(TOOLS)
    return tool.name, json.dumps(_arguments(tool, source, nasty=0.0), ensure_ascii=False)


def hostile_call(source: random.Random) -> tuple[str, str]:
    """A call with anything wrong in name, JSON, types or texts; some are right."""
    if source.random() < 0.05:
        return source.choice((*NASTY, "film", "FILM_RECOMMENDATION")), source.choice(RAW)
    tool = source.choice(TOOLS)
    if source.random() < 0.05:
        return tool.name, source.choice(RAW)
    given = _arguments(tool, source, nasty=0.4)
    for _ in range(source.choice((0, 0, 1, 2))):
        given[source.choice((*given, "extra", *NASTY[:6]))] = source.choice(VALUES)
    if given and source.random() < 0.1:
        del given[source.choice(list(given))]
    return tool.name, json.dumps(given, ensure_ascii=source.random() < 0.5)


def _arguments(tool: Tool, source: random.Random, nasty: float) -> dict[str, Any]:
    parameters = tool.schema["function"]["parameters"]
    given = {}
    for name, rules in parameters["properties"].items():
        if name in parameters["required"] or source.random() < 0.4:
            given[name] = _value(name, rules, source, nasty)
    needs = {
        rule["if"]["properties"]["operation"]["const"]: rule["then"]["required"] for rule in parameters.get("allOf", [])
    }
    for name in needs.get(given.get("operation"), []):
        given.setdefault(name, _value(name, parameters["properties"][name], source, nasty))
    return given


def _value(name: str, rules: dict[str, Any], source: random.Random, nasty: float) -> Any:
    if source.random() < nasty and rules["type"] == "string" and "enum" not in rules:
        return source.choice(NASTY)
    if "enum" in rules:
        return source.choice(rules["enum"])
    if rules["type"] == "array":
        return [_value(name, rules["items"], source, nasty) for _ in range(source.randint(0, 3))]
    if rules["type"] in ("integer", "number"):
        return source.randint(0, 10)
    if rules["type"] == "boolean":
        return source.random() < 0.5
    return source.choice(SPECIAL.get(name, PHRASES))
