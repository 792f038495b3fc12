"""The serving engine: a vLLM server of ours with the base and all adapters, or servers that are already there."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Self

import httpx

from compass.completion import Completion
from compass.endpoint import Endpoint, InfrastructureError
from compass.errors import UserError
from compass.format import Format
from compass.llm import Client
from compass.rollout import Complete
from eval.checkpoint import Model
from eval.server import Server
from eval.settings import Settings

_TOO_LONG = ("maximum context length", "max_model_len", "is longer than the maximum model length")


class VllmEngine:
    """Starts a server on entering, unless addresses are given, and ends it on leaving."""

    def __init__(self, models: Sequence[Model], format: Format, settings: Settings, base_urls: Sequence[str]) -> None:
        self._models, self._format, self._settings = list(models), format, settings
        self._base_urls = tuple(base_urls)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        urls, revive = self._base_urls, None
        if urls:
            for url in urls:
                await _check_serves(url, self._models)
        else:
            adapters = {model.name: model.adapter for model in self._models if model.adapter}
            first = self._models[0]
            settings = self._settings.server.model_copy(update={"revision": first.revision})
            server = await self._stack.enter_async_context(Server(first.weights, adapters, settings=settings))
            urls, revive = (server.base_url,), server.ensure_alive
        try:
            self._clients = {model.name: await self._client(model, urls, revive) for model in self._models}
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *exc: Any) -> None:
        await self._stack.__aexit__(*exc)

    async def _client(
        self, model: Model, urls: tuple[str, ...], revive: Callable[[], Awaitable[object]] | None
    ) -> Client:
        thinking = self._format.enable_thinking or model.thinks
        endpoint = Endpoint(base_urls=urls, enable_thinking=thinking, concurrency=self._settings.concurrency)
        return await self._stack.enter_async_context(Client(endpoint, model.name, revive))

    def of(self, model: Model, trial: int = 0) -> Complete:
        """The door to one model; each trial draws anew."""
        client, sampling = self._clients[model.name], self._settings.sampling(trial)

        async def complete(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Completion:
            try:
                return await client.complete(messages, tools, sampling)
            except InfrastructureError as error:
                if error.kind == "refused" and any(words in error.detail for words in _TOO_LONG):
                    return Completion("", "context", 0, 0, 0, 0.0)
                raise

        return complete

    def faults(self, model: Model) -> dict[str, int]:
        """How often requests to the model met which fault."""
        return dict(self._clients[model.name].faults)


async def _check_serves(url: str, models: Sequence[Model]) -> None:
    """Raises UserError unless a server answers there that knows the models."""
    address = Endpoint(base_urls=(url,)).base_urls[0]
    try:
        async with httpx.AsyncClient(timeout=30.0) as http:
            answer = await http.get(f"{address}/models")
            listed = {entry["id"] for entry in answer.json()["data"]}
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        reason = str(error) or type(error).__name__
        raise UserError(f"No model server answers at {url} ({reason}). Start it, or leave out --base-url.") from None
    if missing := [model.name for model in models if model.name not in listed]:
        raise UserError(
            f"The server at {url} does not serve {', '.join(missing)}; it serves {', '.join(sorted(listed))}."
            " Serve the checkpoints under their folder names (--lora-modules NAME=PATH)."
        )
