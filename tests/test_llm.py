"""The client: what it sends, what it makes of answers, and that no fault of a server ever looks like an answer."""

import asyncio
import logging
import time
from typing import Any

import pytest
from pydantic import ValidationError

from compass.errors import UserError
from compass.llm import Client, Completion, Endpoint, InfrastructureError, Sampling
from tests.fake_server import FakeServer, chat_body

MESSAGES = [{"role": "system", "content": "guide"}, {"role": "user", "content": "hello"}]
TOOLS = [{"type": "function", "function": {"name": "plan_assistant", "description": "Plans", "parameters": {}}}]


def ask(*urls: str, count: int = 1, sampling: Sampling | None = None, tools: Any = None, **endpoint: Any) -> Any:
    """One reply (or a list of them, asked for together) from the servers, with pauses too short to wait for."""
    settings = {"attempts": 4, "longest_wait_s": 0.02, "timeout_s": 5.0} | endpoint

    async def main() -> Any:
        async with Client(Endpoint(base_urls=urls, **settings), "tuned") as client:
            replies = await asyncio.gather(
                *(client.complete(MESSAGES, tools, sampling or Sampling()) for _ in range(count)),
                return_exceptions=True,
            )
            for reply in replies:
                if isinstance(reply, Exception) and not isinstance(reply, InfrastructureError):
                    raise reply
            return replies if count > 1 else replies[0]

    return asyncio.run(main())


def test_every_field_that_changes_sampling_is_in_the_request() -> None:
    """A field left out takes the server's default, which comes from the model's files: base and tuned would differ."""
    sampling = Sampling(temperature=0.7, top_p=0.8, top_k=20, min_p=0.1, seed=3, max_tokens=64, presence_penalty=1.5)
    with FakeServer() as server:
        ask(server.url, sampling=sampling, tools=TOOLS)
        path, _, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert body == {
        "model": "tuned", "messages": MESSAGES, "tools": TOOLS, "tool_choice": "none",
        "temperature": 0.7, "top_p": 0.8, "top_k": 20, "min_p": 0.1, "seed": 3, "max_tokens": 64,
        "presence_penalty": 1.5, "frequency_penalty": 0.0, "repetition_penalty": 1.0,
        "skip_special_tokens": False, "chat_template_kwargs": {"enable_thinking": False},
    }  # fmt: skip


def test_without_tools_neither_tools_nor_choice_are_sent() -> None:
    """vLLM answers 400 to an empty list of tools, so the direct setting would fail throughout."""
    with FakeServer() as server:
        ask(server.url, tools=[])
        assert not {"tools", "tool_choice"} & server.requests[0][2].keys()


def test_a_hosted_server_gets_no_field_that_it_would_refuse() -> None:
    """OpenAI's API answers 400 to vLLM's own fields."""
    with FakeServer() as server:
        ask(server.url, dialect="openai")
        assert not {"top_k", "min_p", "repetition_penalty", "skip_special_tokens", "chat_template_kwargs"} & set(
            server.requests[0][2]
        )
        with pytest.raises(UserError, match="top_k"):  # asked for, and silently not done
            ask(server.url, dialect="openai", sampling=Sampling(temperature=1.0, top_k=20))
        assert len(server.requests) == 1


def test_an_answer_is_read_whole() -> None:
    """Text must arrive as generated, with tags and control tokens; counts feed the cache figures."""
    text = 'I see.\n<tool_call>\n{"name": "x"}\n</tool_call><|im_end|>\u0000\u2028é'
    with FakeServer(reply=lambda body: text) as server:
        reply = ask(server.url)
    assert isinstance(reply, Completion) and 0 < reply.seconds < 5
    assert (reply.text, reply.finish_reason, reply.tool_calls, reply.reasoning) == (text, "stop", (), None)
    assert (reply.prompt_tokens, reply.cached_tokens, reply.completion_tokens) == (11, 8, 3)


def test_calls_and_reasoning_parsed_by_a_hosted_server_are_kept() -> None:
    """With a reasoning parser `content` is null and the text sits elsewhere; dropping it looks like an empty reply."""
    call = {"id": "c1", "type": "function", "function": {"name": "x", "arguments": '{"a": 1'}}
    body = chat_body(None, "tool_calls", reasoning_content="hm", tool_calls=[call])
    with FakeServer([body]) as server:
        reply = ask(server.url)
    assert (reply.text, reply.tool_calls, reply.reasoning) == ("", (call,), "hm")


