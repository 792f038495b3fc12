"""Results that fit a prompt: the best items first, cut to what a reply needs."""

import json
from typing import Any

LIMIT_CHARS = 1200  # about 350 tokens


def fit(body: dict[str, Any], key: str, items: list[dict[str, Any]], limit: int = LIMIT_CHARS) -> dict[str, Any]:
    """The body with as many of the items, best first, as keep its JSON within `limit` characters; at least one."""
    kept = list(items)
    while len(kept) > 1 and len(json.dumps({**body, key: kept}, ensure_ascii=False)) > limit:
        kept.pop()
    return {**body, key: kept}


def pick(item: dict[str, Any], *fields: str) -> dict[str, Any]:
    """Those fields of an item that hold something."""
    return {field: item[field] for field in fields if item[field] not in (None, "", [])}


def beginning(text: str, limit: int) -> str:
    """The first whole sentences of a text that fit into `limit` characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? ", '." ', "\n"))
    return cut[: end + 1].rstrip() + " …" if end > limit // 3 else cut.rsplit(" ", 1)[0] + "…"
