"""Prompts by the tokenizer's stock template, with what many requests share rendered once.

Guide, schemas and person make nine tenths of a prompt and are the same for all requests of one person; the requests of a
history begin with one another. The template writes messages one after another, so the beginning and the rest can be
rendered apart, and a longer request is a shorter one with more behind it. Each new beginning and each new kind of growth is
compared with a rendering in one piece; where the two differ, everything of that kind is rendered whole.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from compass import chat
from compass.schema import Message


class Renderer:
    """Renders the requests of a data set, best person by person."""

    def __init__(self, tokenizer: Any, enable_thinking: bool) -> None:
        self.tokenizer, self.enable_thinking = tokenizer, enable_thinking
        self.whole = False  # the template does not allow rendering in parts
        self._head: tuple[str, ...] = ()
        self._with_tools = False
        self._beginning = ""
        self._grows: dict[Hashable, bool] = {}  # kind of growth to whether the template allows it

    def turns(
        self,
        system: tuple[str, ...],
        messages: Sequence[Message],
        tools: list[dict[str, Any]] | None,
        which: Sequence[int],
    ) -> list[chat.Turn]:
        """The same as `chat.render_turns`."""
        places = [index for index, message in enumerate(messages) if message.role == "assistant"]
        turns, count, text = [], 0, ""
        for turn in which:
            message = messages[places[turn]]
            if not self.whole:
                count, text = places[turn], self._rest(messages[: places[turn]], count, text)
            prompt = self._prompt(system, messages[: places[turn]], tools, text)
            kind = "call" if message.tool_calls else "reply"
            turns.append(chat.Turn(turn, kind, prompt, chat.completion_text(message, self.enable_thinking)))
        return turns

    def _prompt(
        self, system: tuple[str, ...], messages: Sequence[Message], tools: list[dict[str, Any]] | None, rest: str
    ) -> str:
        """What a server shows the model for this request; `rest` is all of it but the beginning."""
        if not self.whole and (system, tools is not None) == (self._head, self._with_tools):
            return self._beginning + rest
        prompt = self._render(chat.request_messages(system, messages), tools)
        if not self.whole and prompt.endswith(rest):
            self._head, self._with_tools, self._beginning = system, tools is not None, prompt[: -len(rest)]
        else:
            self.whole = True
        return prompt

    def _rest(self, messages: Sequence[Message], count: int, text: str) -> str:
        """The messages rendered without a beginning, when the first `count` of them give `text`."""
        if not count:
            return self._render(chat.request_messages((), messages), None)
        kind = _kind_of_growth(messages, count)
        if self._grows.get(kind, True):
            opened = text.rfind(chat.IM_START)  # of the turn that the model would write
            grown = text[:opened] + self._render(chat.request_messages((), messages[count:]), None)
            if kind in self._grows:
                return grown
        whole = self._render(chat.request_messages((), messages), None)
        if kind not in self._grows:
            self._grows[kind] = grown == whole
        return whole

    def _render(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> str:
        return chat.render_prompt(self.tokenizer, messages, tools, self.enable_thinking)


def _kind_of_growth(messages: Sequence[Message], count: int) -> Hashable:
    """What a template may look at when messages are added: their kinds, and the thoughts before them."""
    kinds = tuple(
        (each.role, bool(each.content), bool(each.tool_calls), bool(each.reasoning_content))
        for each in messages[count - 1 :]
    )
    return kinds, any(each.reasoning_content for each in messages[:count])
