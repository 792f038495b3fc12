"""What was said already: nothing may be said twice, exactly or nearly, within the data or in a bench it is kept apart from.

Near means that two texts share at least `NEAR` of their word trigrams (Jaccard). Candidates come from MinHash bands
(rensa), which lie in SQLite on disk, so memory does not grow with the data; each candidate is then compared in full.
"""

import re
import sqlite3
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rensa import RMinHash

from compass.errors import UserError
from compass.schema import User

NEAR = 0.6
GRAM = 3
PERMUTATIONS, BANDS = 96, 24  # bands of four: 96 % of pairs at 0.6 are found, 99.9 % at 0.7
SEED = 7
SHOWN_PAIRS = 5
HELD_OUT = "held out "
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE said (id INTEGER PRIMARY KEY, owner TEXT, bare TEXT);
CREATE TABLE bands (band INTEGER, id INTEGER, PRIMARY KEY (band, id)) WITHOUT ROWID;
BEGIN;
"""  # one transaction without end: nobody else reads the file, and what the page cache cannot hold goes there all the same


def bare(text: str) -> str:
    """Words alone, lower-case."""
    return " ".join(_WORD.findall(text.casefold()))


def grams(plain: str) -> set[str]:
    """Word trigrams of a bare text; the whole text if it is shorter."""
    words = plain.split()
    return {" ".join(words[start : start + GRAM]) for start in range(max(len(words) - GRAM + 1, 1))}


def likeness(one: str, other: str) -> float:
    """Jaccard of the word trigrams of two bare texts."""
    first, second = grams(one), grams(other)
    return len(first & second) / len(first | second)


@lru_cache(maxsize=1_024)  # a text is looked up before it is taken in
def bands(plain: str) -> tuple[int, ...]:
    """The text's MinHash bands, as integers that SQLite can hold; what collides is compared in full."""
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(sorted(grams(plain)))
    digest = sketch.digest()
    rows = PERMUTATIONS // BANDS
    return tuple(hash((number, *digest[number * rows : (number + 1) * rows])) for number in range(BANDS))


class Match(NamedTuple):
    """Something said before that is like a text."""

    owner: str
    text: str
    likeness: float


class Said:
    """An index of everything said so far, in a file that goes when the index does."""

    def __init__(self) -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="said-", suffix=".sqlite")  # noqa: SIM115
        self._db = sqlite3.connect(self._file.name, isolation_level=None)
        self._db.executescript(_TABLES)

    def match(self, text: str) -> Match | None:
        """What was said before and is the same or nearly the same, the most alike first."""
        plain = bare(text)
        marks = ",".join("?" * BANDS)
        sql = f"SELECT DISTINCT owner, bare FROM bands JOIN said USING (id) WHERE band IN ({marks})"
        found = [Match(owner, other, likeness(plain, other)) for owner, other in self._db.execute(sql, bands(plain))]
        return max((each for each in found if each.likeness >= NEAR), key=lambda each: each.likeness, default=None)

    def taken(self, text: str, near: bool = True) -> bool:
        """Whether this was said before; exactly, or (`near`) nearly."""
        match = self.match(text)
        return match is not None and (near or match.likeness == 1.0)

    def add(self, owner: str, text: str) -> None:
        """Takes in a text."""
        plain = bare(text)
        number = self._db.execute("INSERT INTO said (owner, bare) VALUES (?, ?)", (owner, plain)).lastrowid
        self._db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, number) for band in bands(plain)])

    def add_user(self, user: User, mark: str = "") -> None:
        """Takes in everything a person says; `mark` goes before the ids."""
        for situation in user.situations:
            self.add(mark + situation.id, situation.utterance)

    def close(self) -> None:
        """Drops the index."""
        self._db.close()
        self._file.close()


def repeats(held_out: Iterable[User], others: Iterable[User], told: bool = False) -> dict[str, Match]:
    """Situations of `others` whose utterance is (nearly) that of a situation before them, by their ids.

    What people in danger say is short and alike, so there only exact repetitions count.

    Args:
        told: Whether the situation as somebody else tells it must not repeat a held-out one either. Rules word it by
            few patterns and nothing shows it to a model, so for rule-written people it says nothing.

    Raises:
        UserError: A person stands on both sides, or something in training repeats something held out; shows the pairs.
    """
    said, texts, tested, found, leaks = Said(), Said(), set[str](), {}, []
    for user in held_out:
        tested.add(user.id)
        said.add_user(user, HELD_OUT)
        for situation in user.situations if told else ():
            texts.add(HELD_OUT + situation.id, situation.text)
    for user in others:
        if user.id in tested:
            raise UserError(f"{user.id} is in training and held out. A person has one split.")
        for situation in user.situations:
            match = said.match(situation.utterance)
            if match and match.owner.startswith(HELD_OUT):
                leaks.append((situation.id, match, situation.utterance))
            elif told and (retold := texts.match(situation.text)):
                leaks.append((situation.id, retold, situation.text))
            elif match and (situation.scene or match.likeness == 1.0):
                found[situation.id] = match
        said.add_user(user)
    said.close()
    texts.close()
    if leaks:
        raise UserError(
            f"{len(leaks)} situations in training repeat held-out ones; the first:\n  {_shown(leaks)}\nReword or remove them."
        )
    return found


def _shown(leaks: list[tuple[str, Match, str]]) -> str:
    return "\n  ".join(
        f"{id}: {text!r} is like {match.owner.removeprefix(HELD_OUT)}: {match.text!r} ({match.likeness:.0%})"
        for id, match, text in leaks[:SHOWN_PAIRS]
    )
