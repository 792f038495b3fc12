"""QLoRA through the front door on the CPU, where bitsandbytes is installed: NF4 weights, a checked adapter, a merged model."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoConfig, Qwen3Config, Qwen3ForCausalLM

from tests.train.conftest import run
from train import merge

pytest.importorskip("bitsandbytes", reason="pip install -e '.[qlora]'")


@pytest.mark.filterwarnings("error:.*autograd kernel was not registered")
def test_a_4bit_run_ends_in_an_adapter_for_the_unquantized_base(workplace, tokenizer):
    """The last minute of a long run is a bad time to learn that quantized configurations break the adapter's check; nor may the
    check of branches, an evaluation, cost the weights their gradient."""
    torch.manual_seed(0)
    config = Qwen3Config(  # bitsandbytes packs blocks of 64 weights
        vocab_size=len(tokenizer), hidden_size=128, intermediate_size=192, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=32, max_position_embeddings=512, tie_word_embeddings=True, initializer_range=0.1,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained("base")
    run(
        "--load_in_4bit",
        "true",
        "--bnb_4bit_quant_type",
        "nf4",
        "--use_bnb_nested_quant",
        "true",
        "--learning_rate",
        "5e-3",
    )
    first, *_, last = [
        e["loss"] for e in json.loads(Path("checkpoints/toy/run.json").read_text())["log"] if "loss" in e
    ]
    assert last < 0.8 * first
    merge.merge(Path("checkpoints/toy"), Path("checkpoints/merged"))
    assert getattr(AutoConfig.from_pretrained("checkpoints/merged"), "quantization_config", None) is None
    assert (
        load_file("checkpoints/merged/model.safetensors")["model.layers.0.mlp.up_proj.weight"].dtype == torch.bfloat16
    )
