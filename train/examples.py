"""Supervised turns from `sft/*.jsonl` to tokens: prompt and completion are encoded apart, and only the completion is trained."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from compass import jsonl
from compass.encode import Encoder
from compass.errors import UserError
from train.plan import Example, speaks
from train.prefix_tree import Branch
from train.settings import TrainRecipe

STOP = "<|im_end|>"
KEYS = ("id", "trajectory_id", "user_id", "prompt", "completion")


def load_parts(chosen: TrainRecipe, tokenizer: Any) -> dict[str, list[Example]]:
    """All training examples and the first of the held-out ones, under `train` and `val`.

    Raises:
        UserError: As `read`; a sequence that is too long; a person who stands in both parts.
    """
    remedy = f"Make the data: make data DATA={chosen.ours.data}"
    folder = chosen.data_folder / "sft"
    parts = {"train": list(read(folder / "train.jsonl", tokenizer, remedy))}
    if chosen.ours.validation_examples:
        held_out = read(folder / "val.jsonl", tokenizer, f"{remedy}, or set validation_examples: 0.")
        parts["val"] = list(islice(held_out, chosen.ours.validation_examples))
        both = {e.person for e in parts["train"]} & {e.person for e in parts["val"]}
        if both:
            raise UserError(
                f"{folder}: {sorted(both)[0]} and {len(both) - 1} others stand in train.jsonl and val.jsonl."
            )
    for part in parts.values():
        need_fitting(part, chosen.ours.tree_tokens)
    return parts


def say_who_wrote(chosen: TrainRecipe) -> None:
    """Says in plain words when the data is rule-written, and what to use instead."""
    report = chosen.data_folder / "report.json"
    if (
        speaks()
        and report.is_file()
        and json.loads(report.read_text(encoding="utf-8")).get("recipe", {}).get("teacher") == "offline"
    ):
        print(
            f"{chosen.data_folder} is rule-written (teacher: offline): good for trying everything out. For a companion worth "
            f"talking to, put examples from a teacher model or from the published records into {chosen.data_folder}/sft/.",
            file=sys.stderr,
        )


def read(path: Path, tokenizer: Any, remedy: str) -> Iterator[Example]:
    """Yields tokenized examples in file order.

    Args:
        path: A file of SFT lines.
        tokenizer: The model's own.
        remedy: What to do if the file is missing.

    Raises:
        UserError: No file, a broken line, a key missing, an example with nothing supervised or without its stop token.
    """
    encoder = Encoder(tokenizer)
    seen: dict[str, int] = {}
    for number, line in jsonl.read_dicts(path, "the training data", remedy):
        wrong = [key for key in KEYS if not isinstance(line.get(key), str)]
        if wrong:
            raise UserError(f"{path}:{number}: {', '.join(wrong)} missing or not text. Make the data again.")
        if line["id"] in seen:
            raise UserError(f"{path}:{number}: id {line['id']!r} stands on line {seen[line['id']]} too.")
        seen[line["id"]] = number
        yield Example(line["id"], line["trajectory_id"], line["user_id"], _branch(encoder, line, f"{path}:{number}"))


def _branch(encoder: Encoder, line: dict[str, Any], place: str) -> Branch:
    if not line["prompt"]:
        raise UserError(f"{place}: {line['id']} has an empty prompt.")
    if not line["completion"].removesuffix(STOP):
        raise UserError(f"{place}: {line['id']} has nothing to train on: its completion is empty.")
    if not line["completion"].endswith(STOP):
        raise UserError(f"{place}: {line['id']} does not end in {STOP}: a model trained on it would not learn to stop.")
    prompt, completion = encoder.encode(line["prompt"]), encoder.encode(line["completion"])
    if completion[-1] != encoder.tokenizer.convert_tokens_to_ids(STOP):
        raise UserError(f"{place}: {STOP} is not one token in this tokenizer; use a Qwen3 tokenizer.")
    ids = np.array(prompt + completion, dtype=np.int32)
    return Branch(ids, ((len(prompt), len(ids)),))


def need_fitting(examples: list[Example], tree_tokens: int) -> None:
    """Stops at the first sequences that are longer than a row; nothing is ever cut.

    Raises:
        UserError: Names the longest sequences and the budget that would hold all.
    """
    long = sorted(
        (e for e in examples if len(e.branch.input_ids) > tree_tokens), key=lambda e: -len(e.branch.input_ids)
    )
    if long:
        named = ", ".join(f"{example.id} ({len(example.branch.input_ids):,} tokens)" for example in long[:3])
        raise UserError(
            f"{len(long)} of {len(examples)} sequences are longer than tree_tokens ({tree_tokens:,}), such as {named}; "
            f"nothing is cut, so set tree_tokens to at least {len(long[0].branch.input_ids)} or shorten the data."
        )
