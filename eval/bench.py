"""Evaluation's own cost: episodes a second and memory with a model that costs nothing; with --vllm, overhead on a server.

python -m eval.bench [--episodes 1000 10000] [--vllm]

Exits with status 1 if a bound is missed.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from compass import errors, jsonl
from compass.format import Format
from compass.schema import SCENES, User
from eval import replay
from eval.bench_server import NAME
from eval.checkpoint import Contest, Model
from eval.episode import tasks_of
from eval.probe_people import probe_person
from eval.results import Run
from eval.settings import Settings

EPISODES_PER_SECOND = 60
BYTES_PER_EPISODE = 2048
"""Bound for what an episode more may cost in memory, besides its person, who is read before; the episode itself is far larger."""
SITUATIONS = 15
CONCURRENCY = 16


def bench_people(episodes: int) -> Iterator[User]:
    """People with fifteen situations each, enough for so many episodes of the profile setting."""
    person = probe_person().model_dump(mode="json")
    for number in range(-(-episodes // SITUATIONS)):
        count = min(SITUATIONS, episodes - number * SITUATIONS)
        situations = [
            {
                "id": f"b{number:05}-{index:02}", "at": f"2026-03-{1 + index:02}T18:20", "scene": SCENES[index % len(SCENES)],
                "emotion": "tired", "text": "They had a long day.",
                "utterance": f"Day {index} was long again, and I keep thinking about what was left undone. It is number {number}.",
            }
            for index in range(count)
        ]  # fmt: skip
        yield User.model_validate(person | {"id": f"b{number:05}", "situations": situations})


def bench_run(folder: Path, episodes: int, settings: Settings, style: str = "full") -> Run:
    """A run over such people, whose bench file lies in the folder."""
    path = folder / "bench.jsonl"
    jsonl.write(path, bench_people(episodes))
    users = tuple(jsonl.read(path, User))
    shas = dict.fromkeys(("tokenizer_sha", "chat_template_sha", "tool_schemas_sha", "guides_sha"), "0" * 16)
    form = Format(tokenizer=NAME, tokenizer_revision=None, prompt_style=style, enable_thinking=False, **shas)
    return Run(NAME, "profile", path, None, 0, users, settings, "vllm", form)


def replay_once(episodes: int, url: str) -> dict[str, float]:
    """The whole way in this process: requests, apps, journal, scores, files; seconds and the peak of memory."""
    with tempfile.TemporaryDirectory() as name:
        run = bench_run(Path(name), episodes, Settings(concurrency=CONCURRENCY))
        model = Model(NAME, NAME, None, None, Path(name), "0")
        contest = Contest((model,), run.format, NAME, None)
        tasks = tasks_of(run.users, replay.stage_of(run))
        ready, started, cpu = _peak_mb(), time.perf_counter(), time.process_time()
        summaries = asyncio.run(replay.evaluate(contest, run, tasks, [url]))
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    counts = summaries[NAME].counts
    assert counts["episodes"] == episodes and counts["requests"] == 2 * episodes, counts
    return {
        "episodes": episodes,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "ready_mb": ready,
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def free_server() -> Iterator[str]:
    """The address of a server of unlimited speed, in a process of its own."""
    words = [sys.executable, "-m", "eval.bench_server"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


def measure(sizes: Sequence[int]) -> list[dict[str, float]]:
    """Each size in a fresh process."""
    found = []
    with free_server() as url:
        for size in sizes:
            words = [sys.executable, "-m", "eval.bench", "--one", str(size), "--url", url]
            done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
            found.append(json.loads(done.stdout.splitlines()[-1]))
            one = found[-1]
            print(
                f"{size} episodes: {one['seconds']:.1f} s, {one['episodes'] / one['seconds']:.0f} a second;"
                f" {1000 * one['cpu_seconds'] / one['episodes']:.1f} ms of CPU each, load {os.getloadavg()[0]:.1f};"
                f" memory {one['ready_mb']:.0f} MB before, peak {one['peak_mb']:.0f} MB",
                flush=True,
            )
    return found


def verdicts(found: Sequence[dict[str, float]]) -> list[tuple[str, bool]]:
    """Figures against their bounds."""
    last = found[-1]
    speed = last["episodes"] / last["seconds"]
    told = [(f"episodes a second: {speed:.0f} (at least {EPISODES_PER_SECOND})", speed >= EPISODES_PER_SECOND)]
    if len(found) > 1:
        own = [(one["peak_mb"] - one["ready_mb"]) * 2**20 for one in (found[0], last)]
        grown = (own[1] - own[0]) / (last["episodes"] - found[0]["episodes"])
        said = f"memory for each episode more, people apart: {grown:.0f} bytes (at most {BYTES_PER_EPISODE})"
        told.append((said, grown <= BYTES_PER_EPISODE))
    return told


def main() -> None:
    """Measures, prints a line a figure, fails on a missed bound."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--episodes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--vllm", action="store_true", help="overhead and prefix caching on a vLLM server of our own")
    parser.add_argument("--model", type=Path, default=Path("checkpoints/qwen3-tiny-base"), help="with --vllm")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(replay_once(arguments.one, arguments.url)))
        return
    if arguments.vllm:
        from eval.bench_vllm import measure_server

        told = asyncio.run(measure_server(arguments.model))
    else:
        told = verdicts(measure(arguments.episodes))
    for said, good in told:
        print(f"{'ok  ' if good else 'MISS'} {said}")
    if not all(good for _, good in told):
        raise SystemExit(1)


if __name__ == "__main__":
    errors.run(main)
