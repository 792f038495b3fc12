"""Are the tokens a checkpoint was trained on those that a server makes of the same request?

python -m eval.parity checkpoints/NAME [--base-url http://127.0.0.1:8000] [--limit 200]

Every supervised turn of the training data is asked for again as a request to vLLM's `/tokenize` and compared with the
prompt that training read. Ends with status 1 at the first difference, shown around the place.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compass import errors, jsonl, prompt
from compass.bench import load_bench
from compass.chat import request_messages
from compass.encode import Encoder
from compass.endpoint import Endpoint
from compass.errors import UserError
from compass.llm import Client
from compass.schema import SftExample, Trajectory, User
from eval import checkpoint
from eval.checkpoint import Contest
from eval.server import Server
from eval.vllm_command import ServeSettings

_AROUND = 12
"""Tokens shown on each side of a difference."""


@dataclass(frozen=True)
class Case:
    """A supervised turn: the prompt text that training read, and the request it stands for."""

    id: str
    prompt: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None


def cases(folder: Path, contest: Contest) -> Iterator[Case]:
    """All supervised turns of a data folder, training part first.

    Raises:
        UserError: A file of the data is missing or damaged, or an example has no trajectory.
    """
    remedy = "Run `make data` for the recipe that the checkpoint was trained on."
    users = {user.id: user for part in ("train", "val") for user in load_bench(folder / "bench" / f"{part}.jsonl")}
    trajectories = {
        trajectory.id: trajectory
        for path in sorted((folder / "trajectories").glob("*.jsonl"))
        for trajectory in jsonl.read(path, Trajectory, "the trajectories", remedy)
    }
    for part in ("train", "val"):
        path = folder / "sft" / f"{part}.jsonl"
        for example in jsonl.read(path, SftExample, "the training data", remedy):
            if example.trajectory_id not in trajectories or example.user_id not in users:
                raise UserError(f"{path}: {example.id} has no trajectory or no person in {folder}. {remedy}")
            yield _case(example, trajectories[example.trajectory_id], users[example.user_id], contest)


def _case(example: SftExample, trajectory: Trajectory, user: User, contest: Contest) -> Case:
    style = contest.format.prompt_style
    places = [place for place, message in enumerate(trajectory.messages) if message.role == "assistant"]
    before = trajectory.messages[: places[example.turn]]
    system = prompt.system(user, trajectory.setting, style)
    return Case(example.id, example.prompt, request_messages(system, before), prompt.tools(trajectory.setting, style))


def spread(found: Sequence[Case], limit: int) -> list[Case]:
    """`limit` cases evenly over all (0: all), so that every setting and kind of turn is among them."""
    if not limit or limit >= len(found):
        return list(found)
    return [found[place * len(found) // limit] for place in range(limit)]


def difference(case: Case, trained: list[int], served: list[int], tokenizer: Any) -> str | None:
    """Where two token sequences part, shown in words; None if they do not."""
    if trained == served:
        return None
    pairs = zip(trained, served)
    place = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(trained), len(served)))
    lines = [f"{case.id}: tokens differ at {place} (trained on {len(trained)}, served {len(served)})"]
    for name, ids in (("trained", trained), ("served", served)):
        before = tokenizer.decode(ids[max(place - _AROUND, 0) : place], skip_special_tokens=False)
        after = tokenizer.decode(ids[place : place + _AROUND], skip_special_tokens=False)
        lines.append(f"  {name}: {before!r} then {after!r}  {ids[place : place + 4]}")
    return "\n".join(lines)


@asynccontextmanager
async def _client(contest: Contest, base_url: str | None) -> AsyncIterator[Client]:
    base = contest.models[0]
    thinking = contest.format.enable_thinking
    if base_url:
        async with Client(Endpoint(base_urls=(base_url,), enable_thinking=thinking), base.name) as client:
            yield client
        return
    async with Server(base.weights, settings=ServeSettings(revision=base.revision)) as server:
        endpoint = Endpoint(base_urls=(server.base_url,), enable_thinking=thinking)
        async with Client(endpoint, server.names[0], server.ensure_alive) as client:
            yield client


async def first_difference(client: Client, chosen: Sequence[Case], tokenizer: Any) -> str | None:
    """The first case, in order, whose tokens differ."""
    encoder = Encoder(tokenizer)
    step = client.endpoint.concurrency
    for start in range(0, len(chosen), step):
        block = chosen[start : start + step]
        served = await asyncio.gather(*(client.tokenize(case.messages, case.tools) for case in block))
        for case, tokens in zip(block, served):
            if found := difference(case, encoder.encode(case.prompt), tokens, tokenizer):
                return found
    return None


async def check(contest: Contest, chosen: Sequence[Case], base_url: str | None) -> str | None:
    """Asks a server for the tokens of all chosen cases; returns the first difference."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(contest.tokenizer)
    async with _client(contest, base_url) as client:
        return await first_difference(client, chosen, tokenizer)


def main() -> int:
    """Compares training tokens with served ones."""
    parser = argparse.ArgumentParser(prog="python -m eval.parity", description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=Path, metavar="CKPT", help="folder that training wrote")
    parser.add_argument("--base-url", help="a vLLM server that is already there; else one is started")
    parser.add_argument("--limit", type=int, default=0, help="so many turns, evenly over the data; 0 for all")
    arguments = parser.parse_args()
    contest = checkpoint.resolve([arguments.checkpoint])
    if contest.data_folder is None:
        raise UserError(f"{arguments.checkpoint}/run.json does not say which data it was trained on. Train again.")
    chosen = spread(list(cases(contest.data_folder, contest)), arguments.limit)
    if found := asyncio.run(check(contest, chosen, arguments.base_url)):
        print(found)
        return 1
    print(f"{len(chosen)} prompts of {contest.data_folder}: training and serving read the same tokens")
    return 0


if __name__ == "__main__":
    errors.run(main)
