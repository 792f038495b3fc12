"""What a model answered, and the strict reading of a server's body into it: anything else is a fault, not an answer."""

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from compass.endpoint import InfrastructureError


@dataclass(frozen=True, slots=True)
class Completion:
    """One reply of a model, raw.

    Token counts are 0 where a server reports none; `seconds` is the time of the request that succeeded.
    `tool_calls` are calls that the server parsed (`tool_choice: auto` on hosted models), in OpenAI's form.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    tool_calls: tuple[dict[str, Any], ...] = ()
    reasoning: str | None = None


class _Function(BaseModel):
    name: str
    arguments: str


class _Call(BaseModel):
    id: str
    function: _Function


class _Answer(BaseModel):
    content: str | None = None
    refusal: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(BaseModel):
    message: _Answer
    finish_reason: str


class _Details(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Details | None = None


class _ChatBody(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class _TokensBody(BaseModel):
    tokens: list[int]


class _Logprobs(BaseModel):
    token_logprobs: list[float] = Field(min_length=1, max_length=1)


class _ScoredToken(BaseModel):
    token_ids: list[int]
    logprobs: _Logprobs


class _ScoredBody(BaseModel):
    choices: list[_ScoredToken] = Field(min_length=1)


_Body = TypeVar("_Body", bound=BaseModel)


def read_completion(raw: bytes, url: str, seconds: float) -> Completion:
    """The first choice of a chat completion's body.

    Raises:
        InfrastructureError: The body is no chat completion, or the server broke the reply off.
    """
    body = _read(raw, _ChatBody, url)
    choice, usage = body.choices[0], body.usage or _Usage()
    if choice.finish_reason in ("abort", "error"):  # vLLM's words for a reply that it could not finish
        raise InfrastructureError("server", url, f"the server broke the reply off ({choice.finish_reason})")
    message = choice.message
    return Completion(
        text=message.content or message.refusal or "",
        finish_reason=choice.finish_reason,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=(usage.prompt_tokens_details or _Details()).cached_tokens or 0,
        completion_tokens=usage.completion_tokens,
        seconds=seconds,
        tool_calls=tuple(
            {"id": call.id, "type": "function", "function": call.function.model_dump()}
            for call in message.tool_calls or ()
        ),
        reasoning=message.reasoning or message.reasoning_content,
    )


def read_tokens(raw: bytes, url: str, seconds: float) -> list[int]:
    """The token ids of a `/tokenize` body; raises as `read_completion` does."""
    return _read(raw, _TokensBody, url).tokens


def read_logprob(token: int, raw: bytes, url: str, seconds: float) -> float:
    """The log-probability in a `/completions` body whose one token is `token`; raises as `read_completion` does."""
    choice = _read(raw, _ScoredBody, url).choices[0]
    if choice.token_ids != [token]:
        raise InfrastructureError("garbage", url, f"the tokens {choice.token_ids} instead of {token} alone")
    return choice.logprobs.token_logprobs[0]


def _read(raw: bytes, shape: type[_Body], url: str) -> _Body:
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        detail = f"{len(raw)} bytes that are no answer ({place}: {first['msg']})"
    raise InfrastructureError("garbage", url, detail)
