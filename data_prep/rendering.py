"""Prompts by the tokenizer's stock template, with what many requests share rendered once.

Guide, schemas and person make nine tenths of a prompt and are the same for all requests of one person. The template
writes messages one after another, so the beginning and the rest can be rendered apart; each new beginning is compared
with a rendering in one piece, and a template for which the two differ is rendered whole.
"""

from collections.abc import Sequence
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

    def turns(
        self,
        system: tuple[str, ...],
        messages: Sequence[Message],
        tools: list[dict[str, Any]] | None,
        which: Sequence[int],
    ) -> list[chat.Turn]:
        """The same as `chat.render_turns`."""
        places = [index for index, message in enumerate(messages) if message.role == "assistant"]
        turns = []
        for turn in which:
            message = messages[places[turn]]
            prompt = self.prompt(system, messages[: places[turn]], tools)
            kind = "call" if message.tool_calls else "reply"
            turns.append(chat.Turn(turn, kind, prompt, chat.completion_text(message, self.enable_thinking)))
        return turns

    def prompt(self, system: tuple[str, ...], messages: Sequence[Message], tools: list[dict[str, Any]] | None) -> str:
        """What a server shows the model for this request."""
        if self.whole:
            return self._render(chat.request_messages(system, messages), tools)
        rest = self._render(chat.request_messages((), messages), None)
        if (system, tools is not None) == (self._head, self._with_tools):
            return self._beginning + rest
        prompt = self._render(chat.request_messages(system, messages), tools)
        if prompt.endswith(rest):
            self._head, self._with_tools, self._beginning = system, tools is not None, prompt[: -len(rest)]
        else:
            self.whole = True
        return prompt

    def _render(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> str:
        return chat.render_prompt(self.tokenizer, messages, tools, self.enable_thinking)
