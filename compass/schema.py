"""The records that stages hand to one another, validated: people, situations, messages, trajectories, episodes.

The unit of conversation is OpenAI's message form; `arguments` stays a JSON string because Arrow merges dicts of
different shapes and fills the holes with nulls.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_serializer, model_validator

Scene = Literal["work", "health", "family", "social", "leisure"]
SCENES: tuple[Scene, ...] = ("work", "health", "family", "social", "leisure")
Setting = Literal["profile", "history", "direct"]
Side = Literal["preferred", "dispreferred"]
Level = Literal["low", "medium", "high"]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
"""Local time to the minute, `2026-03-14T18:20`."""


class Strict(BaseModel):
    """Frozen, and refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BigFive(Strict):
    openness: Level
    conscientiousness: Level
    extraversion: Level
    agreeableness: Level
    neuroticism: Level


class Background(Strict):
    hobbies: str
    health: str
    family: str
    habits: str
    growth: str


class Profile(Strict):
    name: str
    age: int
    gender: str
    address: str
    phone: str
    education: str
    career: str
    income: str
    big_five: BigFive
    personality: str
    background: Background


class Taste(Strict):
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()


class Preference(Strict):
    """What a person thinks of the apps in one scene: prose, and the same as lists of app names."""

    text: str
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    tastes: dict[str, Taste] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_side(self) -> "Preference":
        if both := sorted(set(self.likes) & set(self.dislikes)):
            raise ValueError(f"{', '.join(both)} stands under likes and dislikes; an app has one side in a scene")
        return self


class Situation(Strict):
    id: str
    at: Moment
    scene: Scene | None = None
    second_scene: Scene | None = None
    emotion: str
    text: str
    utterance: str


class User(Strict):
    id: str
    split: Literal["train", "val", "test"]
    profile: Profile
    preferences: dict[Scene, Preference]
    situations: tuple[Situation, ...]


def canonical_json(value: Any) -> str:
    """The one spelling of arguments and results: the stock template prints strings raw, vLLM parses and dumps them again."""
    return json.dumps(value, ensure_ascii=False)


class Function(Strict):
    name: str
    arguments: str

    @field_validator("arguments")
    @classmethod
    def _canonical(cls, arguments: str) -> str:
        try:
            value = json.loads(arguments)
        except json.JSONDecodeError as error:
            raise ValueError(f"arguments are not JSON ({error})") from None
        if not isinstance(value, dict):
            raise ValueError("arguments must be a JSON object")
        if canonical_json(value) != arguments:
            raise ValueError(
                "arguments must be spelled as json.dumps(obj, ensure_ascii=False) spells them, else training and serving differ"
            )
        return arguments


class ToolCall(Strict):
    id: str
    type: Literal["function"] = "function"
    function: Function


class Message(Strict):
    """A user, assistant or tool message (system messages are added by `compass.prompt`)."""

    role: Literal["user", "assistant", "tool"]
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    reasoning_content: str | None = None

    @model_validator(mode="after")
    def _fields_fit_role(self) -> "Message":
        if self.role != "assistant" and (self.tool_calls or self.reasoning_content is not None):
            raise ValueError(f"a {self.role} message cannot hold tool_calls or reasoning_content")
        if (self.role == "tool") != (self.tool_call_id is not None):
            raise ValueError("tool_call_id belongs to tool messages, and each has one")
        return self

    @model_serializer
    def to_openai(self) -> dict[str, Any]:
        """The message as OpenAI's API spells it: absent fields are absent, not null."""
        message: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.reasoning_content is not None:
            message["reasoning_content"] = self.reasoning_content
        if self.tool_calls:
            message["tool_calls"] = [call.model_dump() for call in self.tool_calls]
        if self.tool_call_id is not None:
            message["tool_call_id"] = self.tool_call_id
        return message


class Round(Strict):
    situation_id: str
    at: Moment
    side: Side = "preferred"


class Source(Strict):
    teacher: str
    seed: int
    prompt_sha: str


class Review(Strict):
    status: Literal["accepted", "edited", "rejected", "unreviewed"] = "unreviewed"
    reviewer: str | None = None
    reason: str | None = None


class Trajectory(Strict):
    """One conversation. `train_on` counts assistant messages from 0."""

    id: str
    user_id: str
    setting: Setting
    rounds: tuple[Round, ...]
    messages: tuple[Message, ...]
    train_on: tuple[int, ...]
    checks: dict[str, Any] = Field(default_factory=dict)
    source: Source
    review: Review = Review()

    @model_validator(mode="after")
    def _consistent(self) -> "Trajectory":
        assistants = sum(message.role == "assistant" for message in self.messages)
        if list(self.train_on) != sorted(set(self.train_on)) or any(
            not 0 <= turn < assistants for turn in self.train_on
        ):
            raise ValueError(
                f"train_on {list(self.train_on)} must rise and count assistant messages 0..{assistants - 1}"
            )
        if not self.messages or self.messages[0].role != "user":
            raise ValueError("the first message must be a user message")
        rounds_said = sum(message.role == "user" for message in self.messages)
        if rounds_said != len(self.rounds):
            raise ValueError(f"{len(self.rounds)} rounds but {rounds_said} user messages; each round opens with one")
        _check_tool_order(self.messages)
        return self


def _check_tool_order(messages: tuple[Message, ...]) -> None:
    """Each tool message answers a call of the assistant message before it (or a call that did not parse)."""
    open_calls: set[str] | None = None
    for index, message in enumerate(messages):
        if message.role == "assistant":
            open_calls = {call.id for call in message.tool_calls}
        elif message.role == "user":
            open_calls = None
        elif open_calls is None:
            raise ValueError(f"message {index}: a tool result must follow an assistant message")
        elif open_calls and message.tool_call_id not in open_calls:
            raise ValueError(
                f"message {index}: tool_call_id {message.tool_call_id!r} answers no call of the turn before it"
            )
        elif open_calls:
            open_calls.remove(message.tool_call_id)
            open_calls = open_calls or None


class SftExample(Strict):
    """One supervised assistant turn; `prompt + completion` is the text a trainer sees, only the completion is supervised."""

    id: str
    trajectory_id: str
    user_id: str
    situation_id: str
    setting: Setting
    turn: int
    kind: Literal["call", "reply"]
    scene: Scene | None
    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    prompt: str
    completion: str
