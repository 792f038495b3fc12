"""An async client for OpenAI-compatible servers: ours (vLLM), somebody else's, or several behind one model name.

Every sampling field travels with every request, since a server's own defaults come from the model's files and differ.
A fault of the server or the network is retried and then raised as `InfrastructureError`; it is never an answer, so that
it is never held against the model. What the model did say comes back raw, empty text and all.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from compass.completion import Completion, read_completion, read_logprob, read_tokens
from compass.endpoint import Endpoint, InfrastructureError, Sampling
from compass.errors import UserError

_VLLM_ONLY = {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}  # fields outside OpenAI's API, and their "off"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REST_S = 5.0  # how long a server that could not be reached is passed over while there are others

Messages = Sequence[dict[str, Any]]


class _Lane:
    """One server, with what is under way there."""

    def __init__(self, url: str, api_key: str | None, timeout_s: float) -> None:
        self.url = url
        self.in_flight = 0
        self.resting_until = 0.0
        local = urlsplit(url).hostname in _LOOPBACK  # a proxy of the environment cannot know our loopback
        self.client = openai.AsyncOpenAI(
            base_url=url,
            api_key=api_key or "none",
            max_retries=0,
            timeout=timeout_s,
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not local, timeout=timeout_s),
        )


class Client:
    """Asks one model, at one or several servers. Belongs to one event loop; use it as an async context manager.

    Attributes:
        faults: How often each kind of fault was met, also those that a later attempt made good.
    """

    def __init__(self, endpoint: Endpoint, model: str, revive: Callable[[], Awaitable[object]] | None = None) -> None:
        """`revive` is awaited before another attempt when a server was down (`Server.ensure_alive`).

        Raises:
            UserError: The variable that should hold the API key is not set.
        """
        self.endpoint, self.model, self.faults = endpoint, model, Counter[str]()
        self._revive = revive
        self._key = _read_key(endpoint.api_key_env)
        self._lanes = [_Lane(url, self._key, endpoint.timeout_s) for url in endpoint.base_urls]
        self._turn = 0
        self._slots = asyncio.Semaphore(endpoint.concurrency)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for lane in self._lanes:
            await lane.client.close()

    async def complete(
        self,
        messages: Messages,
        tools: Sequence[dict[str, Any]] | None,
        sampling: Sampling,
        tool_choice: str = "none",
        extra: dict[str, Any] | None = None,
    ) -> Completion:
        """Asks for one reply.

        With `tool_choice="none"` a vLLM server still shows the tools to the model and returns its raw text.
        `extra` adds to the request's body or replaces fields of it.

        Raises:
            InfrastructureError: Every attempt failed, or the server would not take the request.
            UserError: The server does not know the key, the model or the path; or cannot do what `sampling` asks.
        """
        body = {"model": self.model, "messages": list(messages), **self._sampling_fields(sampling)}
        if tools:  # vLLM refuses an empty list
            body |= {"tools": list(tools), "tool_choice": tool_choice}
        if self.endpoint.dialect == "vllm":
            body |= {"skip_special_tokens": False, **self._template_fields()}
        return await self._ask("/chat/completions", body | (extra or {}), read_completion)

    async def tokenize(self, messages: Messages, tools: Sequence[dict[str, Any]] | None = None) -> list[int]:
        """The prompt's token ids as the server will see them; vLLM only. Raises as `complete` does."""
        body = {"model": self.model, "messages": list(messages), "add_generation_prompt": True}
        if tools:
            body |= {"tools": list(tools)}
        return await self._ask("/tokenize", body | self._template_fields(), read_tokens)

    async def logprob(self, prompt: Sequence[int], token: int) -> float:
        """Natural-log probability that `token` follows the tokens of `prompt`; vLLM only. Raises as `complete` does.

        The token is made the only one allowed; vLLM reports probabilities from before that.
        """
        body = {"model": self.model, "prompt": list(prompt), "max_tokens": 1, "temperature": 0.0}
        body |= {"allowed_token_ids": [token], "logprobs": 0, "return_token_ids": True}
        return await self._ask("/completions", body, lambda *answer: read_logprob(token, *answer))

    def _template_fields(self) -> dict[str, Any]:
        return {"chat_template_kwargs": {"enable_thinking": self.endpoint.enable_thinking}}

    def _sampling_fields(self, sampling: Sampling) -> dict[str, Any]:
        fields = sampling.model_dump()
        if self.endpoint.dialect == "vllm":
            return fields
        for name, off in _VLLM_ONLY.items():
            if fields.pop(name) != off:
                raise UserError(
                    f"{name} is not part of OpenAI's API, so {self._lanes[0].url} would not follow it. Set it to {off},"
                    " or set the endpoint's dialect to vllm if a vLLM server answers there."
                )
        return fields

    async def _ask(self, path: str, body: dict[str, Any], read: Callable[[bytes, str, float], Any]) -> Any:
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, InfrastructureError) and error.kind != "refused"),
            stop=stop_after_attempt(self.endpoint.attempts),
            wait=self._pause,
            before_sleep=self._before_retry,
            reraise=True,
        )
        try:
            return await retrying(self._attempt, path, body, read)
        except InfrastructureError as error:
            error.attempts = retrying.statistics["attempt_number"]
            raise

    def _pause(self, state: RetryCallState) -> float:
        error, longest = _error_of(state), self.endpoint.longest_wait_s
        if error.retry_after is not None:
            return min(error.retry_after, longest)
        return wait_random_exponential(multiplier=min(0.5, longest), max=longest)(state)

    async def _before_retry(self, state: RetryCallState) -> None:
        if self._revive and _error_of(state).kind in ("connection", "server"):
            await self._revive()

    async def _attempt(self, path: str, body: dict[str, Any], read: Callable[[bytes, str, float], Any]) -> Any:
        async with self._slots:
            lane = self._pick()
            root = lane.url.removesuffix("/v1") if path == "/tokenize" else lane.url
            lane.in_flight += 1
            try:
                return await self._post(lane, root + path, body, read)
            except InfrastructureError as error:
                self.faults[error.kind] += 1
                if error.kind in ("connection", "timeout", "server"):
                    lane.resting_until = time.monotonic() + _REST_S
                raise
            finally:
                lane.in_flight -= 1

    async def _post(self, lane: _Lane, url: str, body: dict[str, Any], read: Callable[[bytes, str, float], Any]) -> Any:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.endpoint.timeout_s):  # the HTTP library's own is for each read
                answer = await lane.client.post(url, body=body, cast_to=openai.HttpxBinaryResponseContent)
        except (openai.APIError, TimeoutError) as error:
            raise _meaning(error, url, self._key) from None
        return read(answer.content, url, time.perf_counter() - started)

    def _pick(self) -> _Lane:
        now, count = time.monotonic(), len(self._lanes)
        order = [self._lanes[(self._turn + step) % count] for step in range(count)]  # ties go round
        best = min(order, key=lambda lane: (lane.resting_until > now, lane.in_flight))
        self._turn = self._lanes.index(best) + 1
        return best


