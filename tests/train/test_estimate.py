"""Memory estimates rest on counts: the counts must be those of the real model."""

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen3Config, Qwen3ForCausalLM

from train import estimate, settings
from train.saved_activations import kept_bytes

SMALL = {
    "vocab_size": 300, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 16,
}  # fmt: skip


def recipe(tmp_path: Path, **ours) -> settings.TrainRecipe:
    return settings.TrainRecipe(Path("toy.yaml"), settings.Ours(data="d", **ours), {"use_peft": True, "lora_r": 4}, {})


@pytest.mark.parametrize("tied", [False, True])
def test_parameters_are_counted_as_the_model_has_them(tied, tmp_path):
    """A forgotten head or norm is gigabytes at 8B."""
    config = Qwen3Config(**SMALL, tie_word_embeddings=tied)
    model = Qwen3ForCausalLM(config)
    assert estimate.parameters(config) == sum(p.numel() for p in model.parameters())
    tuned = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    trained = sum(p.numel() for p in tuned.parameters() if p.requires_grad)
    assert estimate.trained_parameters(recipe(tmp_path), config) == trained


def test_qwen3_8b_has_its_published_size():
    """8.2 billion parameters, 6.95 without embeddings."""
    config = Qwen3Config(**estimate.QWEN3_8B)
    assert estimate.parameters(config) == 8_190_735_360
    assert estimate.parameters(config) - 2 * config.vocab_size * config.hidden_size == pytest.approx(6.95e9, rel=0.01)


def test_a_narrower_model_stands_for_the_wide_one():
    """The sample is run narrow and scaled up; the wide model, run as it is, must keep about as much."""
    wide = {
        "hidden_size": 256,
        "intermediate_size": 768,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 32,
    }
    config = Qwen3Config(**SMALL | wide)
    scaled = kept_bytes(config, 2, 64, "bfloat16", 8, 0.05) - kept_bytes(config, 1, 64, "bfloat16", 8, 0.05)
    model = get_peft_model(
        Qwen3ForCausalLM(Qwen3Config(**SMALL | wide | {"num_hidden_layers": 1})).to(torch.bfloat16),
        LoraConfig(r=8, lora_dropout=0.05, target_modules="all-linear"),
    ).train()
    seen = {}
    own = {p.data_ptr() for p in model.parameters()}

    def keep(tensor):
        if tensor.untyped_storage().data_ptr() not in own:
            seen[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    layer = model.base_model.model.model.layers[0]
    hidden = torch.zeros(1, 64, 256, dtype=torch.bfloat16, requires_grad=True)
    cosines = model.base_model.model.model.rotary_emb(hidden, torch.arange(64)[None])
    with torch.autocast("cpu", torch.bfloat16), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        layer(hidden, position_embeddings=cosines)
    assert scaled == pytest.approx(sum(seen.values()), rel=0.15)


def test_what_fits_a_card_fits_it():
    """The printed limit must not overflow the card it is printed for, and must use it."""
    chosen = settings.load(Path("recipes/qwen3_8b_qlora.yaml"))
    memory = estimate.estimate(chosen, chosen.ours.tree_tokens)
    most = estimate.largest_tree(memory, chosen.ours.tree_tokens, 24 * 10**9)
    assert chosen.ours.tree_tokens <= most, "the recipe promises a 24 GB card"
    assert estimate.estimate(chosen, most).total <= 24e9 < estimate.estimate(chosen, most + 2048).total
