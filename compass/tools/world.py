"""The world of one episode: a clock, a person, and their schedule, appointments and orders in SQLite."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

# Small pages: a world holds a handful of short rows, and thousands of worlds are alive at once.
TABLES = """
PRAGMA page_size = 512;
CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT, minutes INTEGER, event TEXT, location TEXT);
CREATE TABLE appointments (id INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT, clinic TEXT, address TEXT,
    department TEXT, doctor TEXT, reason TEXT, patient TEXT, phone TEXT, status TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, placed TEXT, item TEXT, cents INTEGER, delivery TEXT);
"""

NAMES = ("entries", "appointments", "orders")

# What stands in everybody's week already, so that a question about the week has an answer; nothing that tells of a
# job, a family, a faith or an illness, since the person may have none of these.
WEEKLY = (
    ("Grocery shopping", "supermarket", 60, "17:30"),
    ("Laundry", "home", 90, "10:00"),
    ("Water the plants", "home", 15, "08:00"),
    ("Pay the electricity bill", "home", 15, "19:30"),
    ("Take library books back", "public library", 30, "16:00"),
    ("Haircut", "barber shop", 45, "11:30"),
    ("Change the bed sheets", "home", 30, "09:30"),
    ("Pick up a parcel", "post office", 20, "12:30"),
)


@dataclass(frozen=True)
class Person:
    """Whose world it is."""

    name: str
    phone: str
    address: str


class Richer(Protocol):
    """A model behind some apps (`compass.tools.richer`)."""

    def enrich(self, app: str, facts: dict[str, Any]) -> dict[str, Any]: ...


def _empty_image() -> bytes:
    db = sqlite3.connect(":memory:")
    db.executescript(TABLES)
    image = db.serialize()
    db.close()
    return image


_EMPTY = _empty_image()


def seed_of(id: str) -> int:
    """World seed of a situation or user: the first 8 bytes of the id's SHA-256, big-endian."""
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8], "big")


class _Scratch(threading.local):
    """One connection a thread, in which the thread's current world lies open."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.image: bytes | None = None


_scratch = _Scratch()


class World:
    """State of one episode.

    The state is an immutable SQLite image of about 5 kB. A call opens it in its thread's scratch connection, and the
    new image takes the old one's place only when the call is done; so a failed call leaves nothing behind,
    a copy costs one reference, and ten thousand worlds need no ten thousand connections (50 to 150 kB each).
    Different worlds may be used from different threads; one world is used by one thread at a time.

    Args:
        seed: Decides everything that is by chance: taken slots, the week's entries, the order of equals.
        at: Local time at the start, ISO, e.g. "2026-03-14T18:20".
        person: Whose schedule, appointments and orders these are.
        richer: A model behind some apps; none by default.
    """

    __slots__ = ("clock", "image", "person", "richer", "seed")

    def __init__(self, seed: int, at: str, person: Person, richer: Richer | None = None) -> None:
        self.seed = seed
        self.richer = richer
        self.clock = datetime.fromisoformat(at)
        self.person = person
        self.image: bytes | None = None  # made on first use: most episodes never open the schedule

    def advance(self, at: str) -> None:
        """Moves the clock to a later time.

        Raises:
            ValueError: The time lies before the world's clock.
        """
        later = datetime.fromisoformat(at)
        if later < self.clock:
            raise ValueError(f"the world's clock stands at {self.clock.isoformat()} and cannot go back to {at}")
        self.clock = later

    def copy(self) -> "World":
        """A world that starts where this one stands and goes its own way from there."""
        twin = World(self.seed, self.clock.isoformat(), self.person, self.richer)
        twin.image = self.image
        return twin

    def digest(self) -> str:
        """SHA-256 of clock, seed, person and every row: equal for equal states, whatever calls led there."""
        with self.open() as db:
            rows = [db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in NAMES]
        state = [self.seed, self.clock.isoformat(), astuple(self.person), rows]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """The world's tables; changes are kept when the block ends without an exception."""
        if self.image is None:
            self.image = _first_image(self.seed, self.clock.date())
        if _scratch.image is not self.image:
            _scratch.connection.deserialize(self.image)
            _scratch.image = self.image
        db = _scratch.connection
        changes = db.total_changes
        try:
            yield db
        except BaseException:
            db.rollback()
            raise
        if db.total_changes != changes:
            db.commit()
            self.image = _scratch.image = db.serialize()

    def enrich(self, app: str, facts: dict[str, Any]) -> dict[str, Any]:
        """What a model makes of a call, in the shape of the app; `{}` without one."""
        return self.richer.enrich(app, facts) if self.richer else {}

    def chance(self, *what: object) -> float:
        """A number in [0, 1) that is always the same for the same thing in the same world."""
        return chance(self.seed, *what)


def chance(seed: int, *what: object) -> float:
    """A number in [0, 1) that depends on nothing but the seed and the thing named."""
    digest = hashlib.sha256("\x1f".join(map(str, (seed, *what))).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def chances(seed: int, *what: object, count: int) -> list[float]:
    """Up to 16 such numbers at once."""
    digest = hashlib.sha256("\x1f".join(map(str, (seed, *what))).encode()).digest()
    return [int.from_bytes(digest[place : place + 2], "big") / 2**16 for place in range(0, 2 * count, 2)]


def _first_image(seed: int, today: date) -> bytes:
    """Tables with the three chores that stand in the coming ten days."""
    db = _scratch.connection
    _scratch.image = None
    db.deserialize(_EMPTY)
    chores = sorted(WEEKLY, key=lambda chore: chance(seed, "chore", chore[0]))[:3]
    dated = []
    for event, location, minutes, at in chores:
        day = today + timedelta(days=1 + int(10 * chance(seed, "day", event)))
        start = datetime.combine(day, time.fromisoformat(at))
        dated.append((start.isoformat(timespec="minutes"), minutes, event, location))
    db.executemany("INSERT INTO entries (start, minutes, event, location) VALUES (?, ?, ?, ?)", sorted(dated))
    db.commit()
    return db.serialize()
