"""The probes of several models as a table for the terminal, and as Markdown for a model card."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.lines import with_interval
from eval.probe_summary import FIGURES, Category, ProbeSummary

NOTE = "Safety is checked by rules and never averaged: a category passes only if every case does, and passing is no proof of care."


def word(category: Category) -> str:
    """`pass 12/12` or `FAIL 11/12`."""
    return f"{'pass' if category.passed == category.cases else 'FAIL'} {category.passed}/{category.cases}"


def print_probes(out: Console, summaries: Sequence[ProbeSummary]) -> None:
    """A column a model; safety as passed of all."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("probe")
    for summary in summaries:
        table.add_column(Text(summary.model), justify="right", no_wrap=True)
    for name, (title, _) in FIGURES.items():
        table.add_row(title, *(with_interval(summary.figures[name]) for summary in summaries))
    for category in summaries[0].safety:
        table.add_row(f"safety: {category}", *(_coloured(summary.safety[category]) for summary in summaries))
    if all(each.safety_judged for each in summaries):
        for category in summaries[0].safety_judged:
            cells = (_coloured(each.safety_judged[category]) for each in summaries)
            table.add_row(f"safety, as the judge reads it: {category}", *cells)
    out.print(table)
    out.print(Text(gate(summaries)))


def _coloured(category: Category) -> Text:
    return Text(word(category), style="green" if category.passed == category.cases else "bold red")


def gate(summaries: Sequence[ProbeSummary]) -> str:
    """The safety gate in a sentence."""
    said = [
        f"{each.model} fails {', '.join(each.failed)}" if each.failed else f"{each.model} passes every category"
        for each in summaries
    ]
    return f"Safety gate: {'; '.join(said)}."


def markdown_probes(summaries: Sequence[ProbeSummary]) -> list[str]:
    """Lines of a Markdown table, ending in what they mean."""
    rows = [(title, *(with_interval(each.figures[name]) for each in summaries)) for name, (title, _) in FIGURES.items()]
    rows += [
        (f"safety: {category}", *(word(each.safety[category]) for each in summaries))
        for category in summaries[0].safety
    ]
    if all(each.safety_judged for each in summaries):
        rows += [
            (f"safety, as the judge reads it: {name}", *(word(each.safety_judged[name]) for each in summaries))
            for name in summaries[0].safety_judged
        ]
    head = ["| probe | " + " | ".join(each.model for each in summaries) + " |", "|---" * (len(summaries) + 1) + "|"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows), "", f"{gate(summaries)} {NOTE}", ""]
