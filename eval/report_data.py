"""The episodes of two models, unit by unit, as the report's page holds them; gathered one by one, never all in memory."""

import base64
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from compass.errors import UserError
from compass.rollout import Exchange
from compass.score import Scores
from eval.episode import Episode, Round
from eval.reasons import ORDER, change, reasons

Pair = tuple[str, Round, Round]
MOST = 6000
"""Units that a page shows; it says so when there are more."""


@dataclass(frozen=True)
class Gathered:
    """What the page needs of the episodes.

    Attributes:
        data: JSON, gzip, base64: text that cannot end the element it stands in.
        reasons: (reason, units of the first model, of the second) for each reason that occurs.
        shown: Units in `data`; `units`: units there are.
    """

    data: str
    reasons: list[tuple[str, int, int]]
    shown: int
    units: int


def pairs_of(mine: Iterable[Episode], theirs: Iterable[Episode]) -> Iterator[Pair]:
    """(person, round of the first model, the same round of the second), scored rounds only, in the order of the bench.

    Raises:
        UserError: The two runs did not play the same episodes.
    """
    others = iter(theirs)
    for episode in mine:
        other = next(others, None)
        if other is None or other.id != episode.id or len(other.rounds) != len(episode.rounds):
            raise UserError(
                f"The two runs did not play the same episodes: {episode.id} of one is {other.id if other else 'missing'} in"
                " the other. Evaluate both again."
            )
        for one, two in zip(episode.rounds, other.rounds):
            if one.scored:
                yield episode.user_id, one, two


def gather(names: Sequence[str], pairs: Iterable[Pair]) -> Gathered:
    """Goes through the pairs once, packing as it goes."""
    counts, apps, stickers = (Counter(), Counter()), set(), set()
    shown = units = 0
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(b'{"pairs":[')
        for pair in pairs:
            units += 1
            for count, each in zip(counts, pair[1:]):
                count.update(reasons(each))
            if units > MOST:
                continue
            row = _pair(*pair)
            file.write((b"," if shown else b"") + _json(row))
            shown += 1
            apps |= {app for arm in row["arms"] for app in arm["apps"]}
            stickers |= set(_stickers(pair))
        drawings = {name: drawing for name, drawing in _all_drawings().items() if name in stickers}
        rest = {"names": list(names), "reasons": list(ORDER), "apps": sorted(apps), "stickers": drawings}
        file.write(b"]," + _json(rest)[1:])
    occurring = [(reason, counts[0][reason], counts[1][reason]) for reason in ORDER]
    found = [each for each in occurring if each[1] or each[2]]
    return Gathered(base64.b64encode(packed.getvalue()).decode(), found, shown, units)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


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


def _stickers(pair: Pair) -> Iterator[str]:
    """Ids of the stickers that were sent."""
    calls = (call for each in pair[1:] for exchange in each.exchanges for call in exchange.calls)
    for call in calls:
        if call.ok and call.name == "sticker_respond":
            yield from (sticker["id"] for sticker in json.loads(call.result).get("stickers", []))


@cache
def _all_drawings() -> dict[str, str]:
    """Sticker id to its SVG in base64."""
    import compass.tools

    path = Path(compass.tools.__file__).parent / "catalog" / "stickers.json"
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    return {item["id"]: base64.b64encode(item["svg"].encode()).decode() for item in items}
