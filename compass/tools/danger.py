"""Whether words speak of danger to life or safety, and which kind of line fits.

The patterns are wide on purpose: a crisis line shown to someone who did not need it costs nothing, the opposite may
cost a life. So "I am not suicidal" is answered with a line too, and only set phrases ("dying to see it") are let pass.
"""

import re
from typing import Literal

from compass.tools.danger_violence import ABUSE, ASSAULT, FEAR, TOUCH
from compass.tools.danger_words import HARMLESS, LIFE, SUICIDE
from compass.tools.words import fold

Danger = Literal["suicide", "assault", "abuse"]

MAX_CHARS = 10_000


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})(?:\b|(?<=\W))" for pattern in patterns))


_HARMLESS = _any(HARMLESS)
_KINDS: tuple[tuple[Danger, re.Pattern[str]], ...] = (
    ("suicide", _any(SUICIDE + LIFE)),
    ("assault", _any(ASSAULT + TOUCH)),
    ("abuse", _any(ABUSE + FEAR)),
)


def danger_in(text: str) -> Danger | None:
    """The kind of danger that the first `MAX_CHARS` characters of a text speak of; danger to life comes before the others."""
    plain = _HARMLESS.sub(" … ", " ".join(fold(text[:MAX_CHARS]).replace("’", "'").split()))
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)
