"""Pretrains the tiny base that is shipped in checkpoints/qwen3-tiny-base: `make tiny-base` (two or three hours on a core).

The shipped one was made in three goes: drills and 900 later steps, then `--go-on` with 450 and with 1,500.

It learns English of the project's kind and in-context recall of tastes, never a tool call, so that base against tuned
shows what tuning does.
"""

import argparse
import json
import math
import os
import random
import shutil
import time
from pathlib import Path

import torch
from torch.nn import functional
from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

from compass import errors, jsonl
from train import tiny_text
from train.tiny_text import IGNORED, Chat, Writer
from train.tiny_tokenizer import train_tokenizer
from train.tiny_wiring import wire

VOCABULARY = 4096
THETA = 10_000.0
ENOUGH = 0.85  # recall at which the next part of life joins the profile
LEARNING_RATE = 2e-3
WITH_TOOLS = 0.5  # last share of the later steps, in which prompts hold the app schemas too
EXAMINE, SAVE = 25, 100  # steps
DRILLS = 0.85  # share of short questions while the lookup is being learned, 0.3 afterwards


def new_model(pad: int, eos: int) -> Qwen3ForCausalLM:
    """A wired Qwen3 of 1.5 million parameters."""
    config = Qwen3Config(
        vocab_size=VOCABULARY, hidden_size=128, intermediate_size=384, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=4, head_dim=32, max_position_embeddings=32_768, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": THETA}, bos_token_id=None, eos_token_id=eos, pad_token_id=pad,
    )  # fmt: skip
    model = Qwen3ForCausalLM(config)
    wire(model, THETA)
    return model


def batch_of(chats: list[Chat]) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-padded ids and labels, both (chats, tokens)."""
    longest = max(len(chat.ids) for chat in chats)
    ids = torch.tensor([chat.ids + [0] * (longest - len(chat.ids)) for chat in chats])
    labels = torch.tensor([chat.labels + [IGNORED] * (longest - len(chat.labels)) for chat in chats])
    return ids, labels


def loss_of(model: Qwen3ForCausalLM, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over supervised tokens; only their logits are computed."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model.model(ids).last_hidden_state
    wanted = labels[:, 1:] != IGNORED
    return functional.cross_entropy(model.lm_head(hidden[:, :-1][wanted].float()), labels[:, 1:][wanted])


@torch.no_grad()
def recall_of(model: Qwen3ForCausalLM, writer: Writer, scenes: int, with_tools: bool) -> float:
    """Share of questions at which the first token of the first liked app is the likeliest."""
    hits = total = 0
    for _ in range(2 if with_tools else 4):
        chat = writer.recall(scenes, 0.3, with_tools)
        best = model(torch.tensor([chat.ids])).logits[0].argmax(-1)
        hits += sum(int(best[place]) == chat.ids[place + 1] for place in chat.probes)
        total += len(chat.probes)
    return hits / total


def rate_at(step: int, done: float) -> float:
    """Warm-up over 50 steps, full rate until the lookup is learned, then a cosine down to a fiftieth."""
    return LEARNING_RATE * min(1, step / 50) * (0.02 + 0.49 * (1 + math.cos(math.pi * done)))


def save(model: Qwen3ForCausalLM, tokenizer, folder: Path, record: dict) -> None:
    """Writes the checkpoint whole, then swaps it in."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    model.save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    jsonl.write_json(fresh / "run.json", record)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(fresh, folder)


def chats_for(writer: Writer, rng: random.Random, scenes: int, learned: bool, with_tools: bool) -> list[Chat]:
    """One batch, all of a kind so that little is padded; nothing but drills until the lookup is learned."""
    kind = rng.choices(("recall", "asking", "talk", "retelling"), (0.2, 0.4, 0.1, 0.3))[0] if learned else "recall"
    if kind == "talk":
        return [writer.talk() for _ in range(8)]
    if kind == "retelling":
        return [writer.retelling() for _ in range(6)]
    if kind == "asking":
        return [writer.asking(with_tools) for _ in range(2 if with_tools else 10)]
    known = scenes if rng.random() < 0.8 else rng.randint(1, scenes)
    if not learned:
        return [writer.recall(known, DRILLS) for _ in range(8)]
    return [writer.recall(known, 0.3, with_tools) for _ in range(2 if with_tools else 4)]


def pretrain(data: Path, output: Path, patience: int, later: int, go_on: bool, seed: int) -> None:
    """Tokenizer, wired model, drills until five parts of life are looked up well, then `later` steps of all texts.

    `go_on` takes the model in `output` and adds `later` steps of all texts.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    texts = tiny_text.load(data)
    if go_on:
        tokenizer, model = (
            AutoTokenizer.from_pretrained(output),
            Qwen3ForCausalLM.from_pretrained(output, dtype=torch.float32),
        )
    else:
        tokenizer = train_tokenizer(tiny_text.vocabulary_texts(texts, rng), VOCABULARY)
        model = new_model(tokenizer.pad_token_id, tokenizer.eos_token_id)
    writer, examiner = Writer(tokenizer, texts, seed), Writer(tokenizer, texts, seed + 1)
    print(f"{model.num_parameters():,} parameters, prompt prefix with schemas {len(writer.prefix)} tokens")
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    scenes, learned_at = (5, 0) if go_on else (1, None)
    seen, step, begun = 0, 0, time.monotonic()
    while learned_at is None or step < learned_at + later:
        done = 0.0 if learned_at is None else (step - learned_at) / later
        with_tools = (done > 1 - WITH_TOOLS and not go_on) or (go_on and rng.random() < 0.25)
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, done)
        ids, labels = batch_of(chats_for(writer, rng, scenes, learned_at is not None, with_tools))
        loss = loss_of(model, ids, labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += ids.numel()
        if step % EXAMINE == 0:
            recall = recall_of(model, examiner, scenes, with_tools)
            record = {
                "step": step,
                "scenes": scenes,
                "recall": round(recall, 3),
                "loss": round(loss.item(), 3),
                "tokens": seen,
            }
            print(json.dumps(record | {"seconds": round(time.monotonic() - begun)}), flush=True)
            if learned_at is None and ((recall > ENOUGH and scenes == 5) or step >= patience):
                learned_at, scenes = step, 5
            scenes += learned_at is None and recall > ENOUGH
        if step % SAVE == 0 or (learned_at is not None and step == learned_at + later):
            save(
                model,
                tokenizer,
                output,
                {"step": step, "seed": seed, "go_on": go_on, "recall": round(recall, 3), "tokens": seen},
            )


def main() -> None:
    """Reads the command line and pretrains."""
    parser = argparse.ArgumentParser(prog="python -m train.tiny_base", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path("data/pretrain"), help="output folder of recipes/data/pretrain.yaml"
    )
    parser.add_argument("--output", type=Path, default=Path("checkpoints/qwen3-tiny-base"))
    parser.add_argument("--patience", type=int, default=1200, help="most steps of drills")
    parser.add_argument("--later", type=int, default=2800, help="steps of all texts after the drills")
    parser.add_argument("--go-on", action="store_true", help="start from the model in --output; only --later steps")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    pretrain(arguments.data, arguments.output, arguments.patience, arguments.later, arguments.go_on, arguments.seed)


if __name__ == "__main__":
    errors.run(main)
