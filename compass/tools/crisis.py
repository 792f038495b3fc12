"""Which help lines to offer first when words speak of danger, and the number for an emergency."""

import re

from compass.tools.danger import Danger
from compass.tools.index import Item
from compass.tools.place import EMERGENCY, EUROPEAN_UNION
from compass.tools.search import catalog
from compass.tools.words import fold

INTERNATIONAL = "International"
UNION = "European Union"

# Words in a line's name or description that tell which danger it is for.
FITTING: dict[Danger, str] = {
    "suicide": r"suicid|crisis|distress|lifeline|self-harm",
    "assault": r"sexual (?:viol|assault|abuse)|rape",
    "abuse": r"domestic|(?<!sexual )violence|child abuse",
}
# Lines for one group of people come after those for everyone, unless the words name the group.
AUDIENCES = (
    r"veteran|service member|military|army",
    r"lgbt|transgender|gay|lesbian|queer",
    r"indigenous|aboriginal|torres|first nations|inuit",
    r"farm",
    r"\bwom[ae]n|femmes|frauen|my (?:husband|boyfriend)|pregnant",
    r"\bmen\b|miserably|my (?:wife|girlfriend)",
    r"under thirty-five|children|teenager|child|kids|minors|when i was (?:little|small|young|a girl|a boy)",
    r"scotland|scottish|edinburgh|glasgow",
    r"england|wales",
    r"chinese|german|ukrainian|flemish|french-speaking|english-language",
)
YOUNG = ("Children", "Teenager")


def crisis_lines(danger: Danger, text: str, country: str | None, group: str) -> list[Item]:
    """Lines that can be reached from a country, the best fitting for this danger and person first."""
    said = fold(text)
    fitting = re.compile(FITTING[danger])

    def rank(line: Item) -> tuple[int, ...]:
        about = fold(f"{line['name']} {line['description']}")
        audience = [words for words in AUDIENCES if re.search(words, about) and not re.search(words, said)]
        if group in YOUNG:
            audience = [words for words in audience if "child" not in words]
        here = (country, UNION if country in EUROPEAN_UNION else country, INTERNATIONAL).index(line["country"])
        return (
            here,
            not fitting.search(about),
            len(audience),
            group not in line["user_groups"],
            -len(fitting.findall(about)),
        )

    places = {country, INTERNATIONAL, *([UNION] if country in EUROPEAN_UNION else [])}
    lines = [line for line in catalog("help").items if line["country"] in places and _reaches(line, fitting)]
    return sorted(lines, key=rank)


def _reaches(line: Item, fitting: re.Pattern[str]) -> bool:
    """Whether somebody answers there: a crisis service, a phone or text line for this danger, or a directory of such lines."""
    about = fold(f"{line['name']} {line['description']}")
    answered = bool(line["phone"] or line["text_line"]) and bool(fitting.search(about))
    return line["crisis"] or answered or (line["country"] == INTERNATIONAL and "helpline" in about)


def emergency_number(country: str | None) -> str:
    """What to call if someone may be hurt now."""
    return EMERGENCY.get(country or "", "the local emergency number")
