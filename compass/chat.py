"""Qwen3's chat format: what a request renders to, what a turn adds to it, and how a raw reply is read.

The stock template (from the tokenizer) is the only renderer. It shows an earlier assistant turn without the empty
think block that the turn was generated after, so a conversation cannot be trained in one pass: there is one
(prompt, completion) for each supervised turn, the prompt exactly as a server renders that request.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compass.schema import Function, Message, ToolCall, canonical_json

IM_START, IM_END = "<|im_start|>", "<|im_end|>"
CALL_OPEN, CALL_CLOSE = "<tool_call>", "</tool_call>"
SPECIAL_TOKENS = (  # `special: true` in Qwen3's tokenizer, ids 151643-151656
    "<|endoftext|>", IM_START, IM_END, "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
    "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
PLAIN_TOKENS = (  # `special: false`, ids 151657-151668: marking them special would delete calls from served text
    CALL_OPEN, CALL_CLOSE, "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
    "<tool_response>", "</tool_response>", "<think>", "</think>",
)  # fmt: skip
ADDED_TOKENS = SPECIAL_TOKENS + PLAIN_TOKENS
_ANY_TOKEN = re.compile("|".join(map(re.escape, ADDED_TOKENS)))
_ANY_BUT_CALLS = re.compile(
    "|".join(re.escape(token) for token in ADDED_TOKENS if token not in (CALL_OPEN, CALL_CLOSE))
)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def harmless(text: str, keep_calls: bool = False) -> str:
    """Breaks up added-token strings in data (`<|im_end|>` becomes `< |im_end|>`), so that they cannot act as control tokens.

    `keep_calls` leaves call tags alone: for a model's own turn that did not parse and stays in history as it was written.
    """
    return (_ANY_BUT_CALLS if keep_calls else _ANY_TOKEN).sub(lambda match: "< " + match[0][1:], text)


def _harmless_call(call: ToolCall) -> ToolCall:
    return call.model_copy(
        update={"function": Function(name=call.function.name, arguments=harmless(call.function.arguments))}
    )


def _harmless_message(message: Message) -> Message:
    broken_turn = message.role == "assistant" and not message.tool_calls
    reasoning = message.reasoning_content
    return message.model_copy(
        update={
            "content": harmless(message.content, keep_calls=broken_turn),
            "tool_calls": tuple(map(_harmless_call, message.tool_calls)),
            "reasoning_content": None if reasoning is None else harmless(reasoning),
        }
    )


def request_messages(system: Sequence[str], messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The `messages` of a request, for the template and for a server alike: people's and tools' text made harmless."""
    head = [{"role": "system", "content": harmless(text)} for text in system]
    return head + [_harmless_message(message).to_openai() for message in messages]


def render_prompt(
    tokenizer: Any, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None, enable_thinking: bool
) -> str:
    """The text a stock server shows the model for this request, up to where it begins to generate."""
    return tokenizer.apply_chat_template(
        messages, tools=tools or None, add_generation_prompt=True, enable_thinking=enable_thinking, tokenize=False
    )


def completion_text(message: Message, enable_thinking: bool = False) -> str:
    """What the model should write for this turn: text, calls, `<|im_end|>`; in the template's own spelling."""
    message = _harmless_message(message)
    parts = [message.content] if message.content else []
    for call in message.tool_calls:
        parts.append(
            f'{CALL_OPEN}\n{{"name": "{call.function.name}", "arguments": {call.function.arguments}}}\n{CALL_CLOSE}'
        )
    reasoning = f"<think>\n{message.reasoning_content or ''}\n</think>\n\n" if enable_thinking else ""
    return reasoning + "\n".join(parts) + IM_END


@dataclass(frozen=True)
class Turn:
    """A supervised turn: the loss is on `completion` alone. `turn` counts assistant messages from 0."""

    turn: int
    kind: str
    prompt: str
    completion: str


def render_turns(
    tokenizer: Any,
    system: Sequence[str],
    messages: Sequence[Message],
    tools: list[dict[str, Any]] | None,
    train_on: Sequence[int],
    enable_thinking: bool = False,
) -> list[Turn]:
    """One `Turn` for each index in `train_on`, in order; the prompt is the stock rendering of everything before it."""
    places = [index for index, message in enumerate(messages) if message.role == "assistant"]
    turns = []
    for turn in train_on:
        message = messages[places[turn]]
        prompt = render_prompt(tokenizer, request_messages(system, messages[: places[turn]]), tools, enable_thinking)
        kind = "call" if message.tool_calls else "reply"
        turns.append(Turn(turn, kind, prompt, completion_text(message, enable_thinking)))
    return turns


