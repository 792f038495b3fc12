"""Complaints that no appointment is quick enough for."""

import re

from compass.tools.crisis import emergency_number
from compass.tools.place import home_of
from compass.tools.words import fold
from compass.tools.world import Person

SIGNS = re.compile(
    r"chest (?:pain|pressure|tightness)|can'?t breathe|cannot breathe|trouble breathing|short(?:ness)? of breath|unconscious|passed out"
    r"|stroke|face (?:is )?droop|slurred speech|faint(?:ed|ing)|seizure|severe bleeding|bleeding heavily|cough(?:ing)? (?:up )?blood"
    r"|overdos|poison|swollen tongue|anaphyla"
)


def emergency_note(person: Person, complaint: str, danger: bool) -> list[str]:
    """A sentence with the emergency number if the complaint may not wait, else nothing."""
    if not danger and not SIGNS.search(fold(complaint)):
        return []
    number = emergency_number(home_of(person.address, complaint))
    return [f"if this is happening now or gets worse, do not wait for the appointment: {number}"]