def test_an_empty_reply_is_the_models_and_is_not_asked_for_again() -> None:
    """Retrying what a model said until it says something else would flatter it."""
    with FakeServer([chat_body(""), chat_body(None, "length")]) as server:
        assert [ask(server.url).text, ask(server.url).finish_reason] == ["", "length"]
        assert len(server.requests) == 2


BAD_BODIES = [
    b"<html>bad gateway</html>", b"", b"null", b"[]", b'{"choices": []}', b'{"error": {"message": "overloaded"}}',
    b'{"choices": [{"message": {"content": "\xff"}, "finish_reason": "stop"}]}', b'{"choices": [{"message": {"content": 1}}]}',
    b'{"choices": [{"message": {"content": "half"}, "finish_reason": null}]}',
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "kind"),
    [(429, "rate_limit"), (500, "server"), (503, "server"), ("hang", "timeout"), ("drop", "connection"), ("cut", "connection"),
     (chat_body("part", "abort"), "server"), *((body, "garbage") for body in BAD_BODIES)],
)  # fmt: skip
def test_a_fault_is_tried_again_and_then_typed(step: Any, kind: str) -> None:
    """Scored as an answer, a fault would lower the model's figures; retried once too often, a run would not end."""
    timeout = 0.8 if step == "hang" else 5.0
    with FakeServer([step, step]) as server:
        assert ask(server.url, timeout_s=timeout).text == "hello"
        assert len(server.requests) == 3
    with FakeServer([step] * 9) as server:
        error = ask(server.url, timeout_s=timeout)
        assert isinstance(error, InfrastructureError)
        assert (error.kind, error.attempts, len(server.requests)) == (kind, 4, 4)


def test_a_refused_request_is_not_repeated() -> None:
    """A prompt that is too long stays too long; the error must carry the server's reason."""
    with FakeServer([400]) as server:
        error = ask(server.url)
        assert isinstance(error, InfrastructureError)
        assert (error.kind, len(server.requests)) == ("refused", 1) and "scripted 400" in str(error)


@pytest.mark.parametrize(("status", "word"), [(401, "key"), (403, "key"), (404, "model")])
def test_a_wrong_key_or_name_stops_the_run_with_a_sentence(status: int, word: str) -> None:
    """Thousands of requests cannot succeed then, and a table full of infrastructure errors would hide why."""
    with FakeServer([status]) as server, pytest.raises(UserError, match=word):
        ask(server.url)


def test_a_server_is_given_the_pause_it_asks_for() -> None:
    """Coming back sooner keeps a rate limit in force; waiting for hours is no better."""
    with FakeServer([(429, {"retry-after": "1"}, "later")]) as server:
        started = time.monotonic()
        ask(server.url, longest_wait_s=60.0)
        assert 1.0 <= time.monotonic() - started < 1.9
    with FakeServer([(429, {"retry-after": "86400"}, "tomorrow")]) as server:
        started = time.monotonic()
        ask(server.url)
        assert time.monotonic() - started < 1.0


def test_requests_are_bounded_and_spread_over_servers_also_when_one_is_down() -> None:
    """More than `concurrency` requests at once would flood a small server; a dead one must not take its share down."""
    with FakeServer(reply=lambda body: time.sleep(0.02) or "a") as one, FakeServer(reply=lambda body: "b") as two:
        texts = [reply.text for reply in ask(one.url, two.url, "http://127.0.0.1:9", count=60, concurrency=6)]
    assert len(texts) == 60 and min(texts.count("a"), texts.count("b")) >= 5

    at_once, most = 0, 0

    def count(body: dict[str, Any]) -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.01)
        at_once -= 1
        return ""

    with FakeServer(reply=count) as server:
        ask(server.url, count=40, concurrency=3)
    assert 2 <= most <= 3


def test_a_server_that_was_down_is_revived_before_the_next_attempt() -> None:
    """Without the door to `Server.ensure_alive`, a died server would use up every request's attempts."""
    calls: list[float] = []

    async def main(server: FakeServer) -> Completion:
        async def revive() -> None:
            calls.append(time.monotonic())

        endpoint = Endpoint(base_urls=(server.url,), longest_wait_s=0.01)
        async with Client(endpoint, "tuned", revive) as client:
            reply = await client.complete(MESSAGES, None, Sampling())
            assert client.faults == {"connection": 1, "rate_limit": 1}
            return reply

    with FakeServer(["drop", 429]) as server:
        assert asyncio.run(main(server)).text == "hello"
    assert len(calls) == 1


