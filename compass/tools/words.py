"""The words of a text: folded, counted, and without those that say nothing about what is wanted."""

import re
import unicodedata
from collections.abc import Iterator

MAX_TERMS = 64  # distinct words of a request that are searched; nobody describes a wish in more
MAX_TERM_CHARS = 40

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12,
}  # fmt: skip

_STOP_TEXT = """
a about after again all also always am an and another any anything are as at be because been before being best bit
both but by can cannot could d day days did do does doing don done each either else etc ever every everything feel
feeling feels felt few film films find for from get gets getting give go goes going gonna good got had has have having
he hello help her here hers hi him his how i if im in into is isn it its itself joke jokes just kind kinda know lately
let like likes listen little ll look looking lot m make makes making many may maybe me might mine more most movie
movies much music must my myself need needs never no not nothing now of off on once one only or other our ours out
over own people perhaps person plan plans please quite rather re really recommend s same say she should show since so
some somebody someone something somewhat song songs soon sort sticker stickers still stories story such suggest sure t
take tell than thank thanks that the their them then there these they thing things think this those though through
time times to today too track tracks try trying under until up upon us ve very want wanted wants was watch way we well
were what when where which while who whom whose why will wish with without would yes you your yours
"""
STOP = frozenset(_STOP_TEXT.split())

_WORD = re.compile(r"[^\W_]+")
_BLOCK = 4096


def fold(text: str) -> str:
    """Lower case without accents, so that "Amélie" and "amelie" are one."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> Iterator[str]:
    """The words of a text in order, folded, each cut to `MAX_TERM_CHARS` characters."""
    for start in range(0, len(text), _BLOCK):  # lazily: whoever needs 64 words of 100 kB folds the first block only
        for word in _WORD.findall(fold(text[start : start + _BLOCK])):
            yield word[:MAX_TERM_CHARS]


def terms(text: str) -> tuple[str, ...]:
    """The first `MAX_TERMS` distinct words worth searching; every word if all of them are stop words."""
    kept: dict[str, None] = {}
    dull: dict[str, None] = {}
    for word in words(text):
        (dull if word in STOP else kept)[word] = None
        if len(kept) == MAX_TERMS or len(dull) > 50 * MAX_TERMS:
            break
    return tuple(kept) or tuple(dull)[:MAX_TERMS]
