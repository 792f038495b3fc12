"""A random Qwen3 of a few hundred thousand parameters and two random LoRA adapters, in the folders that a server is started on."""

from pathlib import Path
from typing import Any

from compass.chat import ADDED_TOKENS, IM_END, SPECIAL_TOKENS
from tests.conftest import stock_template

_TEXT = (
    "A person writes about the day, and a companion answers, or asks an app for help first.",
    '{"type": "function", "function": {"name": "plan_assistant", "description": "Makes a plan", "parameters": {}}}',
    "# Tools\n\nYou may call one or more functions to assist with the user query.",
)


def tokenizer() -> Any:
    """Byte-level BPE with Qwen3's added tokens, flags as in Qwen3, and its stock chat template."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    inner.train_from_iterator(_TEXT * 4, trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet))
    inner.add_tokens([AddedToken(token, special=token in SPECIAL_TOKENS, normalized=False) for token in ADDED_TOKENS])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=IM_END, pad_token="<|endoftext|>")
    wrapped.chat_template = stock_template()
    return wrapped


def build(folder: Path) -> tuple[Path, dict[str, Path]]:
    """Writes the base and its adapters under `folder`; returns the base's path and the adapters by name."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(7)
    words = tokenizer()
    base = folder / "tiny-base"
    config = Qwen3Config(
        vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=32, max_position_embeddings=4096, tie_word_embeddings=True,
        eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id, dtype="float32",
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(base)
    words.save_pretrained(base)

    adapters = {}
    for name, rank in (("soft", 4), ("strong", 24)):
        lora = LoraConfig(r=rank, lora_alpha=64, target_modules="all-linear", init_lora_weights=False)
        model = get_peft_model(Qwen3ForCausalLM.from_pretrained(base), lora)
        adapters[name] = folder / name
        model.save_pretrained(adapters[name])
        words.save_pretrained(adapters[name])
    return base, adapters
