"""The shape of every catalog file as JSON Schema, and how many items each is to hold."""

from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string", "minLength": 1, "pattern": r"^\S(.*\S)?$"}
LONG = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}
MAYBE = {"anyOf": [TEXT, {"type": "null"}]}
MOMENT = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
YEAR = {"type": "integer", "minimum": 1000, "maximum": 2026}
URL = {"type": "string", "pattern": r"^https?://[^\s/]+\.[^\s]+$"}
DATE = {"type": "string", "pattern": r"^20\d\d(-(0[1-9]|1[0-2])(-[0-3]\d)?)?$"}
DAYS = {
    "type": "array",
    "items": {"enum": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]},
    "minItems": 1,
    "uniqueItems": True,
}

ENVELOPE = Draft202012Validator(
    {
        "type": "object",
        "properties": {"version": TEXT, "source": LONG, "items": {"type": "array", "minItems": 1}},
        "required": ["version", "source", "items"],
    }
)


def _shape(**fields: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    )


DEPARTMENT = {
    "type": "object",
    "properties": {"name": TEXT, "doctors": TEXTS, "opens": MOMENT, "closes": MOMENT, "days": DAYS},
    "required": ["name", "doctors", "opens", "closes", "days"],
    "additionalProperties": False,
}

SHAPES: dict[str, Draft202012Validator] = {
    "films": _shape(
        title=TEXT,
        year={**YEAR, "minimum": 1895},
        directors=TEXTS,
        actors={**TEXTS, "minItems": 0},
        genres=TEXTS,
        country=TEXT,
        rating={"type": "number", "minimum": 0, "maximum": 10},
        votes={"type": "integer", "minimum": 0},
        description=TEXT,
        moods=TEXTS,
        adult={"type": "boolean"},
    ),
    "songs": _shape(title=TEXT, artist=TEXT, year=YEAR, genre=TEXT, country=TEXT, description=TEXT, moods=TEXTS),
    "jokes": _shape(text=LONG, category=TEXT, tags=TEXTS),
    "stories": _shape(title=TEXT, text=LONG, theme=TEXT, type=TEXT, style=TEXT, tags=TEXTS, origin=TEXT),
    "help": _shape(
        name=TEXT,
        url=URL,
        problem_types=TEXTS,
        domain=TEXT,
        user_groups=TEXTS,
        country=TEXT,
        phone=MAYBE,
        text_line=MAYBE,
        crisis={"type": "boolean"},
        hours=MAYBE,
        description=TEXT,
        source=TEXT,
        source_date=DATE,
        checked={"anyOf": [DATE, {"type": "null"}]},
    ),
    "strengths": _shape(name=TEXT, virtue=TEXT, meaning=TEXT, when=TEXT, how={**TEXTS, "minItems": 3}, keywords=TEXTS),
    "plans": _shape(goal=TEXT, keywords=TEXTS, theme=TEXT, steps={**TEXTS, "minItems": 4}),
    "characters": _shape(name=TEXT, ip=TEXT, traits=TEXTS, style=TEXT, openers={**TEXTS, "minItems": 2}),
    "products": _shape(name=TEXT, item_type=TEXT, price={"type": "number", "exclusiveMinimum": 0}, features=TEXTS),
    "clinics": _shape(
        name=TEXT, city=TEXT, address=TEXT, departments={"type": "array", "items": DEPARTMENT, "minItems": 1}
    ),
    "stickers": _shape(
        id={"type": "string", "pattern": r"^stk_\d{3}$"},
        tags=TEXTS,
        subject=TEXT,
        style=TEXT,
        description=TEXT,
        svg=LONG,
    ),
}
LEAST = {
    "films": 500, "songs": 500, "jokes": 300, "stories": 150, "help": 150, "strengths": 24, "plans": 60, "characters": 50, "products": 400,
    "clinics": 40, "stickers": 120,
}  # fmt: skip
