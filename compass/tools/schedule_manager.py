"""The person's schedule: entries with a start, a length and a place, never two at once."""

import re
import sqlite3
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from compass.tools.answer import fit
from compass.tools.declare import tool
from compass.tools.fault import ToolError
from compass.tools.people import meant
from compass.tools.when import length, read_minutes, read_when, spoken
from compass.tools.words import terms
from compass.tools.world import World

Operation = Literal["add", "delete", "update", "query", "get_all"]
MAX_TEXT = 200
MORNING, DAY_END = time(9), time(22)


class Entry(NamedTuple):
    """One thing in the schedule; appointments stand in it too, under their own id."""

    id: str
    start: datetime
    minutes: int
    event: str
    location: str

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def shown(self) -> dict[str, Any]:
        """The entry as results show it."""
        return {
            "schedule_id": self.id,
            "time": spoken(self.start),
            "duration": length(self.minutes),
            "event": self.event,
            "location": self.location,
        }


@tool(
    effect="write",
    support="instrumental",
    short="Add, change, delete or look up entries in the person's schedule.",
    needs={"add": ("time", "location", "event", "duration"), "delete": ("schedule_id",), "update": ("schedule_id",)},
)
def schedule_manager(
    world: World,
    operation: Operation,
    time: str | None = None,
    location: str | None = None,
    event: str | None = None,
    duration: str | None = None,
    schedule_id: Annotated[str | None, {"pattern": r"^sch_\d+$"}] = None,
) -> dict[str, Any]:
    r"""Keeps the person's schedule: adds, changes, deletes and looks up entries, and finds conflicts.

    Args:
        operation: What to do. add needs time, location, event and duration; update and delete need schedule_id.
        time: Start, e.g. "2026-03-14 18:00", "tomorrow 18:00" or "next Friday 09:30"; for query a day, "this week" or "next week".
        location: Where it takes place.
        event: What it is; for query, words to look for.
        duration: How long, e.g. "45 minutes" or "1.5 hours".
        schedule_id: Id of an entry, e.g. "sch_3".
    """
    for name, text in (("location", location), ("event", event)):
        if text is not None and len(text) > MAX_TEXT:
            raise ToolError("too_long", f"{name} is longer than {MAX_TEXT} characters", name, text)
    with world.open() as db:
        if operation == "add":
            return _add(world, db, time or "", duration or "", event or "", location or "")
        if operation == "delete":
            return _delete(db, schedule_id or "")
        if operation == "update":
            return _update(world, db, schedule_id or "", time, duration, event, location)
        return _look(world, db, time, event, location)


def _add(world: World, db: sqlite3.Connection, when: str, duration: str, event: str, location: str) -> dict[str, Any]:
    if not event:
        raise ToolError("empty", "event is empty; say what it is", "event")
    start = _start(world, when)
    minutes = read_minutes(duration, "duration")
    _check(world, db, start, minutes, None, when)
    sql = "INSERT INTO entries (start, minutes, event, location) VALUES (?, ?, ?, ?)"
    number = db.execute(sql, (start.isoformat(timespec="minutes"), minutes, event, location)).lastrowid
    return {"added": Entry(f"sch_{number}", start, minutes, event, location).shown()}


def _delete(db: sqlite3.Connection, schedule_id: str) -> dict[str, Any]:
    entry = _entry(db, schedule_id)
    db.execute("DELETE FROM entries WHERE id = ?", (_number(schedule_id),))
    return {"deleted": entry.shown()}


def _update(
    world: World,
    db: sqlite3.Connection,
    schedule_id: str,
    when: str | None,
    duration: str | None,
    event: str | None,
    location: str | None,
) -> dict[str, Any]:
    old = _entry(db, schedule_id)
    if not (when or duration or event or location):
        raise ToolError(
            "nothing_to_change",
            "update needs at least one of time, location, event, duration",
            "schedule_id",
            schedule_id,
        )
    start, minutes = old.start, old.minutes
    if when:
        start = read_when(when, old.start if _time_only(when) else world.clock, "time").at(old.start.time())
    if duration:
        minutes = read_minutes(duration, "duration")
    new = Entry(schedule_id, start, minutes, event or old.event, location or old.location)
    if when or duration:
        _check(world, db, start, minutes, schedule_id, when or duration or "")
    db.execute(
        "UPDATE entries SET start = ?, minutes = ?, event = ?, location = ? WHERE id = ?",
        (start.isoformat(timespec="minutes"), minutes, new.event, new.location, _number(schedule_id)),
    )
    return {"updated": new.shown(), "before": {"time": spoken(old.start), "duration": length(old.minutes)}}


