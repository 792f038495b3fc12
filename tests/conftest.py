"""Tokenizers that tests share: real Qwen token boundaries without a hub, and the shipped tiny one."""

import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest

from compass.chat import ADDED_TOKENS, SPECIAL_TOKENS

ROOT = Path(__file__).parent.parent
QWEN_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def stock_template() -> str:
    """Qwen3's own chat template, as the installed trl carries it."""
    import trl

    return (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def qwen_tokenizer():
    """Qwen's vocabulary (from the dashscope package) with the 26 added tokens at their real ids."""
    from importlib.util import find_spec

    from tokenizers import AddedToken
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter

    ranks = Path(find_spec("dashscope").origin).parent / "resources" / "qwen.tiktoken"
    fast = TikTokenConverter(vocab_file=str(ranks), pattern=QWEN_PATTERN).converted()
    fast.add_tokens([AddedToken(token, special=token in SPECIAL_TOKENS, normalized=False) for token in ADDED_TOKENS])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=fast, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = stock_template()
    assert tokenizer.convert_tokens_to_ids("</think>") == 151668, "added tokens must sit at Qwen3's ids"
    return tokenizer


@pytest.fixture(scope="session")
def tiny_tokenizer():
    """The shipped tiny model's tokenizer."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(ROOT / "checkpoints" / "qwen3-tiny-base")
