"""The report: one HTML file that opens offline. Whatever a model wrote stands in it as text, never as markup."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compass import jsonl
from compass.schema import SCENES
from compass.tools import names
from eval import judge_lines
from eval.compare import Comparison
from eval.episode import Episode
from eval.judge_rubric import CRITERIA
from eval.lines import HISTORY_METRICS, conclusion, heading, lines_of, points, with_interval
from eval.metrics import METRICS
from eval.probe_summary import FIGURES
from eval.probe_table import NOTE, gate, word
from eval.rate import Rate
from eval.report_data import gather, pairs_of
from eval.summary import Summary

_PAGE = Path(__file__).parent / "page"


def write_report(path: Path, comparison: Comparison, mine: Iterable[Episode], theirs: Iterable[Episode]) -> Path:
    """Writes the report and returns its path."""
    environment = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined)
    script = (_PAGE / "report.js").read_text(encoding="utf-8")
    both = (comparison.first, comparison.second)
    probes = [summary.probes for summary in both if summary.probes]
    episodes = gather([summary.model for summary in both], pairs_of(mine, theirs))
    page = environment.get_template("report.html.jinja").render(
        heading=heading(comparison),
        conclusion=conclusion(comparison),
        comparison=comparison,
        both=both,
        lines=list(lines_of(comparison)),
        cell=with_interval,
        points=points,
        differences=_bars([(METRICS[n].title, d.over_all, d.verdict) for n, d in comparison.differences.items()]),
        history=_history(both),
        judged=list(judge_lines.rows(comparison)),
        judge_sentences=judge_lines.sentences(comparison),
        levels=_levels(comparison),
        correlations=judge_lines.correlations(comparison),
        criteria=list(map(judge_lines.title, CRITERIA)),
        probes=probes if len(probes) == 2 else (),
        probe_figures=FIGURES,
        gate=gate(probes) if len(probes) == 2 else "",
        gate_note=NOTE,
        gate_word=word,
        calls=[_calls(summary) for summary in both],
        apps=names(),
        episodes=episodes,
        style=(_PAGE / "report.css").read_text(encoding="utf-8"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    with jsonl.writing(path) as file:
        file.write(page)
    return path


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


def _levels(comparison: Comparison) -> list[dict[str, Any]]:
    """Places of a plot of mean levels, from 1 to 5 on 0 to 100, both models for each criterion."""
    if not comparison.judge:
        return []
    both = (comparison.first.judge.criteria, comparison.second.judge.criteria)
    return [
        {
            "title": judge_lines.title(name),
            "arms": [
                {part: 25 * (getattr(each[name], part) - 1) for part in ("low", "value", "high")}
                | {"said": judge_lines.level(each[name])}
                for each in both
                if each[name].value is not None
            ],
        }
        for name in CRITERIA
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
    """First calls as a table of app by scene: called, liked of those, units in which it is liked, share of the scene's calls."""
    scenes = [scene for scene in (*SCENES, "unknown") if scene in summary.calls_by_scene]
    others = sorted({app for calls in summary.calls_by_scene.values() for app in calls} - set(names()))
    totals = {scene: sum(summary.calls_by_scene[scene].values()) for scene in scenes}
    rows = []
    for app in (*names(), *others):
        tables = (summary.calls_by_scene, summary.liked_calls, summary.liked_by_scene)
        counts = [tuple(table.get(scene, {}).get(app, 0) for table in tables) for scene in scenes]
        cells = [
            (*count, round(count[0] / totals[scene], 2) if totals[scene] else 0) for count, scene in zip(counts, scenes)
        ]
        rows.append((app, cells))
    return {"model": summary.model, "scenes": scenes, "rows": rows}
