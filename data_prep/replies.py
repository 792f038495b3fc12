"""Replies: meet the feeling, give what the app returned, tie it to the situation, close gently; two to four sentences."""

import random
import re
import string
from functools import cache
from typing import Any

from compass.prompt import PromptStyle
from data_prep.facts import facts
from data_prep.situations import Plot, family_of
from data_prep.wording import dangers, emotions, fill, load, mood_of, phrase, to_you

MORE_SHARE = 0.6
TASTE_SHARE = 0.5
LIMIT_WORDS: dict[PromptStyle, int] = {"compact": 70, "full": 120}


@cache
def _words() -> dict[str, Any]:
    return load("replies")


def reply(
    rng: random.Random, plot: Plot, results: list[tuple[str, str]], style: PromptStyle, taste: str | None = None
) -> str:
    """The answer to results.

    Args:
        results: (app, content) of each call of the turn, all carried out.
        taste: A genre that was asked for because the person likes it.
    """
    if plot.scene is None:
        return _danger(rng, plot, results[0][1])
    first, second = _ties(rng, plot)
    opening = meet(rng, plot, first)
    lines = [about(rng, app, content, style) for app, content in results]
    if len(lines) > 1:
        lines[1] = f"{rng.choice(_words()['also'])} {lines[1]}"
    if taste and f'"{taste}"' in results[0][1] and rng.random() < TASTE_SHARE:
        lines.append(rng.choice(_words()["taste"]).format(genre=taste))
    bridge = fill(rng.choice(_words()["bridge"]), {"tie": second})
    close = rng.choice(mood_of(plot.emotion).close)
    shapes = [[opening, *lines, close], [opening, *lines], [opening, *lines, bridge], [opening, *lines, bridge, close]]
    text = " ".join(rng.choices(shapes, [5, 1, 2, 3])[0])
    return text if len(text.split()) <= LIMIT_WORDS[style] else " ".join([opening, *lines])


def direct(rng: random.Random, plot: Plot) -> str:
    """The answer of the direct setting: warmth and a suggestion, no app."""
    if plot.scene is None:
        return rng.choice(_words()["danger_direct"])
    family = family_of(plot)
    slots = you_slots(plot)
    count = rng.choice((1, 1, 2))
    advice = [fill(text, slots) for text in rng.sample(family.advice, count)]
    parts = [meet(rng, plot, _ties(rng, plot)[0]), *advice]
    return " ".join([*parts, rng.choice(mood_of(plot.emotion).close)] if rng.random() < 0.8 else parts)


def meet(rng: random.Random, plot: Plot, tie: str) -> str:
    """The sentence that meets the feeling."""
    return fill(rng.choice(emotions()[plot.emotion].meet), {"tie": tie})


def you_slots(plot: Plot) -> dict[str, str]:
    """The plot's slots as one says them to the person."""
    return {name: to_you(value) for name, value in plot.slots.items()}


def _ties(rng: random.Random, plot: Plot) -> list[str]:
    """Two different ways to name the matter."""
    slots = you_slots(plot)
    return [phrase(text, slots) for text in rng.sample(family_of(plot).tie, 2)]


def about(rng: random.Random, app: str, content: str, style: PromptStyle) -> str:
    """The sentence that gives a result, with fields copied from it; in full style often a second one."""
    known = facts(app, content)
    key = "online_shopping_none" if app == "online_shopping" and "total" not in known else app
    template = rng.choice([each for each in _words()[key] if needs(each) <= set(known)])
    said = template.format(**known)
    if style == "full" and rng.random() < MORE_SHARE:
        left = set(known) - needs(template)
        more = [each for each in _words()["more"].get(key, ()) if needs(each) <= left]
        said += f" {rng.choice(more).format(**known)}" if more else ""
    said = _tidy(said)
    return said[0].upper() + said[1:]


def needs(template: str) -> set[str]:
    """Names of the fields in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _tidy(text: str) -> str:
    """No two full stops in a row where a copied sentence brought its own."""
    return re.sub(r"(?<=[.!?])\.(?!\.)", "", text)


def _danger(rng: random.Random, plot: Plot, content: str) -> str:
    known = facts("psyweb_recommender", content)
    key = f"danger_{dangers()[plot.family].kind}" if "phone" in known else "danger_web"
    known.setdefault("hours", "at any hour")
    return rng.choice(_words()[key]).format(**known)
