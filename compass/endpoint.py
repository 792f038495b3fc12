"""Where a model is served, how to draw from it, and the error for a request that came to nothing."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

Dialect = Literal["vllm", "openai"]
Fault = Literal["connection", "timeout", "rate_limit", "server", "garbage", "refused"]


class InfrastructureError(Exception):
    """A request came to nothing for a reason that is not the model's.

    Attributes:
        kind: What went wrong last; `refused` is a request that the server would not take (HTTP 400, 413, 422).
        url: The server asked last.
        attempts: How often it was tried.
        retry_after: Seconds that the server asked to wait, if it did.
    """

    def __init__(self, kind: Fault, url: str, detail: str, retry_after: float | None = None) -> None:
        self.kind, self.url, self.detail, self.retry_after = kind, url, detail, retry_after
        self.attempts = 1
        super().__init__(kind, url, detail)

    def __str__(self) -> str:
        tries = "one attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        return f"{self.url}: {self.kind} after {tries}: {self.detail}"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sampling(_Frozen):
    """How to draw tokens; the defaults are greedy decoding with nothing else at work."""

    temperature: float = Field(0.0, ge=0.0)
    top_p: float = Field(1.0, gt=0.0, le=1.0)
    top_k: int = Field(-1, ge=-1)
    """-1: off."""
    min_p: float = Field(0.0, ge=0.0, le=1.0)
    seed: int = 0
    max_tokens: int = Field(1024, ge=1)
    presence_penalty: float = Field(0.0, ge=-2.0, le=2.0)
    frequency_penalty: float = Field(0.0, ge=-2.0, le=2.0)
    repetition_penalty: float = Field(1.0, gt=0.0)


class Endpoint(_Frozen):
    """Where a model is served and how to treat it.

    With several `base_urls` each request goes to the one with the fewest under way.
    """

    base_urls: tuple[str, ...] = Field(min_length=1)
    """`http://host:port` or `https://host/some/path/v1`; without a path `/v1` is added."""
    dialect: Dialect = "vllm"
    """`openai` leaves out the fields that only vLLM knows."""
    enable_thinking: bool = False
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; the key itself is never in a recipe."""
    concurrency: int = Field(32, ge=1)
    timeout_s: float = Field(600.0, gt=0.0)
    attempts: int = Field(6, ge=1)
    longest_wait_s: float = Field(60.0, ge=0.0)
    """Upper bound of the pause before another attempt, also when a server asks for a longer one."""

    @field_validator("base_urls")
    @classmethod
    def _whole(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        whole = []
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{url!r} is no server address; write it like http://127.0.0.1:8000")
            if parts.username or parts.password:
                raise ValueError("an address must not hold a user or password; name the key's variable in api_key_env")
            whole.append(url.rstrip("/") + ("" if parts.path.strip("/") else "/v1"))
        return tuple(whole)