def test_faults_by_the_dozen_lose_and_repeat_nothing() -> None:
    """30 % of requests failing in every way at once: each caller gets one answer, its own."""
    script = ["ok", 429, "ok", 500, "ok", "ok", "hang", "ok", "cut", "ok", b"{", "ok", "drop", "ok", "ok"] * 10

    async def main(server: FakeServer) -> list[str]:
        endpoint = Endpoint(base_urls=(server.url,), longest_wait_s=0.02, timeout_s=0.3, attempts=12)
        async with Client(endpoint, "tuned") as client:
            one = [[{"role": "user", "content": f"number {number}"}] for number in range(90)]
            return [reply.text for reply in await asyncio.gather(*(client.complete(m, None, Sampling()) for m in one))]

    with FakeServer(script, reply=lambda body: body["messages"][0]["content"]) as server:
        assert asyncio.run(main(server)) == [f"number {number}" for number in range(90)]


def test_a_long_reply_comes_through() -> None:
    """A model that repeats itself writes 100 kB and more; it must reach the parser and not become a fault."""
    text = '<tool_call>\n{"name": "x", "arguments": {}}\n</tool_call>\n' * 10_000
    with FakeServer(reply=lambda body: text) as server:
        assert ask(server.url).text == text


def test_the_key_comes_from_the_environment_and_shows_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A key in a recipe or in an error message ends up in a repository or a report."""
    with pytest.raises(UserError, match="COMPASS_TEST_KEY"):
        Client(Endpoint(base_urls=("http://127.0.0.1:9",), api_key_env="COMPASS_TEST_KEY"), "tuned")
    monkeypatch.setenv("COMPASS_TEST_KEY", "sk-very-secret")
    caplog.set_level(logging.DEBUG)
    said = "the key sk-very-secret is over its quota \x1b[31m"
    with FakeServer([(400, {}, said), b'"sk-very-secret"', *[(500, {}, said)] * 4]) as server:
        errors = [ask(server.url, api_key_env="COMPASS_TEST_KEY", attempts=attempts) for attempts in (1, 1, 4)]
        assert server.requests[0][1]["authorization"] == "Bearer sk-very-secret"
    assert [error.kind for error in errors] == ["refused", "garbage", "server"]
    assert "sk-very-secret" not in "".join(map(repr, errors)) + "".join(map(str, errors)) + caplog.text


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_used_for_a_server_on_this_machine(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a company's proxy, requests to 127.0.0.1 would go to the proxy's own machine."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with FakeServer() as server:
        assert ask(server.url).text == "hello"


def test_tokens_are_asked_of_the_servers_root() -> None:
    """`/v1/tokenize` does not exist; and another template setting would give another prompt than the request's."""

    async def main(server: FakeServer) -> list[int]:
        async with Client(Endpoint(base_urls=(server.url + "/v1/",), enable_thinking=True), "tuned") as client:
            return await client.tokenize(MESSAGES, TOOLS)

    with FakeServer() as server:
        assert len(asyncio.run(main(server))) > 0
        path, _, body = server.requests[0]
    assert path == "/tokenize" and body["tools"] == TOOLS and body["messages"] == MESSAGES
    assert body["chat_template_kwargs"] == {"enable_thinking": True} and body["add_generation_prompt"] is True


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://host/v1", "http://", "http://me:word@host/v1"])
def test_an_address_that_cannot_work_is_refused_at_once(url: str) -> None:
    """Found at the first request it would look like a server that is down; a password in it would be logged."""
    with pytest.raises(ValidationError):
        Endpoint(base_urls=(url,))


@pytest.mark.parametrize("wrong", [{"temperature": -1}, {"top_p": 0}, {"max_tokens": 0}, {"topk": 3}, {"top_k": -2}])
def test_sampling_refuses_what_no_server_takes(wrong: dict[str, Any]) -> None:
    """A misspelt or impossible field would otherwise be found in the middle of a run, or never."""
    with pytest.raises(ValidationError):
        Sampling(**wrong)
