"""Which country an address or a sentence is in, as far as it shows."""

import re

EMERGENCY = {
    "United States": "911", "Canada": "911", "Mexico": "911", "Philippines": "911", "United Kingdom": "999", "Singapore": "995",
    "Hong Kong": "999", "Malaysia": "999", "Ireland": "112", "Australia": "000", "New Zealand": "111", "Germany": "112", "France": "112",
    "Spain": "112", "Netherlands": "112", "Italy": "112", "Austria": "112", "Switzerland": "112", "Belgium": "112", "Sweden": "112",
    "Portugal": "112", "Norway": "112", "Denmark": "112", "Finland": "112", "Poland": "112", "India": "112", "South Africa": "112",
    "Japan": "119", "Brazil": "192", "Israel": "101",
}  # fmt: skip
EUROPEAN_UNION = frozenset(
    [
        "Austria",
        "Belgium",
        "Denmark",
        "Finland",
        "France",
        "Germany",
        "Ireland",
        "Italy",
        "Netherlands",
        "Poland",
        "Portugal",
        "Spain",
        "Sweden",
    ]
)

_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT"
    "|VA|WA|WV|WI|WY|DC|PR|GU|VI|AS|MP|FM|MH|PW|AA|AE|AP"
)
_PATTERNS = (
    ("United States", rf"\b(?:{_STATES})[ ,]+\d{{5}}(?:-\d{{4}})?\b|\bUSA\b|\bU\.S\.A?\b|\bUnited States\b"),
    ("Canada", r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\bCanada\b|\bToronto\b|\bVancouver\b|\bMontr[eé]al\b"),
    (
        "Australia",
        r"\b(?:NSW|VIC|QLD|TAS|ACT|Victoria|Queensland|Tasmania)[ ,]+\d{4}\b|\bAustralia\b|\bSydney\b|\bMelbourne\b|\bBrisbane\b",
    ),
    ("New Zealand", r"\bNew Zealand\b|\bAotearoa\b|\bAuckland\b|\bWellington\b"),
    ("Ireland", r"\bIreland\b(?<!Northern Ireland)|\bDublin\b|\bEircode\b"),
    (
        "United Kingdom",
        r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b(?:United Kingdom|UK|England|Scotland|Wales|Northern Ireland|London)\b",
    ),
    ("Germany", r"\bGermany\b|\bDeutschland\b|\bBerlin\b|\bMunich\b|\bHamburg\b"),
    ("France", r"\bFrance\b|\bParis\b"),
    ("Spain", r"\bSpain\b|\bEspaña\b|\bMadrid\b|\bBarcelona\b"),
    ("Netherlands", r"\bNetherlands\b|\bHolland\b|\bAmsterdam\b|\bRotterdam\b"),
    ("Italy", r"\bItaly\b|\bRome\b|\bMilan\b"),
    ("Austria", r"\bAustria\b|\bVienna\b"),
    ("Switzerland", r"\bSwitzerland\b|\bZurich\b"),
    ("Belgium", r"\bBelgium\b|\bBrussels\b"),
    ("Sweden", r"\bSweden\b|\bStockholm\b"),
    ("Portugal", r"\bPortugal\b|\bLisbon\b"),
    ("India", r"\bIndia\b|\bMumbai\b|\bDelhi\b|\bBangalore\b|\bBengaluru\b"),
    ("South Africa", r"\bSouth Africa\b|\bJohannesburg\b|\bCape Town\b"),
    ("Norway", r"\bNorway\b|\bOslo\b"),
    ("Denmark", r"\bDenmark\b|\bCopenhagen\b"),
    ("Finland", r"\bFinland\b|\bHelsinki\b"),
    ("Poland", r"\bPoland\b|\bWarsaw\b"),
    ("Singapore", r"\bSingapore\b"),
    ("Hong Kong", r"\bHong Kong\b"),
    ("Malaysia", r"\bMalaysia\b|\bKuala Lumpur\b"),
    ("Philippines", r"\bPhilippines\b|\bManila\b"),
    ("Brazil", r"\bBra[sz]il\b|\bS[aã]o Paulo\b"),
    ("Mexico", r"\bM[eé]xico\b(?<!New Mexico)"),
    ("Israel", r"\bIsrael\b|\bTel Aviv\b"),
    ("Japan", r"\bJapan\b|\bTokyo\b|\bOsaka\b"),
)
MAX_CHARS = 2000


_HERE = re.compile(
    r"\b(?:live|living|stay|staying|based|moved|here|am|i'?m|now)(?: here| now| currently)? (?:in|to) (.{2,40})",
    re.IGNORECASE,
)


def home_of(address: str, said: str = "") -> str | None:
    """The country a person is in: where they say they live ("I'm in Canada now"), else that of their address.

    A country that is only spoken of ("our trip to Paris") does not count: a line there could not be called from here.
    """
    spoken = (country_of(match[1]) for match in _HERE.finditer(said[:MAX_CHARS].replace("’", "'")))
    return next((country for country in spoken if country), None) or country_of(address)


def country_of(text: str) -> str | None:
    """The country that a text names or whose form of address it has; the first of the list if it shows several."""
    part = text[:MAX_CHARS]
    return next((country for country, pattern in _PATTERNS if re.search(pattern, part)), None)
