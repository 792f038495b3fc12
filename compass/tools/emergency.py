"""Emergencies of the body: a number to call at once, not a line to talk to."""

import re

from compass.tools.crisis import emergency_number
from compass.tools.danger import MAX_CHARS
from compass.tools.place import home_of
from compass.tools.words import fold
from compass.tools.world import Person

# What a complaint may be that should not wait for an appointment; wide, since only a doctor's desk reads it.
SIGNS = re.compile(
    r"chest (?:pain|pressure|tightness)|can'?t breathe|cannot breathe|trouble breathing|short(?:ness)? of breath|unconscious|passed out"
    r"|stroke|face (?:is )?droop|slurred speech|faint(?:ed|ing)|seizure|severe bleeding|bleeding heavily|cough(?:ing)? (?:up )?blood"
    r"|overdos|poison|swollen tongue|anaphyla"
)

_WHO = (
    r"(?:he|she|they|somebody|someone|mother|mum|mom|father|dad|grand(?:ma|pa|mother|father|dad)|nana|wife|husband|partner|boyfriend"
    r"|girlfriend|son|daughter|child|kid|baby|toddler|brother|sister|friend|roommate|flatmate|neighbou?r|colleague|man|woman|boy|girl)"
)
_LETHAL = (
    r"(?:bleach|antifreeze|detergent|poison|pesticide|weed ?killer|paint thinner|white spirit|petrol|gasoline|lamp oil|turpentine"
    r"|button batter\w+|batter(?:y|ies)|cleaning (?:fluid|product|liquid)s?|(?:drain|oven|toilet|bathroom) (?:cleaner|unblocker))"
)
# What may be happening now to the person or beside them; narrower, since any app may be asked for anything.
NOW = re.compile(
    "|".join(
        rf"\b(?:{pattern})\b"
        for pattern in (
            r"(?:can'?t|cannot|can hardly|can barely|barely|hardly|isn'?t|is not|not|stopped|struggl\w+ to|fighting to) breath(?:e|ing)"
            r"(?! (?:through my nose|with laughter|a word|easy|easily|(?:properly |right )?when i (?:think|imagine|remember|picture)))",
            rf"{_WHO} (?:\w+ ){{0,2}}collapsed(?! (?:on|onto|into) (?:the|my|her|his) (?:sofa|couch|bed|chair|arms|laughter))",
            r"unresponsive|(?:passed out|unconscious|blacked out)\b.{0,60}\b(?:wak\w+|respon\w+|breath\w*|mov\w+)",
            rf"{_WHO} (?:is|was|are|'s|went|has gone|fell|lies|is lying) (?:\w+ )?unconscious",
            r"(?:can'?t|cannot|couldn'?t) (?:wake|rouse) (?:him|her|them|my \w+)(?: up)?(?! (?:for|before|early|in time|on time))",
            rf"{_WHO} (?:is not|isn'?t|won'?t|stopped) (?:\w+ )?(?:responding|waking up)(?! (?:to|for|before|early|on time))",
            rf"(?:{_WHO}|lips|face)\b.{{0,16}}\bturn(?:ed|ing|s) (?:blue|gr[ea]y)|blue (?:around|at) the (?:lips|mouth)|blue lips"
            r"|lips (?:are|look|went|have gone) blue",
            r"(?:face|mouth)(?: is| has)? droop\w*|slurr(?:ing|ed) (?:my|his|her|their) (?:words|speech)|speech is slurred",
            r"(?:can'?t|cannot) lift (?:my|his|her|one) arm|talking (?:gibberish|nonsense) (?:since|all of a sudden|suddenly)",
            r"pregnant\b.{0,30}\b(?:blood|bleeding)|bleeding\b.{0,20}\bpregnant",
            r"suddenly (?:can'?t|cannot|couldn'?t) (?:see|speak|talk|walk|move|feel)",
            r"chest pains?|(?:crush\w+|sharp|stabbing|severe|sudden|terrible|bad) (?:\w+ )?(?:pain|pressure)\w*\b.{0,16}\bchest"
            r"|chest\b.{0,30}\b(?:crush\w*|elephant|like a vice)|(?:left|my) arm (?:is |has |went |feels )?(?:gone )?numb",
            r"(?:i'?m|i am|'s|is|be|are) having a (?:heart attack|stroke|seizure)|having (?:a seizure|seizures|convulsions)",
            r"(?:throat|tongue|airway)(?: is| are| keeps)? (?:swelling|closing|swollen shut)|anaphyla\w+",
            rf"(?:drank|drunk|swallow\w+|ate|eaten|ingested|inhaled) (?:\w+ ){{0,4}}{_LETHAL}",
            r"bleeding (?:heavily|badly|out|a lot)|(?:won'?t|doesn'?t|can'?t) stop(?: the)? bleeding|lost a lot of blood"
            r"|(?:cough|vomit|throw)\w* (?:up )?blood",
        )
    )
)


def emergency_now(text: str) -> bool:
    """Whether the first `MAX_CHARS` characters of a text speak of a body that may be in danger at this moment."""
    return NOW.search(" ".join(fold(text[:MAX_CHARS]).replace("’", "'").split())) is not None


def emergency_services(person: Person, said: str) -> dict[str, str]:
    """Whom to call for a body in danger where the person is; the number is left out where the country is not known."""
    country = home_of(person.address, said)
    number = {"phone": emergency_number(country), "country": country} if country else {}
    return {"name": "Emergency services", **number}


def emergency_note(person: Person, complaint: str, danger: bool) -> list[str]:
    """A sentence with the emergency number if the complaint may not wait, else nothing."""
    if not danger and not SIGNS.search(fold(complaint)) and not emergency_now(complaint):
        return []
    number = emergency_number(home_of(person.address, complaint))
    return [f"if this is happening now or gets worse, do not wait for the appointment: {number}"]
