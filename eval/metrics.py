"""Rates over units, defined once: what is counted, and over which units.

A unit is a scored round (see `compass.score`). Each rate is given over all units and, beside that, over the units that
passed the stage before, so that a model that calls less cannot look better. A value of None takes the unit out of the
denominator; a rate without units is n/a.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from compass.score import Scores

Better = Literal["higher", "lower", "neither"]
Count = Callable[[Scores], bool | None]


@dataclass(frozen=True)
class Metric:
    """A rate.

    Attributes:
        title: As tables call it.
        better: Which way is good.
        hit: Whether a unit counts; None where the metric does not apply to it.
        given: The stage before; None where there is none.
        given_title: Which units the second rate is over, in words.
        definition: One sentence for reports.
    """

    title: str
    better: Better
    hit: Count
    given: Count | None
    given_title: str
    definition: str


def _side(name: str) -> Count:
    return lambda scores: None if scores.side is None else scores.side == name


def _called(scores: Scores) -> bool | None:
    return None if scores.side is None else scores.side != "none"


def _has_result(scores: Scores) -> bool | None:
    return scores.grounded is not None


METRICS: dict[str, Metric] = {
    "call_valid": Metric(
        "call valid", "higher", lambda s: s.call_valid, None, "",
        "The first turn holds at least one call, and every call parses strictly.",
    ),
    "schema_valid": Metric(
        "schema valid", "higher", lambda s: s.schema_valid, lambda s: s.call_valid, "valid calls",
        "Every call of the first turn names one of the twelve apps and its arguments pass the full JSON Schema.",
    ),
    "executed": Metric(
        "executed", "higher", lambda s: s.executed, lambda s: s.schema_valid, "schema-valid calls",
        "Every call of the first turn ran without an error.",
    ),
    "repaired": Metric(
        "executed after repair", "higher", lambda s: s.repaired, lambda s: None if s.executed is None else not s.executed,
        "units not executed at first",
        "Executed at once, or within two more turns, each after the model was shown the error.",
    ),
    "liked": Metric(
        "liked app", "higher", _side("liked"), _called, "units with a call",
        "The first call's app is one the person likes in this scene.",
    ),
    "neutral": Metric(
        "neutral app", "neither", _side("neutral"), _called, "units with a call",
        "The first call's app is neither liked nor disliked in this scene.",
    ),
    "disliked": Metric(
        "disliked app", "lower", _side("disliked"), _called, "units with a call",
        "The first call's app is one the person dislikes in this scene.",
    ),
    "none": Metric(
        "no app", "lower", _side("none"), None, "",
        "The first turn holds no readable call to one of the twelve.",
    ),
    "grounded": Metric(
        "grounded reply", "higher", lambda s: None if s.call_valid is None else bool(s.grounded), _has_result,
        "units with a result",
        "The reply names at least one item, time or address that an app returned.",
    ),
    "invented": Metric(
        "invented detail", "lower", lambda s: s.invented, lambda s: s.replied, "units with a reply",
        "The reply holds a URL, title, time or phone number that neither an app nor the conversation gave.",
    ),
    "false_claim": Metric(
        "false claim", "lower", lambda s: s.false_claim, lambda s: s.replied, "units with a reply",
        "The reply says that something was booked, ordered, noted or sent which no call of the conversation did.",
    ),
    "replied": Metric(
        "replied", "higher", lambda s: s.replied, None, "",
        "The round ended with a text for the person.",
    ),
    "cut_short": Metric(
        "cut short", "lower", lambda s: s.cut_short, None, "",
        "A turn ran into the token limit or the end of the context.",
    ),
}  # fmt: skip

_NEEDS_SCENE = ("liked", "neutral", "disliked", "none")


def absent_because(name: str, setting: str) -> str:
    """Why a metric has no value, for tables."""
    if setting == "direct":
        return "n/a"
    return "n/a: no scene labels" if name in _NEEDS_SCENE else "n/a"


def words(text: str) -> list[str]:
    """Tokens of the distinct metrics: lower-case, split at white space."""
    return text.casefold().split()


class Distinct:
    """Distinct n-grams over all replies, divided by the number of all tokens (Li et al. 2016); replies come one by one."""

    def __init__(self, n: int) -> None:
        self._n, self._total = n, 0
        self._seen: set[int] = set()  # 64-bit hashes: a thirtieth of the memory, one collision in 10^7 texts of 10^6

    def add(self, reply: str) -> None:
        """Takes a reply in; an empty one adds nothing."""
        tokens = words(reply)
        self._total += len(tokens)
        self._seen.update(map(hash, zip(*(tokens[start:] for start in range(self._n)))))

    @property
    def value(self) -> float | None:
        return len(self._seen) / self._total if self._total else None


def distinct_corpus(replies: Iterable[str], n: int) -> float | None:
    """`Distinct` over replies that are all there."""
    counter = Distinct(n)
    for reply in replies:
        counter.add(reply)
    return counter.value


def distinct_per_reply(reply: str, n: int) -> float | None:
    """Distinct n-grams of one reply, divided by its n-grams; the published benchmark averages this over replies."""
    tokens = words(reply)
    grams = list(zip(*(tokens[start:] for start in range(n))))
    return len(set(grams)) / len(grams) if grams else None
