"""Does an adapter say the same in PEFT, merged, and in vLLM?

python -m eval.logprobs checkpoints/NAME [--merged checkpoints/NAME-merged] [--examples 50]

The adapter in PEFT, the merged model in transformers, the adapter in vLLM and the merged model in vLLM give the
log-probabilities of the same held-out turns. Ends with status 1 where two of them differ by more than a tenth of what
the adapter changes.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from rich.table import Table

from compass import errors, jsonl
from compass.encode import Encoder
from compass.endpoint import Endpoint
from compass.errors import UserError
from compass.llm import Client
from compass.schema import SftExample
from eval import checkpoint
from eval.checkpoint import Contest
from eval.parity import spread
from eval.server import Server
from eval.table import console
from eval.vllm_command import ServeSettings

PLACES = ("adapter in PEFT", "merged in transformers", "adapter in vLLM", "merged in vLLM")
BASE = "base in transformers"
MOST = 0.1
"""Two places may differ by this share of what the adapter changes; one that lost the adapter differs by all of it."""

Dtype = Literal["float32", "bfloat16"]


class Target(NamedTuple):
    """A held-out turn: all its token ids, and how many of them are the prompt."""

    tokens: list[int]
    prompt: int


def main() -> int:
    """Prints the table and writes it to `<checkpoint>/eval/logprobs.json`."""
    parser = argparse.ArgumentParser(prog="python -m eval.logprobs", description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=Path, metavar="CKPT", help="folder with a trained adapter")
    parser.add_argument("--merged", type=Path, help="the merged model's folder (CKPT-merged)")
    parser.add_argument("--examples", type=int, default=50, help="held-out turns, evenly over the data")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32", help="precision everywhere")
    arguments = parser.parse_args()
    contest = checkpoint.resolve([arguments.checkpoint])
    merged = arguments.merged or arguments.checkpoint.with_name(f"{arguments.checkpoint.name}-merged")
    check(contest, merged)
    targets = held_out(contest, arguments.examples)
    found = in_process(contest, merged, targets, arguments.dtype)
    found |= asyncio.run(served(contest, merged, targets, arguments.dtype))
    report = compare(found) | {"examples": len(targets), "dtype": arguments.dtype}
    jsonl.write_json(arguments.checkpoint / "eval" / "logprobs.json", report)
    show(report)
    return 0 if report["agree"] else 1


def check(contest: Contest, merged: Path) -> None:
    """Stops before anything is loaded.

    Raises:
        UserError: The checkpoint is no adapter, there is no merged model, or it was merged from another run.
    """
    tuned = contest.models[-1]
    if tuned.adapter is None:
        raise UserError(f"{tuned.folder} is a whole model. Name the adapter it was merged from.")
    if not (merged / "config.json").is_file():
        raise UserError(f"There is no merged model in {merged}. Make it: make merge CKPT={tuned.folder}")
    if (merged / "run.json").read_bytes() != (tuned.folder / "run.json").read_bytes():
        raise UserError(f"{merged} was not merged from {tuned.folder} as it is now. Remove it and merge again.")


def held_out(contest: Contest, count: int) -> list[Target]:
    """Turns of `sft/val.jsonl`, tokenized as training does: prompt and completion apart.

    Raises:
        UserError: The data that the checkpoint was trained on is not there.
    """
    from transformers import AutoTokenizer

    remedy = "Make the data that the checkpoint was trained on: make data."
    if contest.data_folder is None:
        raise UserError(f"{contest.models[-1].folder}/run.json does not say which data it was trained on. Train again.")
    encoder = Encoder(AutoTokenizer.from_pretrained(contest.tokenizer))
    lines = list(jsonl.read(contest.data_folder / "sft" / "val.jsonl", SftExample, "the held-out data", remedy))
    chosen = [(encoder.encode(line.prompt), encoder.encode(line.completion)) for line in spread(lines, count)]
    return [Target([*prompt, *completion], len(prompt)) for prompt, completion in chosen]


def in_process(contest: Contest, merged: Path, targets: Sequence[Target], dtype: Dtype) -> dict[str, np.ndarray]:
    """Scores by transformers and PEFT, of the base too; each array holds all target tokens, shape (tokens,)."""
    import torch
    from peft import PeftModel

    base, tuned = contest.models
    model = PeftModel.from_pretrained(_load(base.weights, base.revision, dtype), str(tuned.adapter)).eval()
    with model.disable_adapter():
        plain = _scores(model, targets)
    adapted = _scores(model, targets)
    del model  # two models of 8 B beside each other fit on few machines
    merged_alone = _scores(_load(str(merged), None, dtype), targets)
    torch.cuda.empty_cache()  # the server is about to ask for nine tenths of the card
    return {BASE: plain, PLACES[0]: adapted, PLACES[1]: merged_alone}


def _load(weights: str, revision: str | None, dtype: Dtype) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    kind = getattr(torch, dtype)
    model = AutoModelForCausalLM.from_pretrained(weights, revision=revision, dtype=kind, use_safetensors=True)
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _scores(model: Any, targets: Sequence[Target]) -> np.ndarray:
    import torch

    found = []
    for target in targets:
        ids = torch.tensor([target.tokens], device=model.device)
        kept = len(target.tokens) - target.prompt
        with torch.inference_mode():
            logits = model(input_ids=ids, logits_to_keep=kept + 1, use_cache=False).logits[0, :-1].float()
        found.append(logits.log_softmax(-1).gather(1, ids[0, -kept:, None])[:, 0].cpu().numpy())
    return np.concatenate(found)


async def served(contest: Contest, merged: Path, targets: Sequence[Target], dtype: Dtype) -> dict[str, np.ndarray]:
    """Scores by a vLLM server with the adapter, and by another with the merged model."""
    base, tuned = contest.models
    settings = ServeSettings(dtype=dtype, revision=base.revision)
    async with Server(base.weights, {tuned.name: tuned.adapter}, settings=settings) as server:
        adapted = await _ask(server, tuned.name, targets)
    async with Server(merged, settings=ServeSettings(dtype=dtype)) as server:
        return {PLACES[2]: adapted, PLACES[3]: await _ask(server, server.names[0], targets)}


async def _ask(server: Server, name: str, targets: Sequence[Target]) -> np.ndarray:
    """One request a token: vLLM cannot score a prompt under an adapter (its LoRA kernels count sampled tokens only)."""
    async with Client(Endpoint(base_urls=(server.base_url,)), name, server.ensure_alive) as client:
        asked = [client.logprob(ids[:at], ids[at]) for ids, start in targets for at in range(start, len(ids))]
        return np.array(await asyncio.gather(*asked))


def compare(found: dict[str, np.ndarray]) -> dict[str, Any]:
    """Mean absolute differences of all places, in nats a token, and whether they agree.

    Args:
        found: Scores of `PLACES` and `BASE`, all of one shape.
    """
    apart = {one: {other: float(np.abs(found[one] - found[other]).mean()) for other in found} for one in found}
    moved = apart[PLACES[0]][BASE]
    worst = max(apart[one][other] for one in PLACES for other in PLACES)
    return {
        "target_tokens": len(found[BASE]),
        "mean_logprob": {name: float(scores.mean()) for name, scores in found.items()},
        "mean_absolute_difference": apart,
        "largest_difference": {name: float(np.abs(found[name] - found[PLACES[0]]).max()) for name in PLACES},
        "adapter_changes": moved,
        "agree": worst <= MOST * moved,
    }


def show(report: dict[str, Any]) -> None:
    """The differences as a table, a row and a column a place."""
    names = (*PLACES, BASE)
    title = f"mean |difference| of log-probability a token: {report['target_tokens']:,} tokens of {report['examples']} turns"
    table = Table("", *(f"{name}" for name in names), "mean", title=f"{title}, {report['dtype']}")
    for one in names:
        cells = (f"{report['mean_absolute_difference'][one][other]:.1e}" for other in names)
        table.add_row(one, *cells, f"{report['mean_logprob'][one]:.3f}")
    console().print(table)
    verdict = "the four agree" if report["agree"] else "the four do NOT agree"
    print(f"{verdict}: at most {MOST:.0%} of the {report['adapter_changes']:.3f} by which the adapter moves the base")


if __name__ == "__main__":
    errors.run(main)
