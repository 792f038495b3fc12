"""Asking a teacher model for JSON until the answer has the right shape.

Requests are bounded and slow down when the server says so; tokens are counted. A failure is never an answer: what
could not be had after all attempts raises `Unanswered` and is asked again next time.
"""

import asyncio
import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from compass.completion import Completion
from compass.endpoint import InfrastructureError, Sampling
from compass.journal import Journal
from compass.jsonl import problems_of
from compass.llm import Client

Answer = TypeVar("Answer", bound=BaseModel)

SHRINKS = 0.5  # share of the requests in flight that is left after the server has asked to slow down
SHORTEST_WAIT_S = 0.25
MAX_TOKENS = 2048


class Throttle:
    """How many requests may be under way: one more for each full round of answers, half after "too many requests".

    As TCP does it: of the requests that were under way together, the first refusal halves, the others say nothing new.
    """

    def __init__(self, most: int) -> None:
        self.most, self.limit, self.under_way = most, float(most), 0
        self._era = 0  # grows with every halving
        self._free = asyncio.Condition()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[int]:
        """A place among the requests under way; gives the era that `refused` asks for."""
        async with self._free:
            await self._free.wait_for(lambda: self.under_way < int(self.limit))
            self.under_way += 1
        try:
            yield self._era
        finally:
            async with self._free:
                self.under_way -= 1
                self._free.notify_all()

    def succeeded(self) -> None:
        """Grows a little."""
        self.limit = min(self.most, self.limit + 1 / self.limit)

    def refused(self, era: int) -> None:
        """Shrinks, unless it has shrunk since that request began."""
        if era == self._era:
            self.limit = max(1.0, self.limit * SHRINKS)
            self._era += 1


class Spent(BaseModel):
    """What answers took, unusable ones and those of items that were given up with them."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, completion: Completion) -> None:
        """Counts one request."""
        self.requests += 1
        self.prompt_tokens += completion.prompt_tokens
        self.completion_tokens += completion.completion_tokens

    def include(self, other: dict[str, int]) -> None:
        """Counts what something else took."""
        for name, count in other.items():
            setattr(self, name, getattr(self, name) + count)


class Unanswered(Exception):
    """No usable answer after all attempts; says why, and what the attempts took."""

    def __init__(self, reason: str, spent: Spent) -> None:
        super().__init__(reason)
        self.spent = spent


class Losses:
    """Requests that were given up and what they took, in `journal/unanswered.jsonl`: paid for, so part of the bill."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "unanswered.jsonl"

    def add(self, id: str, reason: str, spent: Spent) -> None:
        """Notes an item; on return it is on disk."""
        line = json.dumps({"id": id, "reason": reason, "spent": spent.model_dump()}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def spent(self) -> Iterator[dict[str, int]]:
        """What each of them took; a line that a crash cut short is left out."""
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").split("\n")[:-1]:
                yield json.loads(line)["spent"]


class Asker:
    """Asks one model for answers of a given shape.

    Usable answers are kept in the journal `answers` by a hash of what was asked: an item that is begun anew, since it was
    cut short or one of its requests failed, is not paid twice.
    """

    def __init__(
        self, client: Client, most: int, sampling: Sampling, attempts: int, longest_wait_s: float, answers: Journal
    ) -> None:
        self.client, self.sampling, self.attempts = client, sampling, attempts
        self.throttle, self.longest_wait_s = Throttle(most), longest_wait_s
        self.answers, self.faults = answers, Counter[str]()

    async def ask(
        self,
        messages: list[dict[str, Any]],
        shape: type[Answer],
        schema: dict[str, Any],
        spent: Spent,
        max_tokens: int = MAX_TOKENS,
        keep: bool = True,
    ) -> Answer:
        """An answer that validates.

        Args:
            messages: The request.
            shape: What the answer must be.
            schema: The same as a JSON Schema for the server, possibly narrower.
            spent: What every request is added to.
            max_tokens: Longest answer.
            keep: Whether the answer may be used again should the same be asked again.

        Raises:
            Unanswered: No attempt gave a usable answer.
            UserError: The server does not know the key, the model or the path.
        """
        key = self._key(messages, schema)
        if key in self.answers.done:
            kept = self.answers.done[key]
            spent.include(kept["spent"])
            return shape.model_validate_json(kept["text"])
        own = Spent()
        try:
            answer = await self._ask(messages, shape, schema, own, max_tokens)
        finally:
            spent.include(own.model_dump())
        if keep and key not in self.answers.done:
            self.answers.add(key, {"text": answer.model_dump_json(), "spent": own.model_dump()})
        return answer

    def _key(self, messages: list[dict[str, Any]], schema: dict[str, Any]) -> str:
        asked = [self.client.model, self.sampling.model_dump(), messages, schema]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]

    async def _ask(
        self, messages: list[dict[str, Any]], shape: type[Answer], schema: dict[str, Any], spent: Spent, max_tokens: int
    ) -> Answer:
        reason = ""
        for attempt in range(self.attempts):
            try:
                completion = await self._complete(messages, schema, shape.__name__, attempt, max_tokens)
                spent.add(completion)
                return _read(completion, shape)
            except InfrastructureError as error:
                reason = str(error)
                self.faults[error.kind] += 1
                if error.kind == "refused":
                    break
                if attempt + 1 < self.attempts:
                    await asyncio.sleep(self._pause(attempt, error.retry_after))
            except ValueError as error:
                reason = str(error)
                self.faults["unusable"] += 1
        raise Unanswered(f"{reason} ({attempt + 1} attempts)", spent)

    async def _complete(
        self, messages: list[dict[str, Any]], schema: dict[str, Any], name: str, attempt: int, max_tokens: int
    ) -> Completion:
        shape = {"type": "json_schema", "json_schema": {"name": name.lower(), "schema": schema}}
        sampling = self.sampling.model_copy(update={"seed": self.sampling.seed + attempt, "max_tokens": max_tokens})
        async with self.throttle.slot() as era:
            try:
                completion = await self.client.complete(messages, None, sampling, extra={"response_format": shape})
            except InfrastructureError as error:
                if error.kind == "rate_limit":
                    self.throttle.refused(era)
                raise
        self.throttle.succeeded()
        return completion

    def _pause(self, attempt: int, asked: float | None) -> float:
        wait = SHORTEST_WAIT_S * 2**attempt * random.uniform(0.5, 1.5) if asked is None else asked  # not all at once
        return min(wait, self.longest_wait_s)


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
