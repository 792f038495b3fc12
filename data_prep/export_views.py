"""Trajectories in the forms that other trainers read.

OpenAI messages, single turns, ShareGPT, preference pairs. People's and tools' text is made harmless (`compass.chat`),
as in training and serving. `arguments` stays a JSON string.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from compass import chat, prompt
from compass.prompt import PromptStyle
from compass.schema import Message, Trajectory, User, canonical_json
from data_prep.convert import round_of_turns

Row = dict[str, Any]
NEXT_RESULT = "\n</tool_response>\n<tool_response>\n"  # how LLaMA-Factory itself puts two results into one turn


class View(NamedTuple):
    """What the data recipe says about the format."""

    style: PromptStyle
    enable_thinking: bool

    def head(self, trajectory: Trajectory, user: User) -> tuple[tuple[str, ...], list[Row]]:
        """(system texts, tool schemas) of a trajectory's requests; no schemas in the direct setting."""
        system = prompt.system(user, trajectory.setting, self.style)
        return system, prompt.tools(trajectory.setting, self.style) or []


def person_row(user: User) -> Row:
    """A person of the bench."""
    return user.model_dump(mode="json")


def conversation(trajectory: Trajectory, user: User, view: View) -> Row:
    """The record as it is in the native format, with the system texts and schemas that requests add."""
    system, tools = view.head(trajectory, user)
    return trajectory.model_dump(mode="json") | {"system": list(system), "tools": tools}


def messages_row(trajectory: Trajectory, user: User, view: View) -> Row:
    """The whole conversation; `weight` 1 marks the assistant turns to learn, 0 those that are only there to be read."""
    system, tools = view.head(trajectory, user)
    messages = chat.request_messages(system, trajectory.messages)
    turn = 0
    for message in messages:
        if message["role"] == "assistant":
            message["weight"] = int(turn in trajectory.train_on)
            turn += 1
    return {"id": trajectory.id, "messages": messages, "tools": tools}


def turn_rows(trajectory: Trajectory, user: User, view: View) -> Iterator[Row]:
    """One row for each turn to learn: the request as a server gets it, and the turn."""
    system, tools = view.head(trajectory, user)
    rounds = round_of_turns(trajectory)
    for turn, before, message in _learned(trajectory):
        yield {
            "id": f"{trajectory.id}#{turn}", "user_id": user.id, "setting": trajectory.setting,
            "situation_id": trajectory.rounds[rounds[turn]].situation_id,
            "prompt": chat.request_messages(system, before), "completion": chat.request_messages((), [message]),
            "tools": tools, "chat_template_kwargs": {"enable_thinking": view.enable_thinking},
        }  # fmt: skip


def sharegpt_rows(trajectory: Trajectory, user: User, view: View) -> Iterator[Row]:
    """The same as ShareGPT; only the last turn of a row is to be learned."""
    system, tools = view.head(trajectory, user)
    for turn, before, message in _learned(trajectory):
        yield {
            "id": f"{trajectory.id}#{turn}", "system": _one_system(system), "tools": _tools_text(tools),
            "conversations": _sharegpt([*before, message]),
        }  # fmt: skip


def pair_rows(kept: Sequence[Trajectory], user: User, view: View) -> Iterator[tuple[Row, Row]]:
    """The first call of each preferred trajectory against that of its dispreferred twin: (conversational, ShareGPT)."""
    known = {trajectory.id: trajectory for trajectory in kept}
    for trajectory in kept:
        twin = known.get(f"{trajectory.id}-dispreferred")
        if twin is None or "rejected" in (trajectory.review.status, twin.review.status):
            continue
        if twin.messages[0] != trajectory.messages[0]:  # a reviewer edited the words of one of the two
            continue
        system, tools = view.head(trajectory, user)
        opening, chosen = trajectory.messages[:2]
        rejected = twin.messages[1]
        yield {
            "id": trajectory.id, "user_id": user.id, "situation_id": trajectory.rounds[0].situation_id,
            "prompt": chat.request_messages(system, [opening]), "chosen": chat.request_messages((), [chosen]),
            "rejected": chat.request_messages((), [rejected]), "tools": tools,
            "chat_template_kwargs": {"enable_thinking": view.enable_thinking},
        }, {
            "id": trajectory.id, "system": _one_system(system), "tools": _tools_text(tools),
            "conversations": _sharegpt([opening]), "chosen": _sharegpt([chosen])[0], "rejected": _sharegpt([rejected])[0],
        }  # fmt: skip


def _learned(trajectory: Trajectory) -> Iterator[tuple[int, tuple[Message, ...], Message]]:
    """(turn, messages before it, the message) of each assistant turn to learn."""
    places = [index for index, message in enumerate(trajectory.messages) if message.role == "assistant"]
    for turn in trajectory.train_on:
        yield turn, trajectory.messages[: places[turn]], trajectory.messages[places[turn]]


def _one_system(system: Sequence[str]) -> str:
    return "\n\n".join(map(chat.harmless, system))


def _tools_text(tools: list[Row]) -> str:
    return canonical_json([tool["function"] for tool in tools]) if tools else ""


def _sharegpt(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Turns that alternate: results of one turn are joined; words before a call keep Qwen's own spelling of the call."""
    turns: list[dict[str, str]] = []
    for message, openai in zip(messages, chat.request_messages((), messages)):
        if message.role == "user":
            turns.append({"from": "human", "value": openai["content"]})
        elif message.role == "tool" and turns[-1]["from"] == "observation":
            turns[-1]["value"] += NEXT_RESULT + openai["content"]
        elif message.role == "tool":
            turns.append({"from": "observation", "value": openai["content"]})
        elif message.tool_calls and not message.content:
            calls = [
                {"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}
                for call in openai["tool_calls"]
            ]
            turns.append({"from": "function_call", "value": canonical_json(calls if len(calls) > 1 else calls[0])})
        else:
            turns.append({"from": "gpt", "value": chat.completion_text(message).removesuffix(chat.IM_END)})
    return turns
