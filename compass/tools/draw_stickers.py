"""Draws the stickers of the catalog: `python -m compass.tools.draw_stickers` rewrites `catalog/stickers.json`.

A sticker is a subject (an animal or a thing) with a face, in one scene (an expression and a small prop) and one style;
the parts are in `sticker_parts.toml`. The scene decides the tags, so that a tag finds what the drawing shows. The same
parts give the same bytes.
"""

import json
import math
import os
import tomllib
from pathlib import Path

CATALOG = Path(__file__).parent / "catalog" / "stickers.json"
PARTS = tomllib.loads((Path(__file__).parent / "sticker_parts.toml").read_text(encoding="utf-8"))
VERSION = "2026-11"
SOURCE = "Drawn by compass/tools/draw_stickers.py for this project."


def points(command: str, *numbers: float) -> str:
    """A path command with its numbers, each with three digits and no needless space."""
    return command + " ".join(f"{number:.3g}" for number in numbers).replace(" -", "-")


def heart(x: float, y: float, s: float) -> str:
    """Path data of a heart of half-width s around (x, y)."""
    left = points("c", -2.05 * s, -1.2 * s, -0.85 * s, -2.4 * s, 0, -1.5 * s)
    right = points("c", 0.85 * s, -0.9 * s, 2.05 * s, 0.3 * s, 0, 1.5 * s)
    return points("M", x, y + s) + left + right + "z"


def star(x: float, y: float, s: float) -> str:
    """Path data of a star with five points of radius s around (x, y)."""
    corners: list[float] = []
    for step in range(10):
        radius, angle = s * (0.55 if step % 2 else 1), math.pi * step / 5
        corners += [x + radius * math.sin(angle), y - radius * math.cos(angle)]
    return points("M", *corners) + "z"


def cloud(x: float, y: float, s: float) -> str:
    """Path data of a cloud of half-width about 2 s around (x, y)."""
    left = points("a", s, s, 0, 0, 1, 0, -2 * s)
    top = points("a", 1.25 * s, 1.25 * s, 0, 0, 1, 2.1 * s, -0.2 * s)
    right = points("a", 1.1 * s, 1.1 * s, 0, 0, 1, 0, 2.2 * s)
    return points("M", x - s, y + s) + left + top + right + "z"


OUTLINES = {"heart": heart, "star": star, "cloud": cloud}


class Pen:
    """Turns shapes into SVG in one style."""

    def __init__(self, style: str, main: str) -> None:
        """Takes a style of the parts file and the subject's own colour."""
        self.style = style
        self.main = main
        self.ink = PARTS["styles"][style]["ink"]
        self.line_width = PARTS["styles"][style]["line"]

    def colour(self, name: str, drawn: bool = False) -> str:
        """The colour for a name: paler in pastel; in line drawings ink where drawn, paper where filled."""
        if name == "ink" or (drawn and self.style == "line"):
            return self.ink
        value = PARTS["colours"][self.main if name == "main" else name]
        if self.style == "line":
            return "#fff"
        if self.style == "pastel":
            return "#" + "".join(f"{(int(value[i : i + 2], 16) + 255) // 2:02x}" for i in (1, 3, 5))
        return value

    def draw(self, shapes: list[str]) -> str:
        """SVG elements for a list of shapes."""
        return "".join(self.element(*shape.split(" ", 2)) for shape in shapes)

    def element(self, colour: str, kind: str, rest: str) -> str:
        """One SVG element."""
        if kind == "line":
            return (
                f'<path d="{rest}" fill="none" stroke="{self.colour(colour, True)}" stroke-width="{self.line_width}"/>'
            )
        if kind == "eyes":
            return (
                f'<path d="{rest}" stroke="{self.colour(colour, True)}" stroke-width="{6 if colour == "ink" else 5}"/>'
            )
        if kind == "dots":
            return f'<path d="{rest}" fill="{self.ink}" stroke="none"/>'
        fill = f'fill="{self.colour(colour)}"'
        if kind == "path":
            return f'<path d="{rest}" {fill}/>'
        numbers = [float(number) for number in rest.split()]
        if kind == "ball":
            x, y, r = numbers
            return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" {fill}/>'
        if kind == "oval":
            x, y, rx, ry = numbers
            return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" {fill}/>'
        return f'<path d="{OUTLINES[kind](*numbers)}" {fill}/>'


def draw(subject: str, scene: str, style: str) -> str:
    """The SVG of one sticker."""
    body, action, look = PARTS["subjects"][subject], PARTS["scenes"][scene], PARTS["styles"][style]
    pen = Pen(style, body["colour"])
    face = pen.draw(PARTS["faces"][action["face"]]["shapes"]) + look.get("cheeks", "")
    if "face_down" in body:
        face = f'<g transform="translate(0 {body["face_down"]})">{face}</g>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">'
        f'{look.get("ground", "")}<g stroke="{pen.ink}" stroke-width="{look["outline"]}" '
        f'stroke-linecap="round" stroke-linejoin="round">{pen.draw(body["shapes"])}{face}{pen.draw(action["prop"])}</g></svg>'
    )


def stickers() -> list[dict[str, object]]:
    """Every sticker of the catalog, in the order of the parts file; the styles take turns."""
    styles, items = list(PARTS["styles"]), list[dict[str, object]]()
    for row, (subject, scenes) in enumerate(PARTS["stickers"].items()):
        for column, scene in enumerate(scenes):
            style = styles[(row + column) % len(styles)]
            article = "An" if subject[0] in "aeiou" else "A"
            shown = f"{article} {subject} {PARTS['scenes'][scene]['shows']}, drawn {PARTS['styles'][style]['phrase']}."
            item = {"id": f"stk_{len(items) + 1:03}", "tags": PARTS["scenes"][scene]["tags"], "subject": subject}
            items.append(item | {"style": style, "description": shown, "svg": draw(subject, scene, style)})
    return items


def main() -> None:
    """Writes the catalog file whole."""
    items = stickers()
    head = f'{{"version": {json.dumps(VERSION)}, "source": {json.dumps(SOURCE)}, "items": [\n'
    rows = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    partial = CATALOG.with_suffix(".json.partial")
    partial.write_text(head + rows + "\n]}\n", encoding="utf-8")
    os.replace(partial, CATALOG)
    print(f"{len(items)} stickers in {CATALOG.name}")


if __name__ == "__main__":
    main()
