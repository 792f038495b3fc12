"""Pretrains the tiny base that is shipped in checkpoints/qwen3-tiny-base: `make tiny-base` (an hour or two on a core).

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
from transformers import Qwen3Config, Qwen3ForCausalLM

from compass import errors, jsonl
from train import tiny_text
from train.tiny_text import IGNORED, Chat, Writer
from train.tiny_tokenizer import train_tokenizer
from train.tiny_wiring import wire

VOCABULARY = 4096
THETA = 10_000.0
ENOUGH = 0.85  # recall at which the next part of life joins the profile
LEARNING_RATE = 2e-3
WITH_TOOLS = 0.3  # last share of the steps, in which prompts hold the app schemas too
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


def rate_at(done: float) -> float:
    """Full learning rate for 0.6 of the steps, then a cosine down to a fiftieth."""
    return 1.0 if done < 0.6 else 0.02 + 0.49 * (1 + math.cos(math.pi * (done - 0.6) / 0.4))


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
    kind = rng.choices(("recall", "talk", "retelling"), (0.6, 0.2, 0.2))[0] if learned else "recall"
    if kind == "talk":
        return [writer.talk() for _ in range(8)]
    if kind == "retelling":
        return [writer.retelling() for _ in range(6)]
    known = scenes if rng.random() < 0.8 else rng.randint(1, scenes)
    if not learned:
        return [writer.recall(known, DRILLS) for _ in range(8)]
    return [writer.recall(known, 0.3, with_tools) for _ in range(2 if with_tools else 4)]


def pretrain(data: Path, output: Path, steps: int, seed: int) -> None:
    """Tokenizer, model, curriculum; saves every 200 steps."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    texts = tiny_text.load(data)
    tokenizer = train_tokenizer(tiny_text.vocabulary_texts(texts, rng), VOCABULARY)
    model = new_model(tokenizer.pad_token_id, tokenizer.eos_token_id)
    writer, examiner = Writer(tokenizer, texts, seed), Writer(tokenizer, texts, seed + 1)
    print(f"{model.num_parameters():,} parameters, prompt prefix with schemas {len(writer.prefix)} tokens")
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    scenes, learned, seen, begun, record = 1, False, 0, time.monotonic(), {}
    for step in range(1, steps + 1):
        with_tools = step > steps * (1 - WITH_TOOLS)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, step / 50) * rate_at(step / steps)
        ids, labels = batch_of(chats_for(writer, rng, scenes, learned or with_tools, with_tools))
        loss = loss_of(model, ids, labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += ids.numel()
        if step % 50 == 0 or step == steps:
            recall = recall_of(model, examiner, scenes, with_tools)
            spent = time.monotonic() - begun
            record = {
                "step": step,
                "scenes": scenes,
                "recall": round(recall, 3),
                "loss": round(loss.item(), 3),
                "tokens": seen,
            }
            print(json.dumps(record | {"seconds": round(spent), "tokens_per_second": round(seen / spent)}), flush=True)
            learned = learned or (scenes == 5 and recall > ENOUGH)
            scenes += recall > ENOUGH and scenes < 5
        if step % 200 == 0 or step == steps:
            save(
                model, tokenizer, output, record | {"seed": seed, "steps": steps, "parameters": model.num_parameters()}
            )


def main() -> None:
    """Reads the command line and pretrains."""
    parser = argparse.ArgumentParser(prog="python -m train.tiny_base", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path("data/pretrain"), help="output folder of recipes/data/pretrain.yaml"
    )
    parser.add_argument("--output", type=Path, default=Path("checkpoints/qwen3-tiny-base"))
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    pretrain(arguments.data, arguments.output, arguments.steps, arguments.seed)


if __name__ == "__main__":
    errors.run(main)
