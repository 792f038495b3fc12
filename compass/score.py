"""Pure scores of a turn, defined once for data checks, training, evaluation and reports.

The unit is one round: what the model did with one situation. Scores about calls look at the **first** assistant
message; `repaired` and the scores of the reply look at the round. None means that a score does not apply.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from compass.claims import false_claims
from compass.rollout import Exchange, reply_text
from compass.schema import Situation, Strict, User
from compass.tools import names

Taste = Literal["liked", "neutral", "disliked", "none"]
REPAIR_TURNS = 2
RUN_WORDS = 5
"""So many words in a row, taken from a result, count as naming what it returned."""
_NAME_KEYS = {
    "title", "name", "event", "location", "address", "clinic", "doctor", "hospital", "url", "time", "delivery", "phone",
    "schedule_id", "appointment_id", "order_id", "more", "alternatives",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?:\s*([ap])\.?m\b)?(?![\d:])|(?<![\d:.])(\d{1,2})\s*([ap])\.?m\b", re.I
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.I)
_PHONE = re.compile(r"(?<![\w.:/-])\+?\(?\d[\d ()./-]{5,20}\d(?![\w:])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{3,80})[\"”]|(?<!\*)\*([^*\n]{3,80})\*(?!\*)|«([^»\n]{3,80})»")


class Scores(Strict):
    """Scores of one round. In the direct setting everything about calls is None."""

    call_valid: bool | None
    schema_valid: bool | None
    executed: bool | None
    repaired: bool | None
    side: Taste | None
    grounded: bool | None
    invented: bool
    false_claim: bool
    replied: bool
    cut_short: bool


def call_valid(first: Exchange) -> bool:
    """It holds at least one call and every call parses strictly."""
    return first.parse_error is None and first.attempted > 0


def schema_valid(first: Exchange) -> bool:
    """Valid, and every call names one of the twelve with arguments that pass its full schema; calls that were not run fail."""
    return call_valid(first) and not first.not_run and all(call.schema_ok for call in first.calls)


def executed(first: Exchange) -> bool:
    """Schema-valid, and every call ran without an error."""
    return schema_valid(first) and all(call.ok for call in first.calls)


def repaired(exchanges: Sequence[Exchange]) -> bool:
    """Executed at once, or within two more turns, each after the model was shown the error of the turn before."""
    for exchange in exchanges[: 1 + REPAIR_TURNS]:
        if executed(exchange):
            return True
        if exchange.is_reply:  # no error was shown, so nothing was there to repair
            return False
    return False


def side_of(app: str, user: User, situation: Situation) -> Taste | None:
    """What the person thinks of an app in the situation's scene; None where the scene is not known.

    With a second scene either list counts: liked in one of them is liked, else disliked in one of them is disliked.
    A scene that the person says nothing about leaves every app neutral. A name that is no app's is `none`.
    """
    if situation.scene is None:
        return None
    if app not in names():
        return "none"
    scenes = [situation.scene] + ([situation.second_scene] if situation.second_scene else [])
    known = [user.preferences[scene] for scene in scenes if scene in user.preferences]
    if any(app in preference.likes for preference in known):
        return "liked"
    return "disliked" if any(app in preference.dislikes for preference in known) else "neutral"


def side(first: Exchange, user: User, situation: Situation) -> Taste | None:
    """The side of the first call's app; `none` without a readable call. The four sum to one over units with a scene."""
    if situation.scene is None:
        return None
    return side_of(first.calls[0].name, user, situation) if call_valid(first) and first.calls else "none"


def liked_share_by_chance(user: User, situation: Situation) -> float | None:
    """Share of the twelve apps that would score `liked` here: what choosing an app blindly would give."""
    if situation.scene is None:
        return None
    return sum(side_of(app, user, situation) == "liked" for app in names()) / len(names())


