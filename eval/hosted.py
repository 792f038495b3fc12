"""A hosted model as one more contestant: asked over its own endpoint, with its server parsing the calls."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from compass import recipe
from compass.completion import Completion
from compass.endpoint import Endpoint
from compass.llm import Client
from compass.rollout import Complete
from eval.checkpoint import Model
from eval.settings import Settings


class HostedSettings(BaseModel):
    """Keys of a hosted model's recipe (`recipes/eval/hosted.yaml`); the file's name is the name in tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """The name under which the server knows it."""
    endpoint: Endpoint


def load(path: Path) -> Model:
    """The model of a recipe; its results lie in `checkpoints/<name of the file>/`.

    Raises:
        UserError: Every problem at once, each with its place.
    """
    fields = recipe.fields_of(HostedSettings)
    settings = HostedSettings(**recipe.load(path, fields, required=("model", "endpoint")))
    asked = [settings.model, settings.endpoint.dialect, settings.endpoint.enable_thinking]
    sha = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
    folder = Path("checkpoints") / path.stem
    return Model(path.stem, settings.model, None, None, folder, sha, settings.endpoint)


class HostedEngine:
    """Opens a client on entering. All models of one engine have one name at one endpoint."""

    def __init__(self, models: Sequence[Model], settings: Settings) -> None:
        self._model, self._settings = models[0], settings

    async def __aenter__(self) -> Self:
        self._client = Client(self._model.hosted, self._model.weights)
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *exc: Any) -> None:
        await self._client.__aexit__(*exc)

    def of(self, model: Model, trial: int = 0) -> Complete:
        """The door to the model; each trial draws anew."""
        sampling = self._settings.sampling(trial)

        async def complete(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Completion:
            return await self._client.complete(answerable(messages), tools, sampling, tool_choice="auto")

        return complete

    def faults(self, model: Model) -> dict[str, int]:
        """How often requests met which fault."""
        return dict(self._client.faults)


def answerable(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages as hosted servers take them: a result must answer a call, so the error that follows a turn whose call could
    not be read is told by the user instead."""
    called: set[str] = set()
    taken = []
    for message in messages:
        called |= {call["id"] for call in message.get("tool_calls") or ()}
        if message["role"] == "tool" and message["tool_call_id"] not in called:
            message = {"role": "user", "content": message["content"]}
        taken.append(message)
    return taken
