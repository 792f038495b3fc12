"""The tiny model's tokenizer: byte-level BPE with Qwen's splitting rule, its 26 added tokens and its stock template."""

from collections.abc import Iterable
from pathlib import Path

import trl
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from compass.chat import PLAIN_TOKENS, SPECIAL_TOKENS

# Qwen3's pre-tokenizer: contractions, words with the sign before them, single digits, signs, line ends, blanks.
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def train_tokenizer(texts: Iterable[str], size: int) -> PreTrainedTokenizerFast:
    """A tokenizer of `size` entries, the 26 added tokens last and flagged as Qwen3 flags them.

    `<tool_call>` and its like must not be special: `skip_special_tokens` would delete calls from served text.
    """
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    added = [
        AddedToken(token, special=token in SPECIAL_TOKENS, normalized=False) for token in SPECIAL_TOKENS + PLAIN_TOKENS
    ]
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(added), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    core.train_from_iterator(texts, trainer)
    core.add_tokens(added)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>", clean_up_tokenization_spaces=False
    )
    tokenizer.chat_template = stock_template()
    return tokenizer


def stock_template() -> str:
    """Qwen3's own chat template, as the installed trl carries it."""
    return (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text(encoding="utf-8")
