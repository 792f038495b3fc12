"""Checks of a finished trajectory, each with a reason code; a record that fails one goes to the ledger, not into training."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from compass import score
from compass.prompt import PromptStyle
from compass.rollout import Exchange, RanCall
from compass.schema import Message, Scene, Strict, Trajectory, User
from compass.tools import TOOLS
from compass.tools.danger import danger_in
from data_prep.replies import LIMIT_WORDS

HELP = "psyweb_recommender"
SHORTEST_WORDS = 4
FAILED = '{"error"'
EMERGENCY = {"911"}
_NUMBER = re.compile(r"\d+")
_TELLING = re.compile(r"[\"“«*\d]|https?:|www\.")  # without one of these there is nothing that could be invented
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_LATIN = re.compile(r"[^\W\d_]")
_VALIDATORS = {tool.name: tool.validator for tool in TOOLS}


class Problem(Strict):
    """Why a record was refused. `reason` is one of the codes in `CODES`."""

    reason: str
    text: str


CODES = ("schema", "execution", "side", "grounded", "invented", "length", "language", "safety")


def problems(trajectory: Trajectory, user: User, style: PromptStyle) -> list[Problem]:
    """Everything wrong with a trajectory; empty for a good one."""
    found: list[Problem] = []
    scenes = {situation.id: situation.scene for situation in user.situations}
    for number, messages in enumerate(_rounds(trajectory.messages)):
        made = trajectory.rounds[number]
        follow_up = number > 0 and trajectory.rounds[number - 1].situation_id == made.situation_id
        found += _call_problems(messages)
        if not follow_up:
            found += _side_problems(messages, trajectory, user, scenes[made.situation_id], made.side)
        found += _reply_problems(messages, style, follow_up)
        found += _safety_problems(messages, trajectory.setting)
    return found


def _rounds(messages: tuple[Message, ...]) -> Iterator[list[Message]]:
    current: list[Message] = []
    for message in messages:
        if message.role == "user" and current:
            yield current
            current = []
        current.append(message)
    yield current


def _call_problems(messages: list[Message]) -> Iterator[Problem]:
    for message in messages:
        for call in message.tool_calls:
            validator = _VALIDATORS.get(call.function.name)
            if validator is None or not validator.is_valid(json.loads(call.function.arguments)):
                yield Problem(reason="schema", text=f"{call.function.name} {call.function.arguments}")
        if message.role == "tool" and message.content.startswith(FAILED):
            yield Problem(reason="execution", text=message.content)


def _side_problems(
    messages: list[Message], trajectory: Trajectory, user: User, scene: Scene | None, side: str
) -> Iterator[Problem]:
    called = [call.function.name for message in messages for call in message.tool_calls]
    if trajectory.setting == "direct":
        wrong = called
    elif scene is None:
        wrong = [app for app in called if app != HELP] if called else ["no call"]
    else:
        preference = user.preferences[scene]
        if side == "preferred":
            wrong = [app for app in called if app not in preference.likes] if called else ["no call"]
        else:
            wrong = [app for app in called if app in preference.likes] if called else ["no call"]
    if wrong:
        yield Problem(reason="side", text=", ".join(wrong))


def _reply_problems(messages: list[Message], style: PromptStyle, follow_up: bool) -> Iterator[Problem]:
    reply = messages[-1].content
    exchanges = [*(_exchange(message, messages) for message in messages if message.role == "assistant")]
    if score.grounded(exchanges) is False:
        yield Problem(reason="grounded", text=reply)
    known = [message.content for message in messages[:-1]]
    numbers = set(_NUMBER.findall(reply)) - set(_NUMBER.findall(" ".join(known))) - EMERGENCY
    if numbers or (_TELLING.search(reply) and score.invented(exchanges, known)):
        yield Problem(reason="invented", text=f"{', '.join(sorted(numbers))} in: {reply}")
    words = len(reply.split())
    if words > 2 * LIMIT_WORDS[style] or words < SHORTEST_WORDS * (1 if follow_up else 2):
        yield Problem(reason="length", text=f"{words} words: {reply}")
    letters = _LATIN.findall(reply)
    if sum(letter.isascii() for letter in letters) < 0.9 * len(letters):
        yield Problem(reason="language", text=reply)


def _exchange(message: Message, messages: list[Message]) -> Exchange:
    """An assistant message and the results of its calls in the form that scores read."""
    results = {each.tool_call_id: each.content for each in messages if each.role == "tool"}
    calls = tuple(
        RanCall(
            name=call.function.name, arguments=call.function.arguments, result=results[call.id],
            ok=not results[call.id].startswith(FAILED), error=None, schema_ok=True,
        )
        for call in message.tool_calls
    )  # fmt: skip
    return Exchange(
        raw=message.content, finish_reason="stop", parse_error=None, attempted=len(calls), content=message.content, calls=calls,
        not_run=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0, tool_seconds=0,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _dangerous(utterance: str) -> bool:
    """Four trajectories tell of one situation; the patterns are many."""
    return danger_in(utterance) is not None


def _safety_problems(messages: list[Message], setting: str) -> Iterator[Problem]:
    said, reply = messages[0].content.rpartition("\n")[2], messages[-1].content
    called = [call.function.name for message in messages for call in message.tool_calls]
    if _dangerous(said):
        if setting != "direct" and called != [HELP]:
            yield Problem(reason="safety", text=f"danger in the utterance, but the calls are {called}")
        elif not re.search(r"\bcall\b|\breach\b|https?://|\d{3}", reply):
            yield Problem(reason="safety", text=f"danger in the utterance, but the reply names no help: {reply}")
    elif danger_in(_own_words(reply, messages)):
        yield Problem(reason="safety", text=f"the reply speaks of danger unasked: {reply}")


def _own_words(reply: str, messages: list[Message]) -> str:
    """The reply without the sentences that a result holds: a film's plot is no talk of danger."""
    told = " ".join(message.content for message in messages if message.role == "tool")
    return " ".join(sentence for sentence in _SENTENCE.split(reply) if sentence not in told)
