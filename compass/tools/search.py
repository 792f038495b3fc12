"""Full-text search in the catalogs: SQLite FTS5 with Porter stemming, BM25, related words and small misspellings.

One index a process, built from the JSON files on first use, read-only, shared by all threads.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from compass.tools.lexicon import RELATED, SAME
from compass.tools.words import terms, words
from compass.tools.world import chance

FOLDER = Path(__file__).parent / "catalog"

Item = dict[str, Any]

# Which fields of an item are its name, its tags and its body. Names and tags weigh more than running text.
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "films": (("title", "directors", "actors"), ("genres", "moods", "country"), ("description",)),
    "songs": (("title", "artist"), ("genre", "moods", "country"), ("description",)),
    "jokes": ((), ("category", "tags"), ("text",)),
    "stories": (("title",), ("tags", "theme", "type", "style"), ("text",)),
    "help": (("name",), ("problem_types", "user_groups"), ("description",)),
    "strengths": (("name",), ("keywords",), ("when", "meaning", "how")),
    "plans": (("goal",), ("keywords", "theme"), ("steps",)),
    "characters": (("name", "ip"), ("traits",), ("style",)),
    "products": (("name", "item_type"), ("features",), ()),
    "clinics": (("name", "city"), ("departments",), ()),
    "stickers": (("subject",), ("tags", "style"), ("description",)),
}
WEIGHTS = (3.0, 4.0, 1.0)
RELATED_WEIGHT = 0.3  # a related word says less than the word itself
PHRASE_WEIGHT = 6.0  # "get well" in so many words, though either word alone says nothing
PHRASE_TEXT_WORDS = 200
SPREAD = 0.12  # scores this close count as equal; which of them comes first differs from world to world
SHUFFLED = 12
TENS = ("", "", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
SHORTEST_CORRECTED = 5  # one letter more or less turns half of the four-letter words into another word


class Hit(NamedTuple):
    """An item, how well it fits (higher is better), and whether it holds a word of the request or only related ones."""

    item: Item
    score: float
    direct: bool


class Found(NamedTuple):
    """Items to offer, and how near they are to the request: they hold its words, related words, or none of them."""

    items: list[Item]
    how: Literal["direct", "near", "any"]

    def note(self, noun: str) -> dict[str, str]:
        """What to say about it: nothing if the words were found."""
        said = {
            "near": f"no {noun} holds these words; these come close in meaning",
            "any": f"no {noun} matches these words; these are offered instead",
        }
        return {"note": said[self.how]} if self.how in said else {}


class Catalog:
    """The items of one file and their index."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: list[Item] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["items"]
        rows = [_row(item, FIELDS[name]) for item in self.items]
        self.vocabulary = sorted({word for row in rows for part in row for word in words(part) if len(word) > 3})
        self.phrases = _phrases(self.items, FIELDS[name][1])
        self._corrected: dict[str, str | None] = {}
        with _lock:
            _index.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(name, tags, body, tokenize='porter unicode61')")
            _index.executemany(
                f"INSERT INTO {name} (rowid, name, tags, body) VALUES (?, ?, ?, ?)",
                ((number, *row) for number, row in enumerate(rows)),
            )

    def search(self, text: str, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> list[Hit]:
        """The items that fit a text, best first; none if no word of it, nor a word near one, is in the catalog.

        Args:
            text: What somebody asks for; nothing in it is syntax.
            seed: World seed: orders items that fit equally well.
            limit: Number of items wanted.
            only: Items for which this is false are left out.
        """
        direct, scores = self._scores(text)
        numbered = ((number, self.items[number]) for number in sorted(scores))
        hits = [Hit(item, scores[number], number in direct) for number, item in numbered if only is None or only(item)]
        hits.sort(key=lambda hit: -hit.score)
        first = hits[: max(limit, SHUFFLED)]
        reach = SPREAD * first[0].score if first else 0.0
        first = [
            hit._replace(score=hit.score + reach * chance(seed, self.name, place)) for place, hit in enumerate(first)
        ]
        return sorted(first, key=lambda hit: -hit.score)[:limit]

    def find(self, text: str, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> Found:
        """As `search`, but never empty-handed while an item is allowed: without a match, items that the world picks."""
        hits = self.search(text, seed, limit, only)
        if not hits:
            return Found(self.some(seed, limit, only), "any")
        return Found([hit.item for hit in hits], "direct" if any(hit.direct for hit in hits) else "near")

    def named(self, text: str) -> list[Item]:
        """The items whose name holds a word of the text or the same in other words."""
        asked = [word for word in map(self._known, terms(text)) if word]
        return [self.items[number] for number in sorted(self._match(_with_same(asked), "name"))]

    def some(self, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> list[Item]:
        """Items in an order that only the world decides: what to offer when nothing matches."""
        picked = [
            (chance(seed, self.name, "some", number), number)
            for number, item in enumerate(self.items)
            if only is None or only(item)
        ]
        return [self.items[number] for _, number in sorted(picked)[:limit]]

    def _scores(self, text: str) -> tuple[set[int], dict[int, float]]:
        """The items that hold a word or phrase of the text, and the score of these and of those that hold related words."""
        asked = terms(text)
        known = _with_same([word for word in map(self._known, asked) if word])
        scores = self._match(known)
        said = f" {' '.join(islice(words(text), PHRASE_TEXT_WORDS))} "
        for phrase, numbers in self.phrases.items():
            if phrase in said:
                for number in numbers:
                    scores[number] = scores.get(number, 0.0) + PHRASE_WEIGHT
        direct = set(scores)
        near = dict.fromkeys(other for word in (*known, *asked) for other in related(word, "near"))
        for number, score in self._match([word for word in near if word not in known]).items():
            scores[number] = scores.get(number, 0.0) + RELATED_WEIGHT * score
        return direct, scores

    def _match(self, asked: Iterable[str], column: str = "") -> dict[int, float]:
        query = " OR ".join(f'"{word}"' for word in asked)
        if not query:
            return {}
        query = f"{{{column}}} : ({query})" if column else query
        sql = f"SELECT rowid, -bm25({self.name}, ?, ?, ?) FROM {self.name} WHERE {self.name} MATCH ?"
        with _lock:
            return dict(_index.execute(sql, (*WEIGHTS, query)).fetchall())

    def _known(self, word: str) -> str | None:
        """The word if the catalog or the related words hold it, else the catalog's nearest spelling, else nothing."""
        if word not in self._corrected:
            if len(self._corrected) > 20_000:  # words come from outside; the memory of them is bounded
                self._corrected.clear()
            found = self._match([word]) or related(word, "same") or related(word, "near")
            self._corrected[word] = word if found else self._nearest(word)
        return self._corrected[word]

    def _nearest(self, word: str) -> str | None:
        if len(word) < SHORTEST_CORRECTED or word.isdigit():
            return None
        allowed = 1 if len(word) < 9 else 2
        best = process.extractOne(word, self.vocabulary, scorer=OSA.distance, score_cutoff=allowed)
        return best[0] if best else None


def _row(item: Item, fields: tuple[tuple[str, ...], ...]) -> tuple[str, str, str]:
    name, tags, body = (_text(item, part) for part in fields)
    return name, f"{tags} {_decade(item['year'])}" if "year" in item else tags, body


def _text(item: Item, fields: tuple[str, ...]) -> str:
    return " ".join(_plain(item[field]) for field in fields)


def _decade(year: int) -> str:
    """The words for the time of a year, e.g. "1980s 80s eighties"."""
    named = dict(
        zip(range(20, 100, 10), ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"])
    )
    tens = year // 10 * 10
    words = [f"{year} {tens}s"]
    if 1920 <= year < 2000:
        words.append(f"{tens % 100}s {TENS[tens % 100 // 10]}")
    words.append("classic vintage" if year < 1970 else "recent modern" if year >= 2015 else "")
    return " ".join(words)


def _phrases(items: list[Item], fields: tuple[str, ...]) -> dict[str, list[int]]:
    """Tags of several words, as they stand in a folded text, with the numbers of the items that carry them."""
    found: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        for field in fields:
            for tag in item[field] if isinstance(item[field], list) else []:
                phrase = list(words(_plain(tag)))
                if len(phrase) > 1:
                    found.setdefault(f" {' '.join(phrase)} ", []).append(number)
    return found


def _with_same(asked: list[str]) -> list[str]:
    return list(dict.fromkeys([*asked, *(other for word in asked for other in related(word, "same"))]))


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    if isinstance(value, dict):
        return " ".join(map(_plain, value.values()))
    return str(value)


def _open_index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    # The groups are searched by the same stemmer as the catalogs, so every inflected form finds its group.
    db.execute("CREATE VIRTUAL TABLE groups USING fts5(line, kind UNINDEXED, tokenize='porter unicode61')")
    rows = [(line, kind) for kind, lines in (("same", SAME), ("near", RELATED)) for line in lines]
    db.executemany("INSERT INTO groups (line, kind) VALUES (?, ?)", rows)
    return db


_lock = threading.RLock()
_index = _open_index()
_loaded: dict[str, Catalog] = {}


def catalog(name: str) -> Catalog:
    """The catalog of that name, loaded and indexed on first use."""
    with _lock:
        if name not in _loaded:
            _loaded[name] = Catalog(name)
        return _loaded[name]


@lru_cache(maxsize=20_000)
def related(word: str, kind: Literal["same", "near"]) -> tuple[str, ...]:
    """Words of the groups in which a form of this word stands."""
    with _lock:
        rows = _index.execute(
            "SELECT line FROM groups WHERE groups MATCH ? AND kind = ?", (f'"{word}"', kind)
        ).fetchall()
    return tuple(dict.fromkeys(other for (line,) in rows for other in words(line)))
