"""The report: one HTML file that opens offline. Whatever a model wrote stands in it as text, never as markup."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compass import jsonl
from compass.schema import SCENES
from compass.tools import names
from eval.compare import Comparison
from eval.episode import Episode
from eval.metrics import METRICS, absent_because
from eval.report_data import packed, pairs_of, reason_counts
from eval.summary import Rate, Summary
from eval.table import HISTORY_METRICS, conclusion, heading, percent, percent_of, points

_PAGE = Path(__file__).parent / "page"


def write_report(path: Path, comparison: Comparison, mine: Sequence[Episode], theirs: Sequence[Episode]) -> Path:
    """Writes the report and returns its path."""
    environment = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined)
    script = (_PAGE / "report.js").read_text(encoding="utf-8")
    pairs = list(pairs_of(mine, theirs))
    both = (comparison.first, comparison.second)
    page = environment.get_template("report.html.jinja").render(
        heading=heading(comparison),
        conclusion=conclusion(comparison),
        comparison=comparison,
        both=both,
        rows=[_row(comparison, name) for name in METRICS],
        distinct=[[percent_of(s.results.distinct_corpus[n]) for s in both] for n in ("1", "2")],
        differences=_bars([(METRICS[n].title, d.over_all, d.verdict) for n, d in comparison.differences.items()]),
        history=_history(both),
        calls=[_calls(summary) for summary in both],
        apps=names(),
        reasons=reason_counts(pairs),
        style=(_PAGE / "report.css").read_text(encoding="utf-8"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        data=packed(comparison, pairs),
    )
    with jsonl.writing(path) as file:
        file.write(page)
    return path


def _row(comparison: Comparison, name: str) -> dict[str, Any]:
    """A line of the table, its cells as text."""
    metric, difference = METRICS[name], comparison.differences[name]
    mine, theirs = (s.results.rates[name] for s in (comparison.first, comparison.second))
    chances = [percent(s.results.liked_by_chance) for s in (comparison.first, comparison.second)]
    return {
        "title": metric.title,
        "definition": metric.definition,
        "absent": absent_because(name, comparison.first.setting) if mine.over_all.value is None else "",
        "cells": [_with_interval(mine.over_all), _with_interval(theirs.over_all), points(difference.over_all)],
        "verdict": difference.verdict or "–",
        "given": metric.given_title if metric.given else "",
        "given_cells": [
            _with_interval(mine.over_given),
            _with_interval(theirs.over_given),
            points(difference.over_given),
        ],
        "chance": chances if name == "liked" else [],
    }


def _with_interval(rate: Rate | None) -> str:
    """`62.5 % [50.1, 74.0]`."""
    if rate is None or rate.value is None:
        return "n/a"
    return f"{percent(rate)} [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"


def _bars(found: Sequence[tuple[str, Rate, str | None]]) -> list[dict[str, Any]]:
    """Places of a plot of differences, from -100 to 100 points on 0 to 100."""
    return [
        {
            "title": title,
            "low": 50 + 50 * rate.low,
            "value": 50 + 50 * rate.value,
            "high": 50 + 50 * rate.high,
            "verdict": verdict or "",
            "said": points(rate),
        }
        for title, rate, verdict in found
        if rate.value is not None
    ]


def _history(both: tuple[Summary, Summary]) -> list[dict[str, Any]]:
    """A plot for each model: what the rounds before add."""
    if not all(summary.history for summary in both):
        return []
    return [
        {
            "model": s.model,
            "bars": _bars([(METRICS[name].title, s.history.added[name], None) for name in HISTORY_METRICS]),
        }
        for s in both
    ]


def _calls(summary: Summary) -> dict[str, Any]:
    """First calls as a table of app by scene, with the share of the scene's calls for shading."""
    scenes = [scene for scene in (*SCENES, "unknown") if scene in summary.calls_by_scene]
    others = sorted({app for calls in summary.calls_by_scene.values() for app in calls} - set(names()))
    rows = []
    for app in (*names(), *others):
        counts = [summary.calls_by_scene[scene].get(app, 0) for scene in scenes]
        totals = [sum(summary.calls_by_scene[scene].values()) for scene in scenes]
        rows.append((app, [(count, round(count / total, 2)) for count, total in zip(counts, totals)]))
    return {"model": summary.model, "scenes": scenes, "rows": rows}
