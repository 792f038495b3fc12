"""Checks every catalog file: `python -m compass.tools.catalog_check`, behind `make catalog-check`.

Shape of every item, coverage of the enums, duplicates and near-duplicates, words that demean, stickers that are safe
drawings; then how many phone numbers and links nobody has checked yet. Exit status 1 if anything is wrong.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from rapidfuzz import fuzz, process

from compass.tools.catalog_shapes import ENVELOPE, LEAST, SHAPES
from compass.tools.fault import shown
from compass.tools.joke_recommendation import LEFT_OUT, UNKIND, Category
from compass.tools.music_recommendation import Genre
from compass.tools.psyweb_recommender import Domain, Group, Problem
from compass.tools.search import FOLDER
from compass.tools.story_recommender import Style, Theme, Type
from compass.tools.words import fold, words

Item = dict[str, Any]

# The field that names an item, and the text in which near-duplicates are looked for.
NAMES = {
    "films": ("title", "description"), "songs": ("title", "description"), "jokes": ("text", "text"), "stories": ("title", "text"),
    "help": ("name", "description"), "strengths": ("name", "meaning"), "plans": ("goal", "goal"), "characters": ("name", "style"),
    "products": ("name", "name"), "clinics": ("name", "address"), "stickers": ("id", "svg"),
}  # fmt: skip
# Two items are one when these agree.
KEYS = {"films": ("title", "year"), "songs": ("title", "artist"), "help": ("url",)}
NEAR = {"jokes": 88.0, "stories": 85.0, "films": 92.0, "songs": 92.0, "products": 94.0, "plans": 92.0}
STORY_WORDS = (80, 250)
DEMEANING = re.compile(
    r"\b(?:retard\w*|idiots?|morons?|imbecile|fatso|fatties|ugly (?:wom[ae]n|girl|man|people)|dumb blonde?s?|sluts?|whores?|bitch\w*"
    r"|fag\w*|trann\w+|cripples?|gyps(?:y|ies)|psychos?|schizos?|nutcase|spastic|yo m[ao]m\w+ (?:so|is)|redneck"
    r"|stupid (?:wom[ae]n|people|wife|husband))\b"
)
UNSAFE_SVG = re.compile(
    r"<script|<foreignobject|javascript:|\bon\w+\s*=|href\s*=\s*[\"'](?!#)|<!entity|<!doctype|<image|<iframe",
    re.IGNORECASE,
)


def problems(name: str, folder: Path = FOLDER) -> Iterator[str]:
    """What is wrong with one catalog file, one line a finding."""
    path = folder / f"{name}.json"
    if not path.exists():
        yield "the file is missing"
        return
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    found = list(_shape(name, data))
    yield from found
    if found:
        return  # the checks below take the shape for granted
    items = data["items"]
    if len(items) < LEAST[name]:
        yield f"{len(items)} items, at least {LEAST[name]} are wanted"
    yield from _duplicates(name, items)
    yield from _near_duplicates(name, items)
    yield from _coverage(name, items)
    yield from _content(name, items)


def _shape(name: str, data: Any) -> Iterator[str]:
    for error in ENVELOPE.iter_errors(data):
        yield f"{error.json_path}: {error.message[:160]}"
        return
    for number, item in enumerate(data["items"]):
        for error in SHAPES[name].iter_errors(item):
            label = shown(str(item.get(NAMES[name][0]))) if isinstance(item, dict) else "?"
            yield f"item {number} ({label}) {error.json_path}: {error.message[:160]}"


def _duplicates(name: str, items: list[Item]) -> Iterator[str]:
    keys = KEYS.get(name, NAMES[name][:1])
    counts = Counter(tuple(" ".join(words(str(item[key]))) for key in keys) for item in items)
    for key, count in counts.items():
        if count > 1:
            yield f"{count} items share {' and '.join(keys)}: {shown(' / '.join(key))}"


def _near_duplicates(name: str, items: list[Item]) -> Iterator[str]:
    if name not in NEAR:
        return
    texts = [" ".join(words(item[NAMES[name][1]])) for item in items]
    for number, text in enumerate(texts):
        close = process.extract(text, texts[number + 1 :], scorer=fuzz.ratio, score_cutoff=NEAR[name], limit=2)
        for _, score, place in close:
            if re.findall(r"\d+", text) != re.findall(r"\d+", texts[number + 1 + place]):
                continue  # a weight of one and a weight of two kilograms are two things
            pair = (items[each][NAMES[name][0]] for each in (number, number + 1 + place))
            yield f"{score:.0f} % alike: " + " / ".join(map(shown, pair))


def _coverage(name: str, items: list[Item]) -> Iterator[str]:
    wanted: dict[str, tuple[str, ...]] = {
        "songs": {"genre": get_args(Genre)},
        "jokes": {"category": tuple(each for each in get_args(Category) if each not in UNKIND | LEFT_OUT)},
        "stories": {"theme": get_args(Theme), "type": get_args(Type), "style": get_args(Style)},
        "help": {"problem_types": get_args(Problem), "domain": get_args(Domain), "user_groups": get_args(Group)},
    }.get(name, {})
    for field, values in wanted.items():
        counts = Counter(
            value for item in items for value in (item[field] if isinstance(item[field], list) else [item[field]])
        )
        missing = [value for value in values if not counts[value]]
        strange = [value for value in counts if value not in values]
        if missing:
            yield f"no item has {field}: {', '.join(missing)}"
        if strange:
            yield f"{field} outside the published values: {', '.join(map(shown, strange))}"


def _content(name: str, items: list[Item]) -> Iterator[str]:
    for item in items:
        label = shown(str(item[NAMES[name][0]]))
        told = {
            key: value
            for key, value in item.items()
            if key not in ("svg", "title", "actors", "directors", "artist", "url")
        }
        demeaning = DEMEANING.search(fold(json.dumps(told, ensure_ascii=False)))
        if demeaning:
            yield f"{label}: demeaning word {demeaning[0]!r}"
        if name == "stories" and not STORY_WORDS[0] <= len(item["text"].split()) <= STORY_WORDS[1]:
            yield f"{label}: {len(item['text'].split())} words, {STORY_WORDS[0]} to {STORY_WORDS[1]} are wanted"
        if name == "jokes" and item["category"] in UNKIND:
            yield f"{label}: the category {item['category']} laughs at people"
        if name == "stickers" and UNSAFE_SVG.search(item["svg"]):
            yield f"{label}: the drawing holds more than a drawing"
        if name == "help" and item["crisis"] and not (item["phone"] or item["text_line"] or item["url"]):
            yield f"{label}: a crisis line without phone, text line or address"


def unchecked(folder: Path = FOLDER) -> tuple[int, int, int]:
    """How many help items there are, how many of them nobody has called or opened, and how many of these are crisis lines."""
    items = json.loads((folder / "help.json").read_text(encoding="utf-8"))["items"]
    waiting = [item for item in items if item["checked"] is None]
    return len(items), len(waiting), sum(item["crisis"] for item in waiting)


def main() -> int:
    """Checks all files and prints what it found."""
    wrong = 0
    for name in SHAPES:
        found = list(problems(name))
        wrong += len(found)
        print(f"{name:<12}{'ok' if not found else f'{len(found)} problems'}")
        for line in found[:20]:
            print(f"    {line}")
        if len(found) > 20:
            print(f"    … and {len(found) - 20} more")
    total, waiting, crisis = unchecked()
    print(
        f"help: of {total} addresses, {waiting} have not been called or opened by a person yet, {crisis} of these are crisis lines"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
