"""A judge model behind any OpenAI-compatible endpoint: what it answered is kept, so that scoring again needs no model."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
from pydantic import BaseModel, ConfigDict

from compass import recipe
from compass.endpoint import Endpoint, Sampling
from compass.errors import UserError
from compass.journal import Journal
from compass.llm import Client
from compass.schema import Strict
from eval.judge_rubric import Question
from eval.play import play_all

MOST_UNPARSED = 0.02
"""A larger share of answers that cannot be read fails the run."""


class JudgeSettings(BaseModel):
    """Keys of a judge's recipe (`recipes/eval/judge.yaml`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """The name under which the server knows the judge; take one of another family than the models it judges."""
    endpoint: Endpoint
    sampling: Sampling = Sampling(max_tokens=400)
    cache: Path = Path("data/judge")
    """Folder of the journal with its raw answers."""


class Raw(Strict):
    """An answer as it came."""

    text: str
    finish_reason: str


def load(path: Path) -> "Judge":
    """Reads a judge's recipe.

    Raises:
        UserError: Every problem at once, each with its place.
    """
    return Judge(JudgeSettings(**recipe.load(path, recipe.fields_of(JudgeSettings), required=("model", "endpoint"))))


class Judge:
    """Asks a judge, and remembers.

    Attributes:
        name: The judge's model.
        signature: 16 hex digits: model, sampling and thinking. The address is no part of it.
    """

    def __init__(self, settings: JudgeSettings) -> None:
        self.settings, self.name = settings, settings.model
        decides = [settings.model, settings.sampling.model_dump(), settings.endpoint.enable_thinking]
        self.signature = hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:16]

    async def answers(self, questions: Mapping[str, Question], title: str) -> dict[str, dict[str, Any] | None]:
        """An answer for each question, None for one that cannot be read; kept answers are not asked for again.

        Raises:
            UserError: The judge could not be reached, or more than 2 % of its answers cannot be read.
        """
        path = self.settings.cache / f"judge-{self.signature}.jsonl"
        asked = {question.key: question for question in questions.values()}
        with Journal(path, self.signature) as journal:
            if missing := {key: each for key, each in asked.items() if key not in journal.done}:
                await self._ask(missing, journal, title)
            raws = {key: Raw.model_validate(journal.done[key]) for key in asked}
        found = {key: read_answer(raws[key].text, question.schema) for key, question in asked.items()}
        self._need_readable(found, raws, path)
        return {name: found[question.key] for name, question in questions.items()}

    async def _ask(self, questions: Mapping[str, Question], journal: Journal, title: str) -> None:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(Client(self.settings.endpoint, self.name))
            jobs = {key: partial(self._one, client, question) for key, question in questions.items()}
            await play_all(jobs, journal, self.settings.endpoint.concurrency, f"{self.name}, {title}")

    async def _one(self, client: Client, question: Question) -> Raw:
        shape = {"name": "answer", "strict": True, "schema": question.schema}
        extra = {"response_format": {"type": "json_schema", "json_schema": shape}}
        done = await client.complete(list(question.messages), None, self.settings.sampling, extra=extra)
        return Raw(text=done.text, finish_reason=done.finish_reason)

    def _need_readable(self, found: Mapping[str, Any], raws: Mapping[str, Raw], path: Path) -> None:
        unread = [key for key, answer in found.items() if answer is None]
        if len(unread) > MOST_UNPARSED * len(found):
            raise UserError(
                f"{len(unread)} of {len(found)} answers of {self.name} cannot be read, more than {MOST_UNPARSED:.0%}; the first:"
                f" {raws[unread[0]].text[:120]!r} ({raws[unread[0]].finish_reason}). They are not scores, so there is no result."
                f" Take a judge or a server that keeps to a JSON Schema, or a larger max_tokens, and delete {path} to ask again."
            )


def read_answer(text: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The JSON object of an answer, thoughts before it passed over; None unless it fits the schema exactly."""
    try:
        answer = json.loads(text.rsplit("</think>", 1)[-1].strip().removesuffix("<|im_end|>"))
        jsonschema.validate(answer, schema)
    except (ValueError, RecursionError, jsonschema.ValidationError):
        return None
    return answer
