"""The turn loop: the model writes, its calls run in its world, it reads the results and writes again.

One round opens with a user turn and ends with a reply that calls nothing, or when `max_turns` is reached. Whatever a
model writes leads to a recorded outcome; only faults of ours or of the infrastructure raise.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from compass import prompt
from compass.chat import CALL_CLOSE, CALL_OPEN, Reply, parse_reply, request_messages
from compass.completion import Completion
from compass.prompt import PromptStyle
from compass.schema import Function, Message, Setting, Situation, Strict, User, canonical_json
from compass.tools import call as run_tool
from compass.tools.world import Person, Richer, World, seed_of


class Complete(Protocol):
    """Asks one model for one reply; greedy or not, in this process or over a network, is its own affair."""

    async def __call__(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Completion: ...


class RanCall(Strict):
    """A call that was run. `error` is the kind of mistake; `schema_ok` says whether name and arguments fit a full schema."""

    name: str
    arguments: str
    result: str
    ok: bool
    error: str | None
    schema_ok: bool


class Exchange(Strict):
    """One request and what came of it.

    Attributes:
        raw: The reply as the model wrote it, special tokens kept.
        parse_error: Why it could not be read; then no call was run.
        attempted: How many calls the text opened, parsed or not.
        content: The text around the calls (the whole text if it could not be read).
        calls: The calls that were run, in order.
        not_run: Calls beyond `max_calls`, which were refused.
        seconds: Of the request; `tool_seconds`: of all its calls together.
    """

    raw: str
    finish_reason: str
    parse_error: str | None
    attempted: int
    content: str
    calls: tuple[RanCall, ...]
    not_run: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    tool_seconds: float

    @property
    def is_reply(self) -> bool:
        """Whether the turn tried no call, so that its text is the answer to the person."""
        return not self.attempted and not self.calls


@dataclass(frozen=True)
class Limits:
    """How long a round may become: assistant turns in it, and calls run in one turn."""

    max_turns: int = 4
    max_calls: int = 8


@dataclass
class Conversation:
    """A dialogue under way: what the model is told, what was said, and the world that calls change.

    `done` holds (app, arguments) of each call that ran without an error.
    """

    system: tuple[str, ...]
    tools: list[dict[str, Any]] | None
    world: World
    messages: list[Message] = field(default_factory=list)
    calls_so_far: int = 0
    done: list[tuple[str, str]] = field(default_factory=list)

    def copy(self) -> "Conversation":
        """The same dialogue, to be continued another way."""
        messages, done = list(self.messages), list(self.done)
        return Conversation(self.system, self.tools, self.world.copy(), messages, self.calls_so_far, done)


def open_world(user: User, seed_id: str, at: str, richer: Richer | None = None) -> World:
    """A person's world; `seed_id` is the situation's id, in the history setting the user's."""
    profile = user.profile
    return World(seed_of(seed_id), at, Person(profile.name, profile.phone, profile.address), richer)


def open_conversation(user: User, setting: Setting, style: PromptStyle, world: World) -> Conversation:
    """An empty conversation with a person: guide and person as system messages, the tools of the setting."""
    return Conversation(prompt.system(user, setting, style), prompt.tools(setting, style), world)


async def run_round(
    complete: Complete,
    conversation: Conversation,
    user_text: str,
    limits: Limits,
    watch: Callable[[Exchange], None] = lambda exchange: None,
) -> tuple[Exchange, ...]:
    """Says `user_text` and lets the model act until it has replied; the conversation holds all of it afterwards.

    `watch` is called with each exchange as soon as its calls have run.
    """
    conversation.messages.append(Message(role="user", content=user_text))
    exchanges: list[Exchange] = []
    while len(exchanges) < limits.max_turns:
        request = request_messages(conversation.system, conversation.messages)
        completion = await complete(request, conversation.tools)
        if conversation.world.richer:  # an app that asks a model takes seconds, in which other conversations go on
            exchange = await asyncio.to_thread(_take_turn, conversation, completion, limits)
        else:
            exchange = _take_turn(conversation, completion, limits)
        exchanges.append(exchange)
        watch(exchange)
        if exchange.is_reply or conversation.tools is None:
            break
    return tuple(exchanges)


