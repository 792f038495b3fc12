"""The page of plots: a tree of elements, so that every text is escaped."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from compass.schema import SCENES
from compass.tools import names
from data_prep.stats_figures import EXAMPLES, Figures
from data_prep.stats_plots import bars, heat, histogram

CSS = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6876; --bar: #2f7d6d; --paper: #fcfcfa; --line: #d9dedd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ea; --soft: #9aa7b1; --bar: #58b8a3; --paper: #15191d; --line: #303940; } }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin-bottom: .4rem; font-weight: 600; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; } svg text { fill: var(--ink); font-size: 12px; }
svg .value { fill: var(--soft); } svg .bar { fill: var(--bar); } svg .dark { fill: var(--paper); }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; } .note { color: var(--soft); }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(title: str, report: Mapping[str, Any], figures: Figures) -> str:
    """The whole page."""
    root = Element("html", {"lang": "en"})
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width"})
    _say(head, "title", title)
    _say(head, "style", CSS)
    _say(body, "h1", title)
    _overview(body, report)
    _lengths(body, figures)
    _say(body, "h2", "Apps")
    _plot(
        body,
        "Learned calls by app and part of life",
        heat("apps by part of life", (*SCENES, "danger"), names(), figures.apps),
    )
    _say(body, "h2", "Emotions")
    _plot(body, "Situations by emotion", bars("situations by emotion", _falling(figures.emotions)))
    _diversity(body, report.get("diversity", {}))
    _rejects(body, figures)
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _say(parent: Element, kind: str, text: str, css: str = "") -> Element:
    element = SubElement(parent, kind, {"class": css} if css else {})
    element.text = text
    return element


def _plot(body: Element, title: str, drawing: Element) -> None:
    _say(body, "h3", title)
    body.append(drawing)


def _falling(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _overview(body: Element, report: Mapping[str, Any]) -> None:
    recipe, people, made = report["recipe"], report["people"], report["trajectories"]
    rows = [
        ("teacher", recipe["model"] if recipe["teacher"] == "openai" else recipe["teacher"]),
        ("people", ", ".join(f"{name} {count:,}" for name, count in people.items())),
        ("trajectories", ", ".join(f"{name} {count:,}" for name, count in made.items() if name != "apps")),
        ("preference pairs", f"{report.get('pairs', 0):,}"),
        ("refused, by reason", ", ".join(f"{reason} {count:,}" for reason, count in report["rejected"].items()) or "none"),
    ]  # fmt: skip
    _table(body, rows)


def _table(body: Element, rows: Iterable[tuple[object, ...]], head: tuple[str, ...] = ()) -> None:
    table = SubElement(body, "table")
    if head:
        line = SubElement(table, "tr")
        for name in head:
            _say(line, "th", name)
    for row in rows:
        line = SubElement(table, "tr")
        for value in row:
            _say(line, "td", str(value), "number" if isinstance(value, int | float) else "")


def _lengths(body: Element, figures: Figures) -> None:
    _say(body, "h2", "Lengths")
    for title, unit, counts in (
        ("Prompts", "tokens", figures.prompt_tokens),
        ("Completions, the supervised part", "tokens", figures.completion_tokens),
        ("What people say", "words", figures.utterance_words),
        ("Replies", "words", figures.reply_words),
        ("Calls in a conversation", "calls", figures.calls),
    ):
        if counts:
            _plot(body, title, histogram(f"{title} in {unit}", counts, unit))


def _diversity(body: Element, diversity: Mapping[str, Any]) -> None:
    _say(body, "h2", "Diversity")
    for what, values in diversity.items():
        shares = {name: value for name, value in values.items() if name.startswith(("distinct", "near"))}
        _plot(body, f"{what.capitalize()}: {values['texts']:,} texts", bars(f"diversity of {what}", shares, scale=1.0))
        _say(body, "h3", f"Most frequent 5-grams in {what}, share of texts")
        body.append(bars(f"frequent 5-grams of {what}", values["frequent_5_grams"]))
    _say(body, "p", "Distinct-n: distinct n-grams over all tokens of the corpus; it falls as texts grow more.", "note")


def _rejects(body: Element, figures: Figures) -> None:
    _say(body, "h2", "Refused")
    if not figures.rejects:
        _say(body, "p", "Nothing was refused.", "note")
        return
    _plot(body, "By stage and reason", bars("refused by stage and reason", _falling(figures.rejects)))
    _say(body, "h3", f"The first {EXAMPLES} of each")
    _table(body, figures.reject_examples, ("stage and reason", "record", "why"))
