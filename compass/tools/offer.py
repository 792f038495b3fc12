"""What clinics can offer to somebody who asks for an appointment."""

from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from compass.tools.clinic import FIRST_STOP, Slot, clinics_with, department_for, free_slots
from compass.tools.fault import ToolError
from compass.tools.when import When, read_when, spoken
from compass.tools.world import World

AHEAD = timedelta(days=180)
# First and last hour in which a slot counts as one "in the morning".
PART_HOURS = {
    "morning": (5, 12),
    "noon": (11, 14),
    "midday": (11, 14),
    "afternoon": (12, 18),
    "evening": (17, 24),
    "night": (18, 24),
}
SHOWN = 60


class Wish(NamedTuple):
    """What is asked for, as far as it was said."""

    when: str
    hospital: str | None
    department: str | None
    complaint: str | None


class Offer(NamedTuple):
    """Free slots, nearest first; whether the first one is what was asked for; and where it differs."""

    slots: list[Slot]
    met: bool
    notes: list[str]


def offer(world: World, wish: Wish, busy: set[datetime]) -> Offer:
    """The three free slots that come nearest to a wish.

    Args:
        world: Decides which slots others have taken.
        wish: What is asked for.
        busy: Starts at which the person is at a doctor's already.

    Raises:
        ToolError: A day that is past, too far ahead or impossible, or nothing free around it.
    """
    when = _when(world, wish.when)
    known = department_for(wish.department, wish.complaint)
    department = known or FIRST_STOP
    clinics, hospital_met = clinics_with(world, department, wish.hospital)
    slots = list(islice(free_slots(world, clinics, department, when, busy), 3))
    if not slots:
        message = f"no {department} slot is free around {when.day}; ask for another day"
        raise ToolError("conflict", message, "desired_date", wish.when)
    notes = []
    if not _within(when, slots[0].start):
        notes.append("nothing is free at the time asked for; this is the nearest free slot")
    if not hospital_met:
        notes.append(f"{(wish.hospital or '')[:SHOWN]} has no {department} here; this is another clinic")
    if wish.department and not known:
        notes.append(f"no clinic has {wish.department[:SHOWN]}; {FIRST_STOP} is the first stop")
    return Offer(slots, not notes, notes)


def _when(world: World, said: str) -> When:
    when = read_when(said, world.clock, "desired_date")
    if when.day < world.clock.date():
        message = f"{when.day} is past; the clock stands at {spoken(world.clock)}"
        raise ToolError("past", message, "desired_date", said)
    if when.day > (world.clock + AHEAD).date():
        raise ToolError("too_far", f"clinics book {AHEAD.days} days ahead at most", "desired_date", said)
    return when


def _within(when: When, start: datetime) -> bool:
    if start.date() != when.day:
        return False
    if when.time:
        return start.time() == when.time
    first, last = PART_HOURS[when.part] if when.part else (0, 24)
    return first <= start.hour < last
