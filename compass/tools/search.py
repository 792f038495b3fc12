"""Search in the catalogs: what fits a request best, and what comes closest when nothing fits."""

import json
import threading
from collections.abc import Callable, Iterable
from itertools import islice
from math import gcd
from pathlib import Path
from typing import Literal, NamedTuple

from compass.tools.index import Index, Item, Scores, related
from compass.tools.words import STOP, terms, words
from compass.tools.world import chances

FOLDER = Path(__file__).parent / "catalog"

RELATED_WEIGHT = 0.3  # a related word says less than the word itself
PHRASE_WEIGHT = 6.0  # "get well" in so many words, though either word alone says nothing
PHRASE_TEXT_WORDS = 200
SPREAD = 0.4  # scores this close count as equal; which of them comes first differs from world to world
SHUFFLED = 12


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
        self.index = Index(name, self.items)

    def search(self, text: str, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> list[Hit]:
        """The items that fit a text, best first; none if no word of it, nor a word near one, is in the catalog.

        Args:
            text: What somebody asks for; nothing in it is syntax.
            seed: World seed: orders items that fit equally well.
            limit: Number of items wanted.
            only: Items for which this is false are left out.
        """
        held, scores = self.share(text), self.scores(text)
        ranked = sorted(scores, key=lambda number: (-scores[number], number))
        allowed = (number for number in ranked if only is None or only(self.items[number]))
        first = list(islice(allowed, max(limit, SHUFFLED)))
        if not first:
            return []
        # Chance decides among those that hold as many of the words as any; it never lifts one that holds fewer above them.
        most = max(held.get(number, 0.0) for number in first)
        luck = chances(seed, self.name, count=SHUFFLED)
        reach = SPREAD * scores[first[0]] ** 0.5
        hits = [
            Hit(
                self.items[number],
                scores[number] ** 0.5 + (reach * luck[place % SHUFFLED] if held.get(number, 0.0) == most else 0.0),
                number in held,
            )
            for place, number in enumerate(first)
        ]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def find(self, text: str, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> Found:
        """As `search`, but never empty-handed while an item is allowed: without a match, items that the world picks."""
        hits = self.search(text, seed, limit, only)
        if not hits:
            return Found(self.some(seed, limit, only), "any")
        return Found([hit.item for hit in hits], "direct" if any(hit.direct for hit in hits) else "near")

    def share(self, text: str) -> Scores:
        """For each item that holds a word of the text, or the same in other words, the share of the words that it holds."""
        asked = [word for word in terms(text) if word not in STOP]
        held: Scores = {}
        for word in asked:
            for number in {number for form in self._known((word,)) for number in self.index.scores(form)}:
                held[number] = held.get(number, 0.0) + 1 / len(asked)
        return held

    def some(self, seed: int, limit: int = 5, only: Callable[[Item], bool] | None = None) -> list[Item]:
        """Items in an order that only the world decides: what to offer when nothing matches."""
        allowed = [number for number, item in enumerate(self.items) if only is None or only(item)]
        if not allowed:
            return []
        first, step = (int(luck * 2**16) for luck in chances(seed, self.name, "some", count=2))
        while gcd(step, len(allowed)) != 1:
            step += 1
        places = ((first + turn * step) % len(allowed) for turn in range(min(limit, len(allowed))))
        return [self.items[allowed[place]] for place in places]

    def scores(self, text: str) -> Scores:
        """The score of the items that hold a word or phrase of the text or related words."""
        asked = terms(text)
        known = self._known(asked)
        scores = self._sum(known)
        said = f" {' '.join(islice(words(text), PHRASE_TEXT_WORDS))} "
        for phrase, numbers in self.index.phrases.items():
            if phrase in said:
                for number in numbers:
                    scores[number] = scores.get(number, 0.0) + PHRASE_WEIGHT
        near = dict.fromkeys(other for word in (*known, *asked) for other in related(word, "near"))
        for number, score in self._sum(word for word in near if word not in known).items():
            scores[number] = scores.get(number, 0.0) + RELATED_WEIGHT * score
        return scores

    def _known(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """The words as the catalog spells them, and the same in other words."""
        spelt = [word for word in map(self.index.spelt, asked) if word]
        return tuple(dict.fromkeys([*spelt, *(other for word in spelt for other in related(word, "same"))]))

    def _sum(self, asked: Iterable[str]) -> Scores:
        total: Scores = {}
        for word in asked:
            for number, score in self.index.scores(word).items():
                total[number] = total.get(number, 0.0) + score
        return total


_lock = threading.Lock()
_loaded: dict[str, Catalog] = {}


def catalog(name: str) -> Catalog:
    """The catalog of that name, loaded and indexed on first use."""
    with _lock:
        if name not in _loaded:
            _loaded[name] = Catalog(name)
        return _loaded[name]
