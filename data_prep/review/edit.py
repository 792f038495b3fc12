"""Edits of a record put in place, changed calls run again in their world."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from compass.chat import CALL_CLOSE, CALL_OPEN, harmless, parse_reply
from compass.prompt import round_text
from compass.rollout import open_world
from compass.schema import Function, Message, Strict, Trajectory, User, canonical_json
from compass.tools import call
from compass.tools.world import Richer
from data_prep.checks import Problem
from data_prep.leaks import NEAR, bare, likeness

MOST_CHARS = 20_000


class Edit(Strict):
    """One changed text.

    Args:
        message: Place of the message in the trajectory.
        field: `utterance` of a user message, `content` of an assistant message, `arguments` of its call number `call`.
    """

    message: Annotated[int, Field(ge=0)]
    field: Literal["utterance", "content", "arguments"]
    call: Annotated[int, Field(ge=0)] = 0
    text: Annotated[str, Field(max_length=MOST_CHARS)]


class Unusable(Exception):
    """An edit that makes no record: says what is wrong with it."""


class Said(NamedTuple):
    """The parts of a user message."""

    reaction: str | None
    utterance: str


def round_number(trajectory: Trajectory, place: int) -> int:
    """The round, from 0, that a message belongs to."""
    return sum(message.role == "user" for message in trajectory.messages[: place + 1]) - 1


def said_at(trajectory: Trajectory, place: int) -> Said:
    """Takes apart what `compass.prompt.round_text` put together; a reaction stands in later rounds of a history only.

    Raises:
        Unusable: It was put together in another way.
    """
    number, content = round_number(trajectory, place), trajectory.messages[place].content
    text = content.partition("\n")[2]
    reaction, gap, utterance = text.partition("\n\n")
    reacts = gap and number and trajectory.setting == "history"
    said = Said(reaction, utterance) if reacts else Said(None, text)
    if round_text(trajectory.rounds[number].at, said.utterance, said.reaction) != content:
        raise Unusable("this user message is not in the form of a round, so its utterance cannot be edited")
    return said


def edited(trajectory: Trajectory, user: User, edits: Sequence[Edit], richer: Richer | None) -> Trajectory:
    """The record with the edits in their places and the results that changed calls have now.

    Args:
        richer: The model behind some apps with which the record was made.

    Raises:
        Unusable: A place that does not exist or a text that cannot stand there.
    """
    messages, calls = list(trajectory.messages), set[tuple[int, int]]()
    for each in edits:
        if each.message >= len(messages):
            raise Unusable(f"there is no message {each.message}")
        messages[each.message] = _put(trajectory, messages[each.message], each)
        calls |= {(each.message, each.call)} if each.field == "arguments" else set()
    if calls:
        messages = _rerun(trajectory, user, messages, calls, richer)
    made = trajectory.model_copy(update={"messages": tuple(messages)})
    return Trajectory.model_validate(made.model_dump(mode="json"))


def _put(trajectory: Trajectory, message: Message, edit: Edit) -> Message:
    """The message with one text replaced; it may hold earlier edits of the same request."""
    text = edit.text.strip()
    if harmless(text) != text:
        raise Unusable("the text holds one of the model's control tokens; write it another way")
    if message.role == "user" and edit.field == "utterance":
        utterance = " ".join(text.split())  # one line, as teachers write them
        if not utterance:
            raise Unusable("the utterance is empty")
        made = trajectory.rounds[round_number(trajectory, edit.message)]
        reaction = said_at(trajectory, edit.message).reaction
        return message.model_copy(update={"content": round_text(made.at, utterance, reaction)})
    if message.role == "assistant" and edit.field == "content":
        if not text and not message.tool_calls:
            raise Unusable("the reply is empty")
        return message.model_copy(update={"content": text})
    if edit.field != "arguments" or edit.call >= len(message.tool_calls):
        raise Unusable(f"message {edit.message} has no {edit.field} {edit.call} to edit")
    calls = list(message.tool_calls)
    before = calls[edit.call]
    calls[edit.call] = before.model_copy(update={"function": arguments(before.function.name, text)})
    return message.model_copy(update={"tool_calls": tuple(calls)})


def arguments(name: str, text: str) -> Function:
    """A call with typed arguments, read as strictly as a model's.

    Raises:
        Unusable: They are no JSON object.
    """
    reply = parse_reply(f'{CALL_OPEN}\n{{"name": {canonical_json(name)}, "arguments": {text}\n}}\n{CALL_CLOSE}')
    if reply.error or len(reply.calls) != 1 or reply.calls[0].name != name:
        raise Unusable(f"the arguments of {name} are not one JSON object ({reply.error or 'something follows it'})")
    return reply.calls[0]


def _rerun(
    trajectory: Trajectory, user: User, messages: list[Message], calls: set[tuple[int, int]], richer: Richer | None
) -> list[Message]:
    """The messages with the results of the edited calls, and of those that come out differently after them.

    Other results stay as recorded: those of imported records came from other worlds than ours.
    """
    before = _results(trajectory, user, trajectory.messages, richer)
    after = _results(trajectory, user, messages, richer)
    for place, (source, content) in after.items():
        if source in calls or before[place] != (source, content):
            messages[place] = messages[place].model_copy(update={"content": content})
    return messages


def _results(
    trajectory: Trajectory, user: User, messages: Sequence[Message], richer: Richer | None
) -> dict[int, tuple[tuple[int, int], str]]:
    """For each result by its place: (message, number) of its call, and what the app returns."""
    first = trajectory.rounds[0]
    seed_id = user.id if trajectory.setting == "history" else first.situation_id
    world, rounds = open_world(user, seed_id, first.at, richer), iter(trajectory.rounds)
    found, waiting = {}, {}
    for place, message in enumerate(messages):
        if message.role == "user":
            world.advance(next(rounds).at)
        elif message.role == "assistant":
            waiting = {each.id: ((place, number), each.function) for number, each in enumerate(message.tool_calls)}
        elif message.tool_call_id in waiting:
            source, function = waiting[message.tool_call_id]
            found[place] = (source, call(world, function.name, function.arguments).content)
    return found


def repeated(utterances: Iterable[str], held_out: Sequence[tuple[str, str]]) -> list[Problem]:
    """Utterances that say, exactly or nearly, what a person held out for testing says.

    Args:
        held_out: (situation, bare utterance) of the test people.
    """
    return [
        Problem(reason="near_duplicate", text=f"{utterance!r} is like what {owner}, held out for testing, says")
        for utterance in utterances
        for owner, other in held_out
        if likeness(bare(utterance), other) >= NEAR
    ]


def new_utterances(before: Trajectory, after: Trajectory) -> list[str]:
    """The utterances that edits changed, as they are now."""
    return [
        said_at(after, place).utterance
        for place, (old, new) in enumerate(zip(before.messages, after.messages))
        if new.role == "user" and new != old
    ]
