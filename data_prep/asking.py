"""Asking a teacher model for JSON: bounded requests that slow down when the server says so, retries, a count of tokens.

A failure is never an answer: what could not be had after all attempts raises `Unanswered` and is asked again next time.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from compass.completion import Completion
from compass.endpoint import InfrastructureError, Sampling
from compass.jsonl import problems_of
from compass.llm import Client

Answer = TypeVar("Answer", bound=BaseModel)

GROWS = 1.0  # requests in flight that a full round of successes adds
SHRINKS = 0.5  # share that is left after the server has asked to slow down
SHORTEST_WAIT_S = 0.25


class Unanswered(Exception):
    """No usable answer after all attempts; says why."""


class Throttle:
    """How many requests may be under way: grows by one a round, halves on "too many requests" (as TCP does)."""

    def __init__(self, most: int) -> None:
        self.most, self.limit, self.under_way = most, float(most), 0
        self._free = asyncio.Condition()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """A place among the requests under way."""
        async with self._free:
            await self._free.wait_for(lambda: self.under_way < max(int(self.limit), 1))
            self.under_way += 1
        try:
            yield
        finally:
            async with self._free:
                self.under_way -= 1
                self._free.notify_all()

    def succeeded(self) -> None:
        """Grows a little."""
        self.limit = min(self.most, self.limit + GROWS / self.limit)

    def refused(self) -> None:
        """Shrinks at once."""
        self.limit = max(1.0, self.limit * SHRINKS)


class Spent(BaseModel):
    """What answers took, unusable ones with them."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, completion: Completion) -> None:
        """Counts one request."""
        self.requests += 1
        self.prompt_tokens += completion.prompt_tokens
        self.completion_tokens += completion.completion_tokens


class Asker:
    """Asks one model for answers of a given shape."""

    def __init__(self, client: Client, most: int, sampling: Sampling, attempts: int, longest_wait_s: float) -> None:
        self.client, self.sampling, self.attempts = client, sampling, attempts
        self.throttle, self.longest_wait_s = Throttle(most), longest_wait_s
        self.faults = Counter[str]()

    async def ask(
        self, messages: list[dict[str, Any]], shape: type[Answer], schema: dict[str, Any], spent: Spent
    ) -> Answer:
        """An answer that validates.

        Args:
            messages: The request.
            shape: What the answer must be.
            schema: The same as a JSON Schema for the server, possibly narrower.
            spent: What every request is added to.

        Raises:
            Unanswered: No attempt gave a usable answer.
            UserError: The server does not know the key, the model or the path.
        """
        reason = ""
        for attempt in range(self.attempts):
            try:
                completion = await self._complete(messages, schema, shape.__name__, attempt)
                spent.add(completion)
                return _read(completion, shape)
            except InfrastructureError as error:
                reason = str(error)
                self.faults[error.kind] += 1
                if error.kind == "refused":
                    break
                await asyncio.sleep(self._pause(attempt, error.retry_after))
            except ValueError as error:
                reason = str(error)
                self.faults["unusable"] += 1
        raise Unanswered(f"{reason} ({attempt + 1} attempts)")

    async def _complete(
        self, messages: list[dict[str, Any]], schema: dict[str, Any], name: str, attempt: int
    ) -> Completion:
        shape = {"type": "json_schema", "json_schema": {"name": name.lower(), "schema": schema}}
        sampling = self.sampling.model_copy(update={"seed": self.sampling.seed + attempt})
        async with self.throttle.slot():
            try:
                completion = await self.client.complete(messages, None, sampling, extra={"response_format": shape})
            except InfrastructureError as error:
                if error.kind == "rate_limit":
                    self.throttle.refused()
                raise
        self.throttle.succeeded()
        return completion

    def _pause(self, attempt: int, asked: float | None) -> float:
        return min(asked if asked is not None else SHORTEST_WAIT_S * 2**attempt, self.longest_wait_s)


def _read(completion: Completion, shape: type[Answer]) -> Answer:
    if completion.finish_reason == "length":
        raise ValueError("the answer was cut at the token limit")
    text = completion.text.strip().removesuffix("<|im_end|>").strip()
    if not text:
        raise ValueError("the answer was empty")
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        raise ValueError(f"not the shape asked for: {problems_of(error)[:300]}") from None
