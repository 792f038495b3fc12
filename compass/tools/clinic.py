"""Clinics and their free slots: half hours within opening hours that the world has not given to others."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple

from compass.tools.index import Item
from compass.tools.people import meant
from compass.tools.search import catalog
from compass.tools.when import PARTS, When
from compass.tools.words import fold
from compass.tools.world import World

SLOT = timedelta(minutes=30)
LEAD = timedelta(minutes=60)  # nobody books a slot that starts before they can get there
TAKEN = 0.5
NEARBY = 8
DAYS_TRIED = (0, 1, -1, 2, -2, 3, 4, 5, 6, 7, 8, 9, 10)
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIRST_STOP = "General Practice"

# What people say, and the department it belongs to; the first line that matches decides.
COMPLAINTS: tuple[tuple[str, str], ...] = (
    (r"\b(?:my|our) (?:baby|toddler|infant|son|daughter|kid|child)\b|pediatr|paediatr", "Pediatrics"),
    (r"tooth|teeth|dent(?:al|ist)|gum|cavity|filling|braces", "Dentistry"),
    (r"\beye|vision|sight|blurr|glasses|ophthal|optic", "Ophthalmology"),
    (r"insomnia|sleep|snor|apnea|nightmare", "Sleep Medicine"),
    (
        r"anxi|depress|panic|mood|stress|burn ?out|grief|trauma|ptsd|mental|psych|therap(?:y|ist)\b(?! for)|counsel|lonel|overwhelm|addict",
        "Psychiatry and Psychotherapy",
    ),
    (r"skin|rash|acne|eczema|mole|itch|psoriasis|derma|hives", "Dermatology"),
    (r"\bheart\b|chest|palpitation|blood pressure|hypertension|cardi", "Cardiology"),
    (r"physio|rehab|posture|stiff|sprain|strain", "Physiotherapy"),
    (r"bone|joint|knee|hip|shoulder|back|spine|arthritis|fracture|ortho|wrist|ankle|elbow|tendon", "Orthopedics"),
    (r"headache|migraine|dizz|numb|seizure|memory|tremor|neuro|concussion", "Neurology"),
    (r"stomach|digest|nausea|reflux|heartburn|bowel|gut|abdom|diarrh|constipat|gastro|bloat", "Gastroenterology"),
    (r"\bear|hearing|nose|sinus|throat|tonsil|\bent\b|hoarse|tinnitus", "ENT"),
    (r"pregnan|period|menstru|menopaus|gyn|contracept|hot flash|hot flush", "Gynecology"),
    (r"thyroid|diabet|blood sugar|hormon|endocrin|insulin", "Endocrinology"),
    (r"geriatr|elder|frail|falls\b", "Geriatrics"),
)


class Slot(NamedTuple):
    """Half an hour with a doctor."""

    start: datetime
    clinic: str
    address: str
    department: str
    doctor: str


def departments() -> list[str]:
    """Every department that some clinic has, in the order of the catalog."""
    return list(dict.fromkeys(each["name"] for clinic in catalog("clinics").items for each in clinic["departments"]))


def department_for(asked: str | None, complaint: str | None) -> str | None:
    """The department that is asked for or that treats the complaint; nothing if neither shows one."""
    known = departments()
    exact = meant(asked, known) if asked else set()
    if exact:
        return next(name for name in known if name in exact)
    for text in (asked, complaint):
        plain = fold(text or "")
        if re.search(r"\b(gp|family doctor|general|check-?up|physical|primary care|internal)\b", plain):
            return FIRST_STOP
        found = next((name for pattern, name in COMPLAINTS if re.search(pattern, plain) and name in known), None)
        if found:
            return found
    return None


def clinics_with(world: World, department: str, hospital: str | None) -> tuple[list[Item], bool]:
    """Clinics with that department, nearest first, and whether the hospital asked for is among them and stands alone."""
    fitting = [
        each for each in catalog("clinics").items if any(part["name"] == department for part in each["departments"])
    ]
    if hospital:
        wanted = meant(hospital, [each["name"] for each in fitting])
        named = [each for each in fitting if each["name"] in wanted]
        if named:
            return named, True
    home = fold(world.person.address)
    near = sorted(fitting, key=lambda each: (fold(each["city"]) not in home, world.chance("near", each["name"])))
    return near[:NEARBY], hospital is None


def free_slots(world: World, clinics: list[Item], department: str, when: When, busy: set[datetime]) -> Iterator[Slot]:
    """Free slots, the nearest to what was asked first, each start once."""
    first, last = _hours(when)
    for days in DAYS_TRIED:
        day = when.day + timedelta(days=days)
        asked = datetime.combine(day, first)
        starts = [datetime.combine(day, time(hour, minute)) for hour in range(7, 21) for minute in (0, 30)]
        starts.sort(key=lambda start: (not first <= start.time() < last, abs(start - asked)))
        for start in starts:
            if start >= world.clock + LEAD and start not in busy:
                slot = next(_free_at(world, clinics, department, start), None)
                if slot:
                    yield slot


def _hours(when: When) -> tuple[time, time]:
    """The time asked for and the end of the span in which any time will do."""
    if when.time:
        return when.time, when.time
    first, last = PARTS[when.part] if when.part else (8, 21)
    return time(first), time(min(last, 23))


def _free_at(world: World, clinics: list[Item], department: str, start: datetime) -> Iterator[Slot]:
    for clinic in clinics:
        part = next(each for each in clinic["departments"] if each["name"] == department)
        opens, closes = time.fromisoformat(part["opens"]), time.fromisoformat(part["closes"])
        if WEEK[start.weekday()] not in part["days"] or start.time() < opens or (start + SLOT).time() > closes:
            continue
        for doctor in part["doctors"]:
            if world.chance("taken", clinic["name"], doctor, start.isoformat()) >= TAKEN:
                yield Slot(start, clinic["name"], f"{clinic['address']}, {clinic['city']}", department, doctor)
