"""Training speed on prompts of our lengths, random weights: TRL's defaults, TRL's packing, and the prefix tree.

`make bench ARGS=--quick` takes half an hour on two cores; `ARGS=--gpu` takes Qwen3-8B's shape on a CUDA card. Each arm trains the
same conversations in a process of its own, so that peak memory is its own too. Nothing is downloaded.

- `trl`: one example a turn, TRL's defaults but for `max_length: null` (1024 would cut the prompts).
- `trl-bfd`: TRL's `packing: true`. Without FlashAttention the whole square of a row is computed, so rows are as short as holds two
  of the shorter examples, on a card the longest one.
- `tree`: the prefix tree. `tree-kept`, on a card: the same without gradient checkpointing, in trees that then fit.
"""

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from compass import errors, jsonl
from compass.errors import UserError
from train.estimate import QWEN3_8B
from train.plan import Example, Settings, make
from train.prefix_tree import Branch

ARMS = ("trl", "trl-bfd", "tree")
GPU_ARMS = {"profile": (*ARMS, "tree-kept"), "history": ARMS}
"""Without checkpointing a card holds trees of some 14 000 tokens, and a history of fifteen rounds is longer."""
GUIDE, PERSON, UTTERANCE, CALL, RESULT, REPLY = 3500, 1200, 56, 80, 600, 200
"""Tokens of the parts of a full-style prompt, as measured with Qwen's tokenizer."""

SMALL = QWEN3_8B | {
    "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 3, "num_attention_heads": 16, "vocab_size": 8192,
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """What is trained: `people` with `situations` each, as separate conversations or as rounds of one."""

    setting: str
    people: int
    situations: int


SHOWN = (
    "arm", "setting", "people x situations", "tokens", "seconds a conversation", "tokens/s", "supervised/s", "MFU %",
    "with attention %", "peak GB", "estimate GB", "times faster", "by CPU time", "failed",
)  # fmt: skip
"""Figures of an arm that the table has room for; the JSON has all."""

TOKEN_SHAPES = (Shape("profile", 8, 5), Shape("profile", 8, 15), Shape("history", 8, 15))
QUICK, GPU = (Shape("profile", 1, 5), Shape("history", 1, 3)), (Shape("profile", 1, 15), Shape("history", 1, 15))


def main() -> None:
    """Prints token ratios, then times each arm."""
    parser = argparse.ArgumentParser(prog="python -m train.bench", description=__doc__.splitlines()[0])
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--tokens", action="store_true", help="token ratios only: arithmetic, seconds")
    size.add_argument("--quick", action="store_true", help="also times a small model: half an hour on two cores")
    size.add_argument("--gpu", action="store_true", help="also times Qwen3-8B's shape on a CUDA card")
    parser.add_argument("--setting", choices=("profile", "history"), help="time only this one")
    parser.add_argument("-o", "--output", type=Path, default=Path("checkpoints/bench.json"), help="figures as JSON")
    arguments = parser.parse_args()
    if arguments.gpu:
        need_card()
    report: dict[str, Any] = {"tokens": [token_ratio(shape) for shape in TOKEN_SHAPES]}
    jsonl.write_json(arguments.output, report)  # now, not after half an hour, if that is no place for a file
    show("tokens computed", report["tokens"])
    if not arguments.tokens:
        shapes = [s for s in (GPU if arguments.gpu else QUICK) if arguments.setting in (None, s.setting)]
        report["machine"] = machine(arguments.gpu)
        report["speed"] = []
        for shape in shapes:
            for row in time_arms(shape, arguments.gpu):
                report["speed"].append(row)
                jsonl.write_json(arguments.output, report)  # what is measured stays if a later arm is cut off
        show("one pass of training", [{name: row[name] for name in SHOWN if name in row} for row in report["speed"]])
    print(f"figures: {arguments.output}")


def need_card() -> None:
    """Stops before anything is computed.

    Raises:
        UserError: There is no CUDA device.
    """
    import torch

    if not torch.cuda.is_available():
        raise UserError("--gpu needs a CUDA card and this machine has none: use --quick.")


def conversations(shape: Shape, vocabulary: int, seed: int = 0) -> list[Example]:
    """Random tokens in the layout of our prompts: every supervised turn is one example."""
    rng = np.random.default_rng(seed)
    draw = lambda count: rng.integers(100, vocabulary, count).astype(np.int32)  # noqa: E731
    guide = draw(GUIDE)
    examples = []
    for person in range(shape.people):
        start = np.concatenate([guide, draw(PERSON)])
        so_far = start
        for situation in range(shape.situations):
            so_far = np.concatenate([so_far if shape.setting == "history" else start, draw(UTTERANCE)])
            name = f"{person}" if shape.setting == "history" else f"{person}-{situation}"
            for answer in (CALL, REPLY):
                span = (len(so_far), len(so_far) + answer)
                so_far = np.concatenate([so_far, draw(answer)])
                examples.append(Example(f"{name}-{situation}-{answer}", name, str(person), Branch(so_far, (span,))))
                so_far = np.concatenate([so_far, draw(RESULT)]) if answer == CALL else so_far
    return examples


def token_ratio(shape: Shape) -> dict[str, Any]:
    """Tokens of one example per turn against those of the trees of a plan of ours."""
    examples = conversations(shape, vocabulary=8192)
    plan = Settings("tree", tree_tokens=32_768, trajectories_per_step=32, seed=0)
    epoch = make(examples, plan, epochs=1)[0]
    ratio = epoch.tokens_before / epoch.tokens_after
    return asdict(shape) | {"unpacked": epoch.tokens_before, "tree": epoch.tokens_after, "ratio": round(ratio, 2)}


def time_arms(shape: Shape, gpu: bool) -> Iterator[dict[str, Any]]:
    """The figures of every arm, the first one's time over each one's among them."""
    first: dict[str, Any] = {}
    for arm in GPU_ARMS[shape.setting] if gpu else ARMS:
        row = time_arm(arm, shape, gpu)
        first = first or row
        for figure, name in (("seconds", "times faster"), ("CPU seconds", "by CPU time")):
            if figure in row and figure in first:
                row[name] = round(first[figure] / row[figure], 2)
        yield row


def time_arm(arm: str, shape: Shape, gpu: bool) -> dict[str, Any]:
    """Runs one arm in its own process and returns its figures, or why there are none: the others still run."""
    job = json.dumps({"arm": arm, "shape": asdict(shape), "gpu": gpu})
    print(f"{arm}, {shape.setting}, {shape.people} x {shape.situations} …", flush=True)
    done = subprocess.run([sys.executable, "-m", "train.bench_arm", job], capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    print(done.stderr[-2000:], file=sys.stderr)
    why = done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else f"ended with {done.returncode}"
    return {"arm": arm, "setting": shape.setting, "failed": why}


def machine(gpu: bool) -> dict[str, Any]:
    """What the figures were measured on."""
    import torch

    device = torch.cuda.get_device_name() if gpu and torch.cuda.is_available() else platform.machine()
    versions = {package: version(package) for package in ("torch", "transformers", "trl", "peft", "accelerate")}
    return {"device": device, "threads": torch.get_num_threads(), "versions": versions}


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """One table, a column a figure."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    table = Table(*columns, title=title)
    for row in rows:
        values = (row.get(column, "") for column in columns)
        table.add_row(*(f"{value:,}" if isinstance(value, int | float) else str(value) for value in values))
    console = Console()
    (console if console.is_terminal else Console(width=150)).print(table)


if __name__ == "__main__":
    errors.run(main)