async def play_situation(
    complete: Complete, user: User, situation: Situation, setting: Setting, style: PromptStyle, limits: Limits
) -> tuple[Exchange, ...]:
    """One situation on its own, in a fresh world: the profile and direct settings."""
    conversation = open_conversation(user, setting, style, open_world(user, situation.id, situation.at))
    return await run_round(complete, conversation, prompt.round_text(situation.at, situation.utterance), limits)


def raw_text(completion: Completion) -> str:
    """The reply as Qwen3 would have written it: calls that a server has already parsed are put back between call tags.

    Half of a surrogate pair, which no UTF-8 file can hold, becomes a question mark.
    """
    pieces = [completion.text] if completion.text else []
    for call in completion.tool_calls:
        name, arguments = canonical_json(call["function"]["name"]), call["function"]["arguments"]
        pieces.append(f'{CALL_OPEN}\n{{"name": {name}, "arguments": {arguments}}}\n{CALL_CLOSE}')
    return "\n".join(pieces).encode("utf-8", "replace").decode("utf-8")


def reply_text(exchanges: Sequence[Exchange]) -> str:
    """The answer that the person gets: the last turn's text if it called nothing, else nothing."""
    return exchanges[-1].content if exchanges and exchanges[-1].is_reply else ""


def _take_turn(conversation: Conversation, completion: Completion, limits: Limits) -> Exchange:
    raw = raw_text(completion)
    reply = parse_reply(raw)
    conversation.messages.append(reply.message(conversation.calls_so_far))
    started = time.perf_counter()
    ran = _run_calls(conversation, reply, limits.max_calls) if conversation.tools is not None else ()
    tool_seconds = time.perf_counter() - started
    if conversation.tools is not None:
        _tell_what_was_not_run(conversation, reply, len(ran))
    conversation.calls_so_far += max(len(reply.calls), 1)
    return Exchange(
        raw=raw,
        finish_reason=completion.finish_reason,
        parse_error=reply.error,
        attempted=reply.attempted,
        content=reply.content,
        calls=ran,
        not_run=len(reply.calls) - len(ran),
        prompt_tokens=completion.prompt_tokens,
        cached_tokens=completion.cached_tokens,
        completion_tokens=completion.completion_tokens,
        seconds=round(completion.seconds, 4),
        tool_seconds=round(tool_seconds, 4),
    )


def _run_calls(conversation: Conversation, reply: Reply, max_calls: int) -> tuple[RanCall, ...]:
    return tuple(_run_call(conversation, n, function) for n, function in enumerate(reply.calls[:max_calls]))


def _run_call(conversation: Conversation, number: int, function: Function) -> RanCall:
    result = run_tool(conversation.world, function.name, function.arguments)
    _tell(conversation, number, result.content)
    if result.ok:
        conversation.done.append((function.name, function.arguments))
    return RanCall(
        name=function.name,
        arguments=function.arguments,
        result=result.content,
        ok=result.ok,
        error=result.error,
        schema_ok=result.schema_ok,
    )


def _tell_what_was_not_run(conversation: Conversation, reply: Reply, ran: int) -> None:
    """The error that a model sees for a call that could not be read, or for calls beyond the limit."""
    if reply.error is not None and reply.attempted:
        _tell(conversation, 0, canonical_json({"error": "bad_call", "message": reply.error}))
    elif missing := len(reply.calls) - ran:
        text = f"only the first {ran} calls of a turn are run; {missing} more were not"
        _tell(conversation, ran, canonical_json({"error": "too_many_calls", "message": text}))


def _tell(conversation: Conversation, number: int, content: str) -> None:
    call_id = f"call_{conversation.calls_so_far + number}"
    conversation.messages.append(Message(role="tool", content=content, tool_call_id=call_id))
