"""Real Qwen token boundaries without a hub, for measuring: from the vocabulary that the package `dashscope` carries."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from compass.chat import ADDED_TOKENS, SPECIAL_TOKENS
from compass.errors import UserError

# Qwen's pre-tokenizer
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def qwen_tokenizer() -> Any:
    """Qwen3's tokenizer with its 26 added tokens and stock template.

    Raises:
        UserError: A package that carries the vocabulary or the template is missing.
    """
    from tokenizers import AddedToken
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter

    ranks = _inside("dashscope", "resources/qwen.tiktoken")
    fast = TikTokenConverter(vocab_file=str(ranks), pattern=PATTERN).converted()
    fast.add_tokens([AddedToken(token, special=token in SPECIAL_TOKENS, normalized=False) for token in ADDED_TOKENS])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=fast, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = _inside("trl", "chat_templates/qwen3.jinja").read_text(encoding="utf-8")
    assert tokenizer.convert_tokens_to_ids("</think>") == 151668, "added tokens must sit at Qwen3's ids"
    return tokenizer


def _inside(package: str, name: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise UserError(f"the package {package} is not installed. Set up the test environment: make setup.")
    return Path(found.origin).parent / name
