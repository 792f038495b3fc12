"""Memory of a recipe, before a card is rented: `python -m train.estimate --config recipes/qwen3_8b_lora.yaml`.

Activations are not guessed from a formula: layers of the model's proportions run once on the CPU, and what autograd keeps
for the backward pass is added up.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from compass import errors
from compass.errors import UserError
from train import settings
from train.flops import linear_sizes
from train.settings import TrainRecipe

CARDS = (24, 48, 80, 141)
QWEN3_8B = {
    "vocab_size": 151_936, "hidden_size": 4096, "intermediate_size": 12_288, "num_hidden_layers": 36,
    "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "tie_word_embeddings": False,
}  # fmt: skip
"""The published shape, for machines that reach no hub."""

RUNTIME_BYTES = 1_500_000_000
"""CUDA context, libraries' workspaces and the allocator's rounding."""

LOSS_TILE = 4096 * 32_768
"""TRL's head works on tiles of so many logits."""

FP32, BF16 = 4, 2
SAMPLE = 128
"""Tokens of the row that is run; all activations grow with the tokens."""


@dataclass(frozen=True)
class Memory:
    """Bytes one card needs.

    Attributes:
        weights: The model as it is loaded.
        trained: Trained parameters, their gradients and AdamW's two moments, in fp32.
        activations: What the backward pass of one tree needs.
        loss: Logit tiles.
    """

    weights: int
    trained: int
    activations: int
    loss: int

    @property
    def total(self) -> int:
        return self.weights + self.trained + self.activations + self.loss + RUNTIME_BYTES


def main() -> None:
    """Prints the estimate and what fits on usual cards."""
    parser = argparse.ArgumentParser(prog="python -m train.estimate", description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="a training recipe, recipes/*.yaml")
    parser.add_argument("--shards", type=int, default=1, help="cards that share weights and optimizer (FSDP2, ZeRO-3)")
    arguments, overrides = parser.parse_known_args()
    chosen = settings.load(arguments.config, overrides)
    memory = estimate(chosen, chosen.ours.tree_tokens, arguments.shards)
    print(f"{chosen.path}: one card, trees of {chosen.ours.tree_tokens:,} tokens, weights shared by {arguments.shards}")
    table = Table("what", "GB")
    for name in ("weights", "trained", "activations", "loss"):
        table.add_row(name, f"{getattr(memory, name) / 1e9:.1f}")
    table.add_row("CUDA and libraries", f"{RUNTIME_BYTES / 1e9:.1f}")
    table.add_row("together", f"{memory.total / 1e9:.1f}")
    Console().print(table)
    for card in CARDS:
        most = largest_tree(memory, chosen.ours.tree_tokens, card * 10**9)
        print(f"{card:>4} GB card: " + (f"tree_tokens up to {most:,}" if most else "does not fit"))


def shape(chosen: TrainRecipe) -> Any:
    """The model's configuration.

    Raises:
        UserError: It is neither here nor known.
    """
    from transformers import AutoConfig, Qwen3Config

    if chosen.model_name == "Qwen/Qwen3-8B":
        return Qwen3Config(**QWEN3_8B)
    try:
        return AutoConfig.from_pretrained(chosen.model_name, revision=chosen.model.get("model_revision", "main"))
    except (OSError, ValueError) as error:
        raise UserError(f"no configuration of {chosen.model_name!r} here: {str(error).splitlines()[0]}") from None


def parameters(config: Any) -> int:
    """All weights; a tied output head counts once."""
    h = config.hidden_size
    layer = sum(a * b for a, b in linear_sizes(config)) + 2 * h + 2 * config.head_dim
    return config.num_hidden_layers * layer + h + config.vocab_size * h * (1 if config.tie_word_embeddings else 2)


def trained_parameters(chosen: TrainRecipe, config: Any) -> int:
    """The adapter's, or all of them without one."""
    if not chosen.model.get("use_peft"):
        return parameters(config)
    return chosen.model.get("lora_r", 16) * sum(a + b for a, b in linear_sizes(config)) * config.num_hidden_layers


def disk_bytes(chosen: TrainRecipe) -> int:
    """What the run may write: saved states (weights and AdamW's moments) and the finished checkpoint."""
    states = (chosen.sft.get("save_total_limit") or 10) + 1  # the newest is written before the oldest goes
    return trained_parameters(chosen, shape(chosen)) * FP32 * (3 * states + 1) + 100_000_000


def estimate(chosen: TrainRecipe, tree_tokens: int, shards: int = 1) -> Memory:
    """Memory of one card for trees of `tree_tokens`."""
    config = shape(chosen)
    linear = config.num_hidden_layers * sum(a * b for a, b in linear_sizes(config))
    rest = parameters(config) - linear
    width = FP32 if chosen.model.get("dtype", "float32") == "float32" else BF16
    weights = rest * width + linear * (0.516 if chosen.model.get("load_in_4bit") else width)
    if not chosen.model.get("use_peft"):
        weights = 0 if width == FP32 else weights  # fp32 weights are the trained ones, counted below
    if chosen.model.get("load_in_4bit"):
        weights += max(a * b for a, b in linear_sizes(config)) * BF16  # one matrix at a time is unpacked
    trained = trained_parameters(chosen, config) * 4 * FP32
    return Memory(
        weights=int(weights / shards),
        trained=trained // shards,
        activations=activation_bytes(chosen, config, tree_tokens),
        loss=2 * LOSS_TILE * BF16,
    )


def largest_tree(memory: Memory, tree_tokens: int, card_bytes: int) -> int:
    """The largest `tree_tokens` that fits a card, a multiple of 1024; 0 if not even that does.

    Args:
        memory: The estimate for `tree_tokens`; activations grow with the tokens, the rest stays.
    """
    room = card_bytes - (memory.total - memory.activations)
    return max(0, room * tree_tokens // memory.activations // 1024 * 1024)


def activation_bytes(chosen: TrainRecipe, config: Any, tree_tokens: int) -> int:
    """Bytes kept for the backward pass of one tree, and the largest gradients on top."""
    from train.saved_activations import kept_bytes

    checkpointing = chosen.sft.get("gradient_checkpointing", True)
    dtype = "float32" if chosen.sft.get("bf16") is False else "bfloat16"
    dropout = chosen.model.get("lora_dropout", 0.05)
    rank = chosen.model.get("lora_r", 16) if chosen.model.get("use_peft") else 0
    one, two = (kept_bytes(config, layers, SAMPLE, dtype, rank, dropout) for layers in (1, 2))
    width = FP32 if dtype == "float32" else BF16
    layer = two - one
    boundary = SAMPLE * config.hidden_size * width
    layers = config.num_hidden_layers
    kept = one - layer + (layers * boundary + layer if checkpointing else layers * layer)
    gradients = 3 * SAMPLE * config.intermediate_size * width
    return (kept + gradients) * tree_tokens // SAMPLE


if __name__ == "__main__":
    errors.run(main)
