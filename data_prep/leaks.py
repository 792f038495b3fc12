"""What was said already: no utterance may be said again, within the data or in a bench it is guarded against."""

import re
from collections.abc import Iterable
from pathlib import Path

from compass import jsonl
from compass.schema import User

_WORD = re.compile(r"[^\W_]+")


def bare(text: str) -> str:
    """Words alone, lower-case."""
    return " ".join(_WORD.findall(text.casefold()))


class Said:
    """All utterances so far.

    Args:
        guard: Bench files (JSONL of users) whose utterances count as said.
    """

    def __init__(self, guard: Iterable[Path]) -> None:
        self._texts: set[str] = set()
        for path in guard:
            for user in jsonl.read(path, User, "the bench to guard against", "Check `guard` in the data recipe."):
                self.add(user.id, user)

    def taken(self, text: str) -> bool:
        """Whether this was said before."""
        return bare(text) in self._texts

    def add(self, user_id: str, user: User) -> None:
        """Takes in what a person says."""
        self._texts |= {bare(situation.utterance) for situation in user.situations}
