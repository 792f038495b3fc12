"""The episodes of two models, unit by unit, as the report's page holds them."""

import base64
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from compass.rollout import Exchange
from compass.score import Scores
from eval.compare import Comparison
from eval.episode import Episode, Round
from eval.reasons import ORDER, change, reasons

Pair = tuple[str, Round, Round]


def pairs_of(mine: Sequence[Episode], theirs: Sequence[Episode]) -> Iterator[Pair]:
    """(person, round of the first model, the same round of the second), scored rounds only, in the order of the bench."""
    other = {(e.id, r.number, r.with_history): r for e in theirs for r in e.rounds}
    for episode in mine:
        for each in episode.rounds:
            key = (episode.id, each.number, each.with_history)
            if each.scored and key in other:
                yield episode.user_id, each, other[key]


def packed(comparison: Comparison, pairs: Sequence[Pair]) -> str:
    """JSON, gzip, base64: text that cannot end the element it stands in."""
    shown = [_pair(*pair) for pair in pairs]
    data = {
        "names": [comparison.first.model, comparison.second.model],
        "pairs": shown,
        "reasons": list(ORDER),
        "apps": sorted({app for pair in shown for arm in pair["arms"] for app in arm["apps"]}),
        "stickers": _drawings(pairs),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def reason_counts(pairs: Sequence[Pair]) -> list[tuple[str, int, int]]:
    """(reason, units of the first model, of the second) for each reason that occurs."""
    counts = [Counter(reason for pair in pairs for reason in reasons(pair[arm])) for arm in (1, 2)]
    return [
        (reason, counts[0][reason], counts[1][reason]) for reason in ORDER if counts[0][reason] or counts[1][reason]
    ]


def _pair(person: str, mine: Round, theirs: Round) -> dict[str, Any]:
    alone = {True: ["with history"], False: ["without history"], None: []}[mine.with_history]
    return {
        "user": person,
        "situation": mine.situation_id,
        "scene": mine.scene or "unknown",
        "said": f"{mine.reaction}\n\n{mine.utterance}" if mine.reaction else mine.utterance,
        "tags": alone,
        "change": change(mine, theirs),
        "arms": [_arm(mine), _arm(theirs)],
    }


def _arm(each: Round) -> dict[str, Any]:
    wrong = reasons(each)
    return {
        "reasons": wrong,
        "outcome": wrong[0] if wrong else each.scores.side or "fine",
        "apps": sorted({call.name[:64] for exchange in each.exchanges for call in exchange.calls}),
        "scores": _scores(each.scores),
        "turns": [_turn(exchange) for exchange in each.exchanges],
    }


def _scores(scores: Scores) -> list[str]:
    """Scores as short words; those that do not apply are left out."""
    said = scores.model_dump()
    side = [f"{said.pop('side')} app"] if scores.side else []
    return side + [
        f"{'' if value else 'not '}{name.replace('_', ' ')}" for name, value in said.items() if value is not None
    ]


def _turn(exchange: Exchange) -> dict[str, Any]:
    return {
        "raw": exchange.raw,
        "content": "" if exchange.parse_error else exchange.content,
        "error": exchange.parse_error,
        "finish": exchange.finish_reason,
        "not_run": exchange.not_run,
        "calls": [call.model_dump(include={"name", "arguments", "ok", "result"}) for call in exchange.calls],
    }


def _drawings(pairs: Sequence[Pair]) -> dict[str, str]:
    """Sticker id to its SVG in base64, for the stickers that occur."""
    calls = (call for pair in pairs for each in pair[1:] for exchange in each.exchanges for call in exchange.calls)
    results = [json.loads(call.result) for call in calls if call.ok and call.name == "sticker_respond"]
    used = {sticker["id"] for result in results for sticker in result.get("stickers", [])}
    return {name: drawing for name, drawing in _all_drawings().items() if name in used}


@cache
def _all_drawings() -> dict[str, str]:
    import compass.tools

    path = Path(compass.tools.__file__).parent / "catalog" / "stickers.json"
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    return {item["id"]: base64.b64encode(item["svg"].encode()).decode() for item in items}