@dataclass(frozen=True)
class Reply:
    """A raw reply, read. `error` says why it did not parse; then `calls` is empty and `content` is the raw text."""

    content: str
    calls: tuple[Function, ...] = ()
    reasoning: str | None = None
    error: str | None = None
    attempted: int = 0
    """How many calls the text opened, parsed or not."""

    def message(self, first_call: int = 0) -> Message:
        """The turn as it enters history; call ids are `call_<n>` from `first_call`."""
        calls = tuple(ToolCall(id=f"call_{first_call + n}", function=function) for n, function in enumerate(self.calls))
        return Message(role="assistant", content=self.content, tool_calls=calls, reasoning_content=self.reasoning)


class _Malformed(ValueError):
    """Why a call did not parse."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Malformed("a key stands twice in one object")
    return value


def _no_constant(name: str) -> Any:
    raise _Malformed(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _Malformed(f"{text[:20]} is out of range")
    return value


def _parse_call(body: str) -> Function:
    try:
        call = json.loads(body, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise _Malformed(f"the call is not one JSON object ({error.msg} at character {error.pos})") from None
    except RecursionError:
        raise _Malformed("the call is nested too deep") from None
    except ValueError as error:
        raise _Malformed(str(error).split(";")[0]) from None
    if not isinstance(call, dict):
        raise _Malformed(f"the call is a JSON {type(call).__name__}, not an object")
    if set(call) != {"name", "arguments"}:
        raise _Malformed(
            f"a call has exactly the keys name and arguments, this one has {', '.join(sorted(call)) or 'none'}"[:200]
        )
    if not isinstance(call["name"], str) or not _NAME.fullmatch(call["name"]):
        raise _Malformed("name must be a function name: letters, digits, _ . - (at most 64)")
    if not isinstance(call["arguments"], dict):
        raise _Malformed("arguments must be a JSON object")
    arguments = canonical_json(call["arguments"])
    try:
        arguments.encode("utf-8")
    except UnicodeEncodeError:
        raise _Malformed("a string holds half of a surrogate pair") from None
    return Function(name=call["name"], arguments=arguments)


def _split_reasoning(text: str) -> tuple[str | None, str]:
    opening, closing = text.find("<think>"), text.find("</think>")
    if closing < 0:
        if opening >= 0:
            raise _Malformed("the think block is never closed")
        return None, text
    if opening > closing or text.count("<think>") > 1 or text.count("</think>") > 1 or text[: max(opening, 0)].strip():
        raise _Malformed("a think block may only stand once, at the start")
    start = opening + len("<think>") if opening >= 0 else 0
    return text[start:closing].strip("\n") or None, text[closing + len("</think>") :]


def _split_calls(text: str) -> tuple[list[str], list[str]]:
    """(texts around the calls, bodies of the calls)."""
    around, bodies, rest = [], [], text
    while (start := rest.find(CALL_OPEN)) >= 0:
        around.append(rest[:start])
        end = rest.find(CALL_CLOSE, start)
        if end < 0:
            raise _Malformed("a <tool_call> is never closed")
        body = rest[start + len(CALL_OPEN) : end]
        if CALL_OPEN in body:
            raise _Malformed("a <tool_call> stands inside another")
        bodies.append(body)
        rest = rest[end + len(CALL_CLOSE) :]
    around.append(rest)
    if any(CALL_CLOSE in piece for piece in around):
        raise _Malformed("a </tool_call> closes nothing")
    return around, bodies


def parse_reply(text: str) -> Reply:
    """Reads raw model text (special tokens kept) strictly; never raises.

    A call is one JSON object with exactly `name` and `arguments` between call tags. Text around calls is kept, joined
    by newlines. One malformed call makes the whole reply malformed: running its siblings would be guessing.
    """
    text = text.split(IM_END, 1)[0]
    attempted = text.count(CALL_OPEN)
    try:
        reasoning, rest = _split_reasoning(text)
        around, bodies = _split_calls(rest)
        calls = tuple(map(_parse_call, bodies))
    except _Malformed as error:
        return Reply(content=text.strip(), error=str(error), attempted=max(attempted, 1 if CALL_CLOSE in text else 0))
    content = "\n".join(piece for piece in (part.strip() for part in around) if piece)
    return Reply(content=content, calls=calls, reasoning=reasoning, attempted=attempted)
