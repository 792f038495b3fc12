"""The format a checkpoint was trained in: written by the data recipe, copied into the checkpoint, obeyed by evaluation."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compass import jsonl, prompt
from compass.errors import UserError, need_file
from compass.prompt import PromptStyle
from compass.schema import Strict
from compass.tools import schemas


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tokenizer_sha(tokenizer: Any) -> str:
    """Hash of what decides a tokenizer's ids: vocabulary, merges, and which added tokens are special.

    Saving and loading moves added tokens between a tokenizer's files and spells its merges anew; neither changes the hash.
    """
    made = json.loads(tokenizer.backend_tokenizer.to_str())
    added = {token["content"]: token for token in made["added_tokens"]}
    vocabulary = made["model"]["vocab"] | {text: token["id"] for text, token in added.items()}
    merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in made["model"].get("merges", [])]
    special = sorted(text for text, token in added.items() if token["special"])
    return _sha(json.dumps([sorted(vocabulary.items()), merges, sorted(added), special]))


class Format(Strict):
    """`format.json`. Hashes are the first 16 hex digits of a sha256."""

    tokenizer: str
    tokenizer_revision: str | None
    tokenizer_sha: str
    chat_template_sha: str
    tool_schemas_sha: str
    guides_sha: str
    prompt_style: PromptStyle
    enable_thinking: bool

    @classmethod
    def of(
        cls, tokenizer: Any, name: str, revision: str | None, prompt_style: PromptStyle, enable_thinking: bool
    ) -> "Format":
        """The format that today's code and this tokenizer give."""
        return cls(
            tokenizer=name,
            tokenizer_revision=revision,
            tokenizer_sha=tokenizer_sha(tokenizer),
            chat_template_sha=_sha(tokenizer.chat_template),
            tool_schemas_sha=_sha(json.dumps(schemas(prompt_style))),
            guides_sha=prompt.guides_sha(),
            prompt_style=prompt_style,
            enable_thinking=enable_thinking,
        )

    @classmethod
    def load(cls, path: Path, remedy: str) -> "Format":
        """Reads `format.json`.

        Raises:
            UserError: Missing, empty, not JSON, or not a format; ends with `remedy`.
        """
        text = need_file(path, "the format file", remedy).read_text(encoding="utf-8")
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise UserError(f"{path}: not a format file: {jsonl.problems_of(error)}. {remedy}") from None

    def save(self, path: Path) -> None:
        jsonl.write_json(path, self.model_dump())

    def differences(self, other: "Format") -> list[str]:
        """Fields whose values differ, as `name: mine / theirs`; where a tokenizer lies does not count, what is in it does."""
        names = {"tokenizer", "tokenizer_revision"}
        mine, theirs = self.model_dump(exclude=names), other.model_dump(exclude=names)
        found = [f"{name}: {mine[name]} / {theirs[name]}" for name in mine if mine[name] != theirs[name]]
        if self.tokenizer_sha != other.tokenizer_sha:
            found.append(f"the tokenizer is that of {self.tokenizer} / {other.tokenizer}")
        return found
