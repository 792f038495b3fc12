"""Plots as SVG elements: bars, histograms, heat maps."""

import math
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

ROW, LABEL, WIDTH, VALUE = 20, 190, 430, 90  # pixels: a bar's row, room for names, the longest bar, room for its number
CELL, HEAD = 58, 150  # of a heat map
BINS, PLOT_HEIGHT, PLOT_WIDTH = 30, 150, 640
LETTERS = 28  # of a name; the whole name is in its tooltip
DIGITS = 3


def shape(parent: Element, kind: str, **attributes: object) -> Element:
    """An SVG element; `_` in names stands for `-`."""
    return SubElement(parent, kind, {name.replace("_", "-"): str(value) for name, value in attributes.items()})


def write(parent: Element, text: str, x: float, y: float, anchor: str = "start", css: str = "") -> Element:
    """A text."""
    element = shape(parent, "text", x=round(x, 1), y=round(y, 1), text_anchor=anchor)
    if css:
        element.set("class", css)
    element.text = text
    return element


def svg(width: float, height: float, label: str) -> Element:
    """An empty drawing that a screen reader can name."""
    drawing = Element("svg", {"viewBox": f"0 0 {width:.0f} {height:.0f}", "width": f"{width:.0f}", "role": "img"})
    drawing.set("aria-label", label)
    return drawing


def tooltip(element: Element, text: str) -> None:
    """What is shown when the pointer rests on it."""
    SubElement(element, "title").text = text


def number(value: float) -> str:
    """As people read it: thousands with commas, shares with three digits."""
    return f"{value:,.0f}" if value == int(value) else f"{value:.{DIGITS}g}"


def cut(text: str) -> str:
    """At most `LETTERS` letters."""
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"


def bars(label: str, values: Mapping[str, float], scale: float | None = None) -> Element:
    """One horizontal bar a value, in the order given.

    Args:
        scale: What a full bar stands for; by default the largest value.
    """
    drawing = svg(LABEL + WIDTH + VALUE, ROW * max(len(values), 1), label)
    full = scale or max(values.values(), default=0) or 1
    for place, (name, value) in enumerate(values.items()):
        row = shape(drawing, "g", transform=f"translate(0 {place * ROW})")
        tooltip(row, f"{name}: {number(value)}")
        write(row, cut(name), LABEL - 8, ROW - 6, "end")
        length = WIDTH * min(value / full, 1)
        shape(row, "rect", x=LABEL, y=3, width=round(length, 1), height=ROW - 6, rx=2).set("class", "bar")
        write(row, number(value), LABEL + length + 6, ROW - 6, css="value")
    return drawing


def histogram(label: str, values: Mapping[int, int], unit: str) -> Element:
    """How often each length occurs, in equal bins from the shortest to the longest.

    Args:
        values: Length to count.
    """
    drawing = svg(PLOT_WIDTH, PLOT_HEIGHT + 40, label)
    if not values:
        write(drawing, "nothing to show", 0, ROW)
        return drawing
    low, high = min(values), max(values)
    width = max(math.ceil((high - low + 1) / BINS), 1)
    counts = [0] * ((high - low) // width + 1)
    for length, count in values.items():
        counts[(length - low) // width] += count
    step = PLOT_WIDTH / len(counts)
    for place, count in enumerate(counts):
        height = PLOT_HEIGHT * count / max(counts)
        start = low + place * width
        bar = shape(drawing, "rect", x=round(place * step + 1, 1), y=round(PLOT_HEIGHT - height, 1),
                    width=round(max(step - 2, 1), 1), height=round(height, 1))  # fmt: skip
        bar.set("class", "bar")
        tooltip(bar, f"{start:,} to {start + width - 1:,} {unit}: {count:,}")
    write(drawing, f"{low:,}", 0, PLOT_HEIGHT + 18)
    write(drawing, f"{high:,} {unit}", PLOT_WIDTH, PLOT_HEIGHT + 18, "end")
    write(
        drawing,
        f"{sum(counts):,} in all, at most {max(counts):,} a bar",
        PLOT_WIDTH / 2,
        PLOT_HEIGHT + 18,
        "middle",
        "value",
    )
    return drawing


def heat(label: str, rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]) -> Element:
    """A count for each (row, column), the darker the larger."""
    drawing = svg(LABEL + CELL * len(columns) + 60, HEAD + ROW * 1.4 * len(rows), label)
    most = max(counts.values(), default=0) or 1
    for place, column in enumerate(columns):
        x = LABEL + place * CELL + CELL / 2
        write(drawing, column, x, HEAD - 8).set("transform", f"rotate(-40 {x:.1f} {HEAD - 8})")
    for line, row in enumerate(rows):
        y = HEAD + line * ROW * 1.4
        write(drawing, row, LABEL - 8, y + ROW - 2, "end")
        for place, column in enumerate(columns):
            count = counts.get((row, column), 0)
            x = LABEL + place * CELL
            cell = shape(drawing, "rect", x=x + 1, y=round(y + 1, 1), width=CELL - 2, height=round(ROW * 1.4 - 2, 1),
                         fill_opacity=round(0.06 + 0.94 * count / most, 2))  # fmt: skip
            cell.set("class", "bar")
            tooltip(cell, f"{row}, {column}: {count:,}")
            write(drawing, f"{count:,}", x + CELL / 2, y + ROW - 2, "middle", "dark" if count > most / 2 else "")
    return drawing
