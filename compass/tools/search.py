"""Full-text search in the catalogs: SQLite FTS5 with Porter stemming, BM25, related words and small misspellings.

One index a process, built from the JSON files on first use, read-only, shared by all threads.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from compass.tools.words import RELATED, terms, words
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
    "strengths": (("name",), ("when", "virtue"), ("meaning", "how")),
    "plans": (("goal",), ("keywords", "theme"), ("steps",)),
    "characters": (("name", "ip"), ("traits",), ("style",)),
    "products": (("name", "item_type"), ("features",), ()),
    "clinics": (("name", "city"), ("departments",), ()),
    "stickers": (("subject",), ("tags", "style"), ("description",)),
}
WEIGHTS = (3.0, 4.0, 1.0)
RELATED_WEIGHT = 0.35  # a related word says less than the word itself
SPREAD = 0.12  # scores this close count as equal; which of them comes first differs from world to world
SHUFFLED = 12


class Hit(NamedTuple):
    """An item and how well it fits; higher is better."""

    item: Item
    score: float


class Catalog:
    """The items of one file and their index."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: list[Item] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["items"]
        rows = [tuple(_text(item, fields) for fields in FIELDS[name]) for item in self.items]
        self.vocabulary = sorted({word for row in rows for part in row for word in words(part) if len(word) > 3})
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
        scores = self._scores(terms(text))
        hits = [Hit(item, scores[number]) for number, item in self._numbered(scores) if only is None or only(item)]
        hits.sort(key=lambda hit: -hit.score)
        first = hits[: max(limit, SHUFFLED)]
        if not first:
            return []
        reach = SPREAD * first[0].score
        first = [Hit(hit.item, hit.score + reach * chance(seed, self.name, number)) for number, hit in enumerate(first)]
        return sorted(first, key=lambda hit: -hit.score)[:limit]

    def some(self, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> list[Item]:
        """Items in an order that only the world decides: what to offer when nothing matches."""
        picked = [
            (chance(seed, self.name, "some", number), number)
            for number, item in enumerate(self.items)
            if only is None or only(item)
        ]
        return [self.items[number] for _, number in sorted(picked)[:limit]]

    def _numbered(self, scores: dict[int, float]) -> Iterable[tuple[int, Item]]:
        return ((number, self.items[number]) for number in sorted(scores))

    def _scores(self, asked: tuple[str, ...]) -> dict[int, float]:
        known = [word for word in map(self._known, asked) if word]
        scores = self._match(known)
        near = sorted({other for word in known + list(asked) for other in related(word)} - set(known))
        for number, score in self._match(near).items():
            scores[number] = scores.get(number, 0.0) + RELATED_WEIGHT * score
        return scores

    def _match(self, asked: Iterable[str]) -> dict[int, float]:
        query = " OR ".join(f'"{word}"' for word in asked)
        if not query:
            return {}
        sql = f"SELECT rowid, -bm25({self.name}, ?, ?, ?) FROM {self.name} WHERE {self.name} MATCH ?"
        with _lock:
            return dict(_index.execute(sql, (*WEIGHTS, query)).fetchall())

    def _known(self, word: str) -> str | None:
        """The word if the catalog or the related words hold it, else the catalog's nearest spelling, else nothing."""
        if word not in self._corrected:
            if len(self._corrected) > 20_000:  # words come from outside; the memory of them is bounded
                self._corrected.clear()
            found = self._match([word]) or related(word)
            self._corrected[word] = word if found else self._nearest(word)
        return self._corrected[word]

    def _nearest(self, word: str) -> str | None:
        if len(word) < 4 or word.isdigit():
            return None
        allowed = 1 if len(word) < 8 else 2
        best = process.extractOne(word, self.vocabulary, scorer=OSA.distance, score_cutoff=allowed)
        return best[0] if best else None


def _text(item: Item, fields: tuple[str, ...]) -> str:
    return " ".join(_plain(item[field]) for field in fields)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    if isinstance(value, dict):
        return " ".join(map(_plain, value.values()))
    return str(value)


def _open_index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    # The groups are searched by the same stemmer as the catalogs, so every inflected form finds its group.
    db.execute("CREATE VIRTUAL TABLE related USING fts5(line, tokenize='porter unicode61')")
    db.executemany("INSERT INTO related (line) VALUES (?)", ((line,) for line in RELATED))
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
def related(word: str) -> tuple[str, ...]:
    """Words of the groups in which a form of this word stands."""
    with _lock:
        rows = _index.execute("SELECT line FROM related WHERE related MATCH ?", (f'"{word}"',)).fetchall()
    return tuple(dict.fromkeys(other for (line,) in rows for other in words(line)))
