"""Doctors' appointments: book, look up, change and cancel."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Literal

from compass.tools.answer import fit
from compass.tools.clinic import Slot
from compass.tools.danger import danger_in
from compass.tools.declare import tool
from compass.tools.emergency import emergency_note
from compass.tools.fault import ToolError
from compass.tools.offer import Offer, Wish, offer
from compass.tools.people import meant
from compass.tools.when import read_when, spoken
from compass.tools.world import World

Operation = Literal["book", "query", "modify", "cancel"]
MAX_TEXT = 300
COLUMNS = ("id", "start", "clinic", "address", "department", "doctor", "reason", "patient", "phone", "status")


# The published list requires desired_date for every operation, though nobody needs a date to cancel; here the one
# operation that cannot do without it requires it, and a call that gives it elsewhere passes as well.
@tool(
    effect="write",
    support="instrumental",
    short="Book, look up, change or cancel a doctor's appointment.",
    needs={"book": ("desired_date",)},
)
def medical_appointment(
    world: World,
    operation: Operation,
    user_name: str | None = None,
    user_phone: str | None = None,
    user_id: str | None = None,
    illness_description: str | None = None,
    desired_date: str | None = None,
    appointment_id: str | None = None,
    status: str | None = None,
    hospital: str | None = None,
    department: str | None = None,
) -> dict[str, Any]:
    """Books a doctor's appointment at a clinic with free slots, and looks up, changes or cancels what is booked.

    Args:
        operation: What to do. book needs desired_date; modify and cancel act on appointment_id, or on the only appointment there is.
        user_name: Patient's name; the person's own if left out.
        user_phone: Patient's phone; the person's own if left out.
        user_id: Patient's number at the clinic, if there is one.
        illness_description: Complaint or reason; it decides the department if none is named.
        desired_date: Day and time, e.g. "2026-03-16 10:00", "tomorrow morning" or "next Friday 09:30".
        appointment_id: Id of an appointment, e.g. "apt_1".
        status: For query, only appointments of this status (confirmed, held, cancelled); for modify, "confirmed" takes a held one.
        hospital: Clinic or hospital wanted; any nearby if left out.
        department: Department wanted, e.g. "Dermatology".
    """
    for name, text in (
        ("illness_description", illness_description),
        ("user_name", user_name),
        ("user_phone", user_phone),
    ):
        if text is not None and len(text) > MAX_TEXT:
            raise ToolError("too_long", f"{name} is longer than {MAX_TEXT} characters", name, text)
    with world.open() as db:
        if operation == "book":
            asked = offer(world, Wish(desired_date or "", hospital, department, illness_description), _busy(db))
            patient = user_name or world.person.name, user_phone or world.person.phone
            return _book(world, db, asked, patient, illness_description or "")
        if operation == "query":
            return _query(world, db, appointment_id, status, desired_date, hospital, department)
        booked = _one(db, appointment_id)
        if operation == "cancel":
            db.execute("UPDATE appointments SET status = 'cancelled' WHERE id = ?", (booked["id"],))
            return {"cancelled": _shown({**booked, "status": "cancelled"})}
        return _modify(world, db, booked, desired_date, hospital, department, illness_description, status)


def _book(world: World, db: sqlite3.Connection, asked: Offer, patient: tuple[str, str], reason: str) -> dict[str, Any]:
    slot = asked.slots[0]
    status = "confirmed" if asked.met else "held"
    values = (_iso(slot), slot.clinic, slot.address, slot.department, slot.doctor, reason, *patient, status)
    sql = f"INSERT INTO appointments ({', '.join(COLUMNS[1:])}) VALUES ({', '.join('?' * len(values))})"
    number = db.execute(sql, values).lastrowid or 0
    notes = [
        *asked.notes,
        *_overlap(db, slot.start),
        *emergency_note(world.person, reason, danger_in(reason) is not None),
    ]
    if status == "held":
        notes.append(
            'it is held, not confirmed: modify with status "confirmed" takes it, another desired_date or cancel frees it'
        )
    body: dict[str, Any] = {"note": "; ".join(notes)} if notes else {}
    body["appointment"] = _shown(dict(zip(COLUMNS, (number, *values))))
    return {**body, "alternatives": [spoken(each.start) for each in asked.slots[1:]]}


def _modify(
    world: World,
    db: sqlite3.Connection,
    booked: dict[str, Any],
    when: str | None,
    hospital: str | None,
    department: str | None,
    reason: str | None,
    status: str | None,
) -> dict[str, Any]:
    if booked["status"] == "cancelled":
        raise ToolError(
            "conflict", "this appointment is cancelled; book a new one", "appointment_id", f"apt_{booked['id']}"
        )
    if not any((when, hospital, department, reason, status)):
        raise ToolError(
            "nothing_to_change",
            "modify needs a new desired_date, hospital, department, illness_description or status",
            "operation",
        )
    new = {**booked, "reason": reason or booked["reason"]}
    notes: list[str] = []
    if status:
        new["status"] = _status(status)
    if when or hospital or department:
        wish = Wish(when or booked["start"], hospital or booked["clinic"], department or booked["department"], None)
        asked = offer(world, wish, _busy(db, own=booked["id"]))
        slot = asked.slots[0]
        new.update(
            start=_iso(slot), clinic=slot.clinic, address=slot.address, department=slot.department, doctor=slot.doctor
        )
        new["status"] = "confirmed" if asked.met else "held"
        notes = [*asked.notes, *_overlap(db, slot.start)]
    db.execute(
        f"UPDATE appointments SET {', '.join(f'{name} = ?' for name in COLUMNS[1:])} WHERE id = ?",
        (*(new[name] for name in COLUMNS[1:]), booked["id"]),
    )
    body: dict[str, Any] = {"note": "; ".join(notes)} if notes else {}
    return {**body, "changed": _shown(new), "before": spoken(datetime.fromisoformat(booked["start"]))}


def _query(
    world: World,
    db: sqlite3.Connection,
    appointment_id: str | None,
    status: str | None,
    when: str | None,
    hospital: str | None,
    department: str | None,
) -> dict[str, Any]:
    found = [_one(db, appointment_id)] if appointment_id else _booked(db)
    if status:
        found = [each for each in found if each["status"] == _status(status)]
    if hospital:
        found = [each for each in found if meant(hospital, [each["clinic"]])]
    if department:
        found = [each for each in found if meant(department, [each["department"]])]
    body: dict[str, Any] = {"total": len(found)}
    if not found:
        body["note"] = "no such appointment is booked"
    if when and department:
        free = offer(world, Wish(when, hospital, department, None), _busy(db)).slots
        body["free"] = [f"{spoken(slot.start)}, {slot.clinic}" for slot in free]
    elif when:
        day = read_when(when, world.clock, "desired_date").day
        found = [each for each in found if datetime.fromisoformat(each["start"]).date() == day] or found
    return fit(body, "appointments", [_shown(each) for each in found])


def _status(said: str) -> str:
    known = ("confirmed", "held", "cancelled")
    plain = {"canceled": "cancelled", "booked": "confirmed", "confirm": "confirmed", "cancel": "cancelled"}.get(
        said.casefold(), said.casefold()
    )
    if plain not in known:
        raise ToolError("bad_status", "status is none of its values", "status", said, known)
    return plain


def _booked(db: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = db.execute(f"SELECT {', '.join(COLUMNS)} FROM appointments ORDER BY start, id")
    return [dict(zip(COLUMNS, row)) for row in rows]


def _busy(db: sqlite3.Connection, own: int | None = None) -> set[datetime]:
    """Starts of the appointments that stand, but for the one that is being moved."""
    standing = [each for each in _booked(db) if each["status"] != "cancelled" and each["id"] != own]
    return {datetime.fromisoformat(each["start"]) for each in standing}


def _one(db: sqlite3.Connection, appointment_id: str | None) -> dict[str, Any]:
    """The appointment meant: the one of that id, or the only one that is not cancelled."""
    known = _booked(db)
    standing = [each for each in known if each["status"] != "cancelled"]
    choices = tuple(f"apt_{each['id']}: {each['department']}, {each['start']}" for each in standing)
    if appointment_id is None:
        if len(standing) == 1:
            return standing[0]
        rule = "say which appointment" if standing else "no appointment is booked"
        raise ToolError("not_found", rule, "appointment_id", None, choices)
    found = next((each for each in known if f"apt_{each['id']}" == appointment_id.strip().casefold()), None)
    if found is None:
        raise ToolError(
            "not_found",
            "no appointment has this id" if known else "no appointment is booked",
            "appointment_id",
            appointment_id,
            choices,
        )
    return found


def _overlap(db: sqlite3.Connection, start: datetime) -> list[str]:
    sql = "SELECT start, minutes, event FROM entries"
    for begins, minutes, event in db.execute(sql):
        first = datetime.fromisoformat(begins)
        if first < start + timedelta(minutes=30) and first + timedelta(minutes=minutes) > start:
            return [f"it overlaps {event} in the schedule"]
    return []


def _iso(slot: Slot) -> str:
    return slot.start.isoformat(timespec="minutes")


def _shown(booked: dict[str, Any]) -> dict[str, Any]:
    fields = ("department", "doctor", "clinic", "address", "reason", "patient", "phone")
    shown = {
        "appointment_id": f"apt_{booked['id']}",
        "status": booked["status"],
        "time": spoken(datetime.fromisoformat(booked["start"])),
    }
    return {**shown, **{name: booked[name] for name in fields if booked[name]}}
