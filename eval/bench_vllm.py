"""Replay against a bare client on one vLLM server: overhead, and prefix caching against what the requests share."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from compass.endpoint import Endpoint
from compass.llm import Client
from compass.rollout import Complete
from eval.bench import bench_run
from eval.checkpoint import Contest, Model
from eval.engine_vllm import VllmEngine
from eval.episode import Episode, Task, play, tasks_of
from eval.replay import evaluate, stage_of
from eval.results import Run
from eval.server import Server
from eval.settings import Settings
from eval.vllm_command import ServeSettings

OVERHEAD = 1.10
CACHED = 0.90
EPISODES = 450
ROUNDS = 5
"""Replay and bare client take turns so often; medians are compared."""
CONCURRENCY = 32
MAX_TOKENS = 64

Request = tuple[list[dict[str, Any]], list[dict[str, Any]] | None]


async def measure_server(model: Path) -> list[tuple[str, bool]]:
    """Starts a server for the model and measures.

    Raises:
        UserError: No vLLM here, or no such model.
    """
    serve = ServeSettings(dtype="float32", max_num_seqs=CONCURRENCY)
    settings = Settings(concurrency=CONCURRENCY, max_tokens=MAX_TOKENS, max_turns=2, server=serve)
    with tempfile.TemporaryDirectory() as name:
        run = bench_run(Path(name), EPISODES, settings, style="compact")
        made = Model(str(model.name), str(model), None, None, Path(name), "0")
        async with Server(str(model), settings=serve) as server:
            cold, asked = await _recorded(made, run, server)
            caching = await _caching(server, cold, asked)
            return [caching, await _overhead(made, run, server, asked)]


async def _recorded(made: Model, run: Run, server: Server) -> tuple[list[Episode], list[list[Request]]]:
    """All episodes on the cold server, and what was asked in each."""
    places, asked = asyncio.Semaphore(CONCURRENCY), []

    async def one(complete: Complete, task: Task) -> Episode:
        requests: list[Request] = []
        asked.append(requests)

        async def noted(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Any:
            requests.append((list(messages), tools))
            return await complete(messages, tools)

        async with places:
            return await play(noted, task, stage_of(run))

    async with VllmEngine([made], run.format, run.settings, [server.base_url]) as engine:
        played = [one(engine.of(made), task) for task in tasks_of(run.users, stage_of(run))]
        return await asyncio.gather(*played), asked


async def _bare(server: Server, settings: Settings, asked: Sequence[Sequence[Request]]) -> None:
    """The same requests by plain HTTP, those of an episode one after the other."""
    places = asyncio.Semaphore(CONCURRENCY)
    sampling = settings.sampling().model_dump()
    async with httpx.AsyncClient(timeout=600.0, trust_env=False) as http:

        async def one(requests: Sequence[Request]) -> None:
            async with places:
                for messages, tools in requests:
                    body = {
                        "model": server.names[0],
                        "messages": messages,
                        "tools": tools,
                        "tool_choice": "none",
                        **sampling,
                    }
                    body |= {"skip_special_tokens": False, "chat_template_kwargs": {"enable_thinking": False}}
                    answer = await http.post(f"{server.base_url}/chat/completions", json=body)
                    answer.raise_for_status()

        await asyncio.gather(*map(one, asked))


async def _overhead(made: Model, run: Run, server: Server, asked: Sequence[Sequence[Request]]) -> tuple[str, bool]:
    """Both by turns on the warm server; a replay is all of it: journal, scores, intervals and files too."""
    contest, tasks = Contest((made,), run.format, made.weights, None), tasks_of(run.users, stage_of(run))
    ours, bare = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await evaluate(contest, run, tasks, [server.base_url])
        ours.append(time.perf_counter() - started)
        shutil.rmtree(run.folder(made))
        started = time.perf_counter()
        await _bare(server, run.settings, asked)
        bare.append(time.perf_counter() - started)
    ratio = median(ours) / median(bare)
    requests = sum(map(len, asked))
    by_turns = ", ".join(f"{one:.1f} / {two:.1f}" for one, two in zip(ours, bare))
    said = (
        f"replay {median(ours):.2f} s, bare client {median(bare):.2f} s for {requests} requests at concurrency {CONCURRENCY}:"
        f" {ratio:.3f} (at most {OVERHEAD}); by turns {by_turns}; load {os.getloadavg()[0]:.1f}"
    )
    return said, ratio <= OVERHEAD


async def _caching(server: Server, cold: Sequence[Episode], asked: Sequence[Sequence[Request]]) -> tuple[str, bool]:
    """Cached prompt tokens of the first, cold replay against the tokens that its prompts share."""
    exchanges = [exchange for episode in cold for each in episode.rounds for exchange in each.exchanges]
    cached = sum(exchange.cached_tokens for exchange in exchanges)
    endpoint = Endpoint(base_urls=(server.base_url,), concurrency=CONCURRENCY)
    async with Client(endpoint, server.names[0]) as client:
        prompts = await asyncio.gather(*(client.tokenize(*request) for requests in asked for request in requests))
    total, shared = sum(map(len, prompts)), shared_tokens(prompts)
    share = cached / shared
    said = (
        f"prompt tokens from the cache: {cached} of {shared} that {len(prompts)} prompts share (of {total}): {share:.1%}"
        f" (at least {CACHED:.0%})"
    )
    return said, share >= CACHED


def shared_tokens(prompts: Iterable[Sequence[int]]) -> int:
    """Tokens that a prefix tree of the prompts would hold once instead of again: of neighbours in order, what both begin with."""
    ordered = sorted(map(tuple, prompts))
    return sum(_common(one, two) for one, two in pairwise(ordered))


def _common(one: Sequence[int], two: Sequence[int]) -> int:
    differing = (place for place, (a, b) in enumerate(zip(one, two)) if a != b)
    return next(differing, min(len(one), len(two)))