def grounded(exchanges: Sequence[Exchange]) -> bool | None:
    """The reply names an item, time or address that a call of this round returned; None without a result.

    Naming is: a whole name, title, address or id of the result; one of its clock times; or five of its words in a row.
    """
    results = [json.loads(call.result) for exchange in exchanges for call in exchange.calls if call.ok]
    if not results:
        return None
    text = reply_text(exchanges)
    words, clocks = words_of(text), _clocks(text)
    padded, runs = f" {' '.join(words)} ", _runs(words)
    for key, value in (pair for result in results for pair in _strings(result)):
        found = words_of(value)
        if found and key in _NAME_KEYS and f" {' '.join(found)} " in padded:
            return True
        if clocks & _clocks(value) or runs & _runs(found):
            return True
    return False


def invented(exchanges: Sequence[Exchange], known: Sequence[str]) -> bool:
    """The reply holds a URL, clock time, phone number or quoted title that is nowhere in `known` or this round's results.

    Times are compared on a twelve-hour face, since "at 6" may stand for 18:00. Titles stand in double quotes or *italics*.

    Args:
        exchanges: The round.
        known: Everything else the model was shown: system texts and the conversation.
    """
    text = reply_text(exchanges)
    clocks, urls, titles = _halves(_clocks(text)), set(map(_bare, _URL.findall(text))), _titles(text)
    phones = {re.sub(r"\D", "", phone) for phone in _PHONE.findall(_DATE.sub(" ", text))}
    if not (clocks or urls or titles or phones):
        return False
    source = "\n".join([*known, *(call.result for exchange in exchanges for call in exchange.calls)])
    digits, words = re.sub(r"\D", "", source), f" {' '.join(words_of(source))} "
    return (
        not clocks <= _halves(_clocks(source))
        or any(url not in source.casefold() for url in urls)
        or any(phone not in digits for phone in phones)
        or any(f" {' '.join(title)} " not in words for title in titles)
    )


def score(
    exchanges: Sequence[Exchange],
    user: User,
    situation: Situation,
    known: Sequence[str],
    done: Sequence[tuple[str, str]],
    tools: bool,
) -> Scores:
    """All scores of a round.

    Args:
        exchanges: The round.
        user: Whose tastes count.
        situation: What the round is about.
        known: What the model was shown, see `invented`.
        done: Calls of the conversation that ran, see `compass.claims.false_claims`.
        tools: Whether the model had any.
    """
    first = exchanges[0]
    return Scores(
        call_valid=call_valid(first) if tools else None,
        schema_valid=schema_valid(first) if tools else None,
        executed=executed(first) if tools else None,
        repaired=repaired(exchanges) if tools else None,
        side=side(first, user, situation) if tools else None,
        grounded=grounded(exchanges) if tools else None,
        invented=invented(exchanges, known),
        false_claim=bool(false_claims(reply_text(exchanges), done)),
        replied=bool(reply_text(exchanges)),
        cut_short=any(exchange.finish_reason in ("length", "context") for exchange in exchanges),
    )


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(nearest key, string) of every string in a JSON value; what stands under `character` the caller has chosen itself."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "character":
                yield from _strings(item, name)


def words_of(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + RUN_WORDS]) for start in range(len(words) - RUN_WORDS + 1)}


def _clocks(text: str) -> set[int]:
    """Clock times in minutes after midnight, as written: without am or pm, 6:30 is 390."""
    found = set()
    for hour, minute, half, bare_hour, bare_half in _CLOCK.findall(text):
        value, mark = int(hour or bare_hour), (half or bare_half).casefold()
        if mark and 1 <= value <= 12:
            value = value % 12 + (12 if mark == "p" else 0)
        if value < 24 and int(minute or 0) < 60:
            found.add(value * 60 + int(minute or 0))
    return found


def _halves(clocks: set[int]) -> set[int]:
    return {minutes % 720 for minutes in clocks}


def _bare(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url.casefold()).rstrip(".,;:!?/")


def _titles(text: str) -> list[list[str]]:
    """Quoted or emphasised spans that look like titles: each longer word capitalised, as in “The Seventh Thread”."""
    spans = ("".join(groups) for groups in _QUOTED.findall(text))
    return [
        words_of(span)
        for span in spans
        if _WORD.search(span)
        and all(word[0].isupper() or word[0].isdigit() for word in _WORD.findall(span) if len(word) > 3)
        and any(word[0].isupper() for word in _WORD.findall(span))
    ]
