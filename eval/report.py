"""The report: one HTML file that opens offline. Whatever a model wrote stands in it as text, never as markup."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compass import jsonl
from compass.rollout import Exchange, reply_text
from eval.compare import Comparison
from eval.episode import Episode, Round
from eval.metrics import METRICS, absent_because
from eval.table import conclusion, heading, percent, percent_of, points


def write_report(path: Path, comparison: Comparison, mine: Sequence[Episode], theirs: Sequence[Episode]) -> Path:
    """Writes the report and returns its path."""
    folder = Path(__file__).parent
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("report.html.jinja").render(
        heading=heading(comparison),
        conclusion=conclusion(comparison),
        comparison=comparison,
        rows=[_row(comparison, name) for name in METRICS],
        chance=[percent(s.results.liked_by_chance) for s in (comparison.first, comparison.second)],
        distinct=[
            [percent_of(s.results.distinct_corpus[n]) for s in (comparison.first, comparison.second)]
            for n in ("1", "2")
        ],
        history=_history(comparison),
        episodes=_pairs(mine, theirs),
    )
    with jsonl.writing(path) as file:
        file.write(page)
    return path


def _row(comparison: Comparison, name: str) -> dict[str, Any]:
    metric, difference = METRICS[name], comparison.differences[name]
    mine, theirs = (s.results.rates[name] for s in (comparison.first, comparison.second))
    return {
        "name": name,
        "title": metric.title,
        "definition": metric.definition,
        "absent": absent_because(name, comparison.first.setting) if mine.over_all.value is None else "",
        "mine": percent(mine.over_all),
        "theirs": percent(theirs.over_all),
        "points": points(difference.over_all),
        "verdict": difference.verdict or "–",
        "given": metric.given_title if metric.given else "",
        "given_mine": percent(mine.over_given),
        "given_theirs": percent(theirs.over_given),
        "given_points": points(difference.over_given),
    }


def _history(comparison: Comparison) -> list[dict[str, str]]:
    if not comparison.first.history or not comparison.second.history:
        return []
    added = [summary.history.added for summary in (comparison.first, comparison.second)]
    return [
        {"title": METRICS[name].title, "mine": points(added[0][name]), "theirs": points(added[1][name])}
        for name in ("call_valid", "executed", "liked", "disliked", "none")
    ]


def _pairs(mine: Sequence[Episode], theirs: Sequence[Episode]) -> list[dict[str, Any]]:
    """Each scored round of both models side by side."""
    other = {(e.id, r.number, r.with_history): r for e in theirs for r in e.rounds}
    return [
        {
            "user": episode.user_id,
            "situation": each.situation_id,
            "scene": each.scene or "scene unknown",
            "alone": each.with_history is False,
            "arms": [_shown(each), _shown(other[episode.id, each.number, each.with_history])],
        }
        for episode in mine
        for each in episode.rounds
        if each.scored and (episode.id, each.number, each.with_history) in other
    ]


def _shown(each: Round) -> dict[str, Any]:
    return {
        "side": each.scores.side,
        "executed": each.scores.executed,
        "turns": [_turn(exchange) for exchange in each.exchanges],
        "reply": reply_text(each.exchanges),
    }


def _turn(exchange: Exchange) -> dict[str, Any]:
    return {
        "raw": exchange.raw,
        "error": exchange.parse_error,
        "finish": exchange.finish_reason,
        "calls": [
            {"name": call.name, "arguments": call.arguments, "ok": call.ok, "result": _pretty(call.result)}
            for call in exchange.calls
        ],
    }


def _pretty(result: str) -> str:
    return json.dumps(json.loads(result), ensure_ascii=False, indent=1)