def _error_of(state: RetryCallState) -> InfrastructureError:
    """The error that the last attempt ended with; only these are retried."""
    assert state.outcome is not None
    error = state.outcome.exception()
    assert isinstance(error, InfrastructureError)
    return error


def _read_key(variable: str | None) -> str | None:
    if variable is None:
        return None
    if not (key := os.environ.get(variable, "").strip()):
        raise UserError(f"The API key is missing: set the environment variable {variable} to it.")
    return key


def _meaning(error: Exception, url: str, key: str | None) -> Exception:
    """What an exception of the SDK means here: whose fault it is, and whether another attempt makes sense."""
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return InfrastructureError("timeout", url, "no answer in time")
    if not isinstance(error, openai.APIStatusError):
        cause = error.__cause__ or error
        return InfrastructureError("connection", url, _tidy(f"{type(cause).__name__}: {cause}", key))
    status, said = error.status_code, _tidy(f"HTTP {error.status_code}: {error.response.text}", key)
    wait = _seconds(error.response.headers.get("retry-after"))
    if status in (401, 403):
        return UserError(
            f"{url} refuses the API key ({said}). Name the variable that holds a valid one in api_key_env."
        )
    if status in (404, 405):
        return UserError(f"{url} does not know this model or path ({said}). Check the address and the model's name.")
    if status == 429:
        return InfrastructureError("rate_limit", url, said, wait)
    if status >= 500 or status in (408, 409, 425):
        return InfrastructureError("server", url, said, wait)
    return InfrastructureError("refused", url, said)


def _tidy(text: str, key: str | None) -> str:
    """One short printable line without the key in it."""
    line = " ".join((text.replace(key, "***") if key else text).split())[:300]
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _seconds(header: str | None) -> float | None:
    """`Retry-After` as seconds; its other form, a date, counts as absent and the usual pause is taken."""
    return float(header) if header and header.isascii() and header.isdecimal() else None
