"""Which of the names in a catalog somebody means."""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from compass.tools.words import words

LIKENESS = 86.0  # of 100: "Tom Hank" is Tom Hanks, "Tom Cruise" is not
SHORTEST = 3
MAX_CHARS = 80


def meant(asked: str, known: Iterable[str]) -> set[str]:
    """The known names that `asked` names in full, by a part of it ("Bowie"), or with a small misspelling."""
    folded = _folded(tuple(known))
    wanted = f" {' '.join(words(asked[:MAX_CHARS]))} "
    if len(wanted) < SHORTEST + 2:
        return {name for name, plain in folded.items() if plain == wanted and wanted.strip()}
    whole = {name for name, plain in folded.items() if wanted in plain}
    if whole:
        return whole
    near = process.extract(wanted, folded, scorer=fuzz.token_sort_ratio, score_cutoff=LIKENESS, limit=3)
    return {name for _, _, name in near}


@lru_cache(maxsize=256)
def _folded(known: tuple[str, ...]) -> dict[str, str]:
    """Each name with its words between spaces."""
    return {name: f" {' '.join(words(name))} " for name in known}