def _look(
    world: World, db: sqlite3.Connection, when: str | None, event: str | None, location: str | None
) -> dict[str, Any]:
    found = [entry for entry in entries(db) if entry.end > world.clock]
    note = {}
    if when:
        first, last = _span(world, when)
        found = [entry for entry in entries(db) if entry.start < last and entry.end > first]
    for text in (event, location):
        asked = set(terms(text or ""))
        if asked:
            match = [
                entry
                for entry in found
                if asked & set(terms(f"{entry.event} {entry.location}")) or meant(text or "", [entry.event])
            ]
            note = {} if match or not found else {"note": "no entry has these words; this is everything in that time"}
            found = match or found
    if not found:
        note = {"note": "nothing is in the schedule for this time"}
    body = fit({**note, "total": len(found)}, "schedule", [entry.shown() for entry in found])
    return body


def _span(world: World, when: str) -> tuple[datetime, datetime]:
    """First and last moment that a query's time means."""
    today = datetime.combine(world.clock.date(), time())
    monday = today - timedelta(days=today.weekday())
    week = re.fullmatch(r"\s*(this|next) week\s*", when.casefold())
    if week:
        first = monday + timedelta(days=7 if week[1] == "next" else 0)
        return first, first + timedelta(days=7)
    day = datetime.combine(read_when(when, world.clock, "time").day, time())
    return day, day + timedelta(days=2 if "weekend" in when.casefold() else 1)


def _start(world: World, said: str) -> datetime:
    """The start that is meant: a day alone means its morning, today alone the next half hour."""
    when = read_when(said, world.clock, "time")
    start = when.at(MORNING)
    if when.day == world.clock.date() and not (when.time or when.part):
        start = max(start, world.clock + timedelta(minutes=30 - world.clock.minute % 30))
    return start


def _time_only(when: str) -> bool:
    return re.fullmatch(r"\s*(at )?\d{1,2}([:.]\d{2})?\s*([ap]\.?m\.?)?\s*", when.casefold()) is not None


def _check(world: World, db: sqlite3.Connection, start: datetime, minutes: int, own: str | None, said: str) -> None:
    """Refuses a time that is past or taken."""
    if start < world.clock:
        raise ToolError("past", f"{spoken(start)} is past; the clock stands at {spoken(world.clock)}", "time", said)
    others = [entry for entry in entries(db) if entry.id != own]
    clash = next(
        (entry for entry in others if entry.start < start + timedelta(minutes=minutes) and entry.end > start), None
    )
    if clash:
        free = _free(others, max(start, world.clock), minutes)
        message = (
            f"{spoken(start)} is taken by {clash.id} ({clash.event}, {spoken(clash.start)}, {length(clash.minutes)})"
        )
        raise ToolError("conflict", f"{message}; free times for {length(minutes)} are in choices", "time", said, free)


def _free(others: list[Entry], start: datetime, minutes: int) -> tuple[str, ...]:
    """The three free starts after a moment, each right after an entry or on the half hour, between nine and ten."""
    found: list[str] = []
    moment = start
    while len(found) < 3:
        moment += timedelta(minutes=30 - moment.minute % 30)
        if moment.time() < MORNING or (
            (moment + timedelta(minutes=minutes)).date() != moment.date() and minutes < 12 * 60
        ):
            continue
        if not any(entry.start < moment + timedelta(minutes=minutes) and entry.end > moment for entry in others):
            found.append(spoken(moment)[4:])
    return tuple(found)


def entries(db: sqlite3.Connection) -> list[Entry]:
    """Everything in the schedule, appointments with it, by start."""
    own = [
        Entry(f"sch_{number}", datetime.fromisoformat(start), minutes, event, location)
        for number, start, minutes, event, location in db.execute(
            "SELECT id, start, minutes, event, location FROM entries"
        )
    ]
    sql = "SELECT id, start, department, clinic FROM appointments WHERE status != 'cancelled'"
    booked = [
        Entry(f"apt_{number}", datetime.fromisoformat(start), 30, f"Appointment: {what}", where)
        for number, start, what, where in db.execute(sql)
    ]
    return sorted(own + booked, key=lambda entry: (entry.start, entry.id))


def _number(schedule_id: str) -> int:
    digits = schedule_id.removeprefix("sch_")
    return int(digits) if len(digits) < 15 else -1  # SQLite holds 64 bits; a longer number is no entry's


def _entry(db: sqlite3.Connection, schedule_id: str) -> Entry:
    known = {entry.id: entry for entry in entries(db) if entry.id.startswith("sch_")}
    match = known.get(f"sch_{_number(schedule_id)}")
    if match is None:
        rule = "the schedule has no entry of this id" + ("" if known else " and is empty")
        raise ToolError(
            "not_found", rule, "schedule_id", schedule_id, tuple(f"{each.id}: {each.event}" for each in known.values())
        )
    return match
