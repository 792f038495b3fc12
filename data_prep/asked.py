"""What a teacher model is asked and the shapes of its answers."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from compass import prompt
from compass.schema import Scene, User, canonical_json
from compass.tools import TOOLS
from data_prep.wording import emotions, load

Message = dict[str, Any]
EMOTIONS = tuple(sorted(emotions()))
ONE_OR_TWO = 2


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Told(_Shape):
    scene: Scene
    emotion: Literal[EMOTIONS]
    text: str = Field(min_length=20, max_length=500)
    utterance: str = Field(min_length=12, max_length=900)


class Story(_Shape):
    situations: list[Told]


class Call(_Shape):
    name: str
    arguments: dict[str, Any]

    @field_validator("arguments")
    @classmethod
    def _finite(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        json.dumps(arguments, allow_nan=False)  # ValueError: NaN and infinity are not JSON
        return arguments


class Calls(_Shape):
    calls: list[Call] = Field(min_length=1, max_length=ONE_OR_TWO)


class Reply(_Shape):
    reply: str = Field(min_length=20, max_length=1500)
    score: int = Field(ge=1, le=10)


def story(user: User, count: int) -> list[Message]:
    """Asks for a storyline of `count` situations."""
    person = prompt.person(user, "profile", "full")
    return _request("story", "user", person=person, count=count, emotions=", ".join(EMOTIONS))


def calls(person: str, clock: str, utterance: str, apps: list[str]) -> list[Message]:
    """Asks for calls of these apps."""
    shown = "\n".join(canonical_json(tool.schema["function"]) for tool in TOOLS if tool.name in apps)
    two = "; call two only if the situation needs both" if len(apps) > 1 else ""
    return _request("calls", "user", person=person, clock=clock, utterance=utterance, tools=shown, two=two)


def calls_schema(apps: list[str]) -> dict[str, Any]:
    """`Calls` narrowed to these apps and their parameters."""
    return {
        "type": "object",
        "properties": {
            "calls": {
                "type": "array", "minItems": 1, "maxItems": min(ONE_OR_TWO, len(apps)),
                "items": {"anyOf": [_call_schema(tool.schema["function"]) for tool in TOOLS if tool.name in apps]},
            }
        },
        "required": ["calls"],
        "additionalProperties": False,
    }  # fmt: skip


def _call_schema(function: dict[str, Any]) -> dict[str, Any]:
    # `allOf` holds what a single operation needs; decoders that follow a schema seldom know it, and the app checks it anyway.
    parameters = {key: value for key, value in function["parameters"].items() if key != "allOf"}
    return {
        "type": "object",
        "properties": {"name": {"const": function["name"]}, "arguments": parameters},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }


def reply(person: str, utterance: str, results: list[tuple[str, str, str]]) -> list[Message]:
    """Asks for the reply to (app, arguments, result) of each call."""
    apps, arguments, contents = (" and ".join(parts) for parts in zip(*results))
    return _request("reply", "user", person=person, utterance=utterance, app=apps, arguments=arguments, result=contents)


def direct(person: str, utterance: str) -> list[Message]:
    """Asks for a reply without apps."""
    return _request("reply", "direct", person=person, utterance=utterance)


def repair(kind: str, request: list[Message], answer: BaseModel, reason: str) -> list[Message]:
    """The same request once more, with the answer that could not be used and the reason."""
    said = load("teacher")[kind]["repair"].format(reason=reason)
    return [*request, {"role": "assistant", "content": answer.model_dump_json()}, {"role": "user", "content": said}]


def _request(kind: str, part: str, **values: object) -> list[Message]:
    texts = load("teacher")[kind]
    return [
        {"role": "system", "content": texts["system"].strip()},
        {"role": "user", "content": texts[part].strip().format(**values)},
    ]
