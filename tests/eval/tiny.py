"""A random Qwen3 of two layers that reads real prompts in about two thousand tokens, with LoRA checkpoints made from it."""

import json
from pathlib import Path
from typing import Any

from compass import prompt
from compass.chat import ADDED_TOKENS, IM_END, SPECIAL_TOKENS
from compass.format import Format
from tests.conftest import stock_template
from tests.eval.people import people


def tokenizer() -> Any:
    """Byte-level BPE over the prompts of the tests, with Qwen3's added tokens, their flags and its stock template."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    texts = [json.dumps(prompt.tools("profile", "compact"))] * 3
    texts += [text for user in people(2) for text in prompt.system(user, "profile", "compact")]
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    inner.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=900, initial_alphabet=alphabet, show_progress=False)
    )
    inner.add_tokens([AddedToken(token, special=token in SPECIAL_TOKENS, normalized=False) for token in ADDED_TOKENS])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=IM_END, pad_token="<|endoftext|>")
    wrapped.chat_template = stock_template()
    return wrapped


def build(root: Path, names: tuple[str, ...] = ("soft", "strong")) -> Path:
    """Writes `checkpoints/tiny-base` and an adapter checkpoint for each name under `root`; returns `root`."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(7)
    words = tokenizer()
    base = root / "checkpoints" / "tiny-base"
    config = Qwen3Config(
        vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=32, max_position_embeddings=32_768, tie_word_embeddings=True,
        eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id, dtype="float32", initializer_range=0.2,
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(base)
    words.save_pretrained(base)
    for name in names:
        lora = LoraConfig(r=4, lora_alpha=32, target_modules="all-linear", init_lora_weights=False)
        model = get_peft_model(Qwen3ForCausalLM.from_pretrained(base), lora)
        model.peft_config["default"].base_model_name_or_path = "checkpoints/tiny-base"
        folder = root / "checkpoints" / name
        model.save_pretrained(folder, save_embedding_layers=False)
        words.save_pretrained(folder)
        Format.of(words, "tiny", None, "compact", False).save(folder / "format.json")
        data = {"data": {"recipe": "recipes/data/offline.yaml"}}
        (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
    return root
