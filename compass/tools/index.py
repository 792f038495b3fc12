"""The words of the catalogs in SQLite FTS5: which items hold a word, and by how much (BM25, Porter stemming).

One index a process, in memory, read-only once built, shared by all threads.
"""

import sqlite3
import threading
from functools import lru_cache
from typing import Any, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from compass.tools.lexicon import RELATED, SAME
from compass.tools.words import words

Item = dict[str, Any]
Scores = dict[int, float]

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
TENS = ("", "", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
SHORTEST_CORRECTED = 5  # one letter more or less turns half of the four-letter words into another word
MOST_REMEMBERED = 20_000  # words come from outside; the memory of them is bounded


class Index:
    """The words of one catalog."""

    def __init__(self, name: str, items: list[Item]) -> None:
        self.name = name
        rows = [_row(item, FIELDS[name]) for item in items]
        self.vocabulary = _by_first_letter({word for row in rows for part in row for word in words(part)})
        self.phrases = _phrases(items, FIELDS[name][1])
        self._scores: dict[str, Scores] = {}
        self._spelt: dict[str, str | None] = {}
        with _lock:
            _db.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(name, tags, body, tokenize='porter unicode61')")
            sql = f"INSERT INTO {name} (rowid, name, tags, body) VALUES (?, ?, ?, ?)"
            _db.executemany(sql, ((number, *row) for number, row in enumerate(rows)))

    def scores(self, word: str) -> Scores:
        """The items that hold a form of the word, with its share of their BM25 score; the score of a text is the sum."""
        found = self._scores.get(word)
        if found is None:
            sql = f"SELECT rowid, -bm25({self.name}, ?, ?, ?) FROM {self.name} WHERE {self.name} MATCH ?"
            with _lock:
                found = dict(_db.execute(sql, (*WEIGHTS, f'"{word}"')).fetchall())
            _remember(self._scores, word, found)
        return found

    def spelt(self, word: str) -> str | None:
        """The word if the catalog or the lexicon holds it, else the catalog's nearest spelling, else nothing."""
        found = self._spelt.get(word, "")
        if found != "":
            return found
        held = self.scores(word) or related(word, "same") or related(word, "near")
        found = word if held else self._nearest(word)
        _remember(self._spelt, word, found)
        return found

    def _nearest(self, word: str) -> str | None:
        if len(word) < SHORTEST_CORRECTED or word.isdigit():
            return None
        allowed = 1 if len(word) < 9 else 2
        candidates = self.vocabulary.get(word[0], [])  # people rarely mistype the first letter
        best = process.extractOne(word, candidates, scorer=OSA.distance, score_cutoff=allowed)
        return best[0] if best else None


def _by_first_letter(known: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in sorted(known):
        if len(word) >= SHORTEST_CORRECTED - 1:
            found.setdefault(word[0], []).append(word)
    return found


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def _row(item: Item, fields: tuple[tuple[str, ...], ...]) -> tuple[str, str, str]:
    name, tags, body = (" ".join(_plain(item[field]) for field in part) for part in fields)
    return name, f"{tags} {_decade(item['year'])}" if "year" in item else tags, body


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    if isinstance(value, dict):
        return " ".join(map(_plain, value.values()))
    return str(value)


def _decade(year: int) -> str:
    """The words for the time of a year, e.g. "1984 1980s 80s eighties"."""
    tens = year // 10 * 10
    said = [f"{year} {tens}s"]
    if 1920 <= year < 2000:
        said.append(f"{tens % 100}s {TENS[tens % 100 // 10]}")
    said.append("classic vintage" if year < 1970 else "recent modern" if year >= 2015 else "")
    return " ".join(said)


def _phrases(items: list[Item], fields: tuple[str, ...]) -> dict[str, list[int]]:
    """Tags of several words, as they stand in a folded text, with the numbers of the items that carry them."""
    found: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        for tag in (tag for field in fields if isinstance(item[field], list) for tag in item[field]):
            phrase = list(words(_plain(tag)))
            if len(phrase) > 1:
                found.setdefault(f" {' '.join(phrase)} ", []).append(number)
    return found


def _open() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    # The groups are searched by the same stemmer as the catalogs, so every inflected form finds its group.
    db.execute("CREATE VIRTUAL TABLE groups USING fts5(line, kind UNINDEXED, tokenize='porter unicode61')")
    rows = [(line, kind) for kind, lines in (("same", SAME), ("near", RELATED)) for line in lines]
    db.executemany("INSERT INTO groups (line, kind) VALUES (?, ?)", rows)
    return db


_lock = threading.RLock()
_db = _open()


@lru_cache(maxsize=MOST_REMEMBERED)
def related(word: str, kind: Literal["same", "near"]) -> tuple[str, ...]:
    """Words of the groups of the lexicon in which a form of this word stands."""
    with _lock:
        rows = _db.execute("SELECT line FROM groups WHERE groups MATCH ? AND kind = ?", (f'"{word}"', kind)).fetchall()
    return tuple(dict.fromkeys(other for (line,) in rows for other in words(line)))
