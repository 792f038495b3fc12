"""Step 4, preferences: for each scene three liked and three disliked apps, drawn so that nothing but the profile tells them."""

import random
from functools import cache
from typing import Any

from compass.schema import SCENES, Preference, Scene, Taste
from compass.tools import names
from data_prep.wording import load

SIDE = 3
SAID = {
    "work": "work or study",
    "health": "health",
    "family": "the family",
    "social": "friends and company",
    "leisure": "free time",
}
TASTED = {"music_recommendation": "music", "film_recommendation": "film"}


@cache
def _words() -> dict[str, Any]:
    return load("preferences")


def preferences(rng: random.Random, first_name: str) -> dict[Scene, Preference]:
    """Draws the preferences of all five scenes, independent of one another."""
    tastes = {app: _taste(rng, _words()[kind]) for app, kind in TASTED.items()}
    return {scene: _preference(rng, first_name, scene, tastes) for scene in SCENES}


def _taste(rng: random.Random, genres: dict[str, list[str]]) -> Taste:
    liked, disliked = rng.sample(sorted(genres), 2)
    return Taste(likes=(liked, *genres[liked]), dislikes=(disliked,))


def _preference(rng: random.Random, first_name: str, scene: Scene, tastes: dict[str, Taste]) -> Preference:
    drawn = rng.sample(names(), 2 * SIDE)
    likes, dislikes = tuple(drawn[:SIDE]), tuple(drawn[SIDE:])
    here = {app: taste for app, taste in tastes.items() if app in likes}
    words = _words()
    opening = rng.choice(words["opening"]).format(
        n=first_name, scene=SAID[scene], likes=_listed([_liked(rng, app, here.get(app)) for app in likes])
    )
    closing = rng.choice(words["closing"]).format(
        n=first_name, dislikes=_listed([f"{app} {rng.choice(words['dislike'][app])}" for app in dislikes])
    )
    return Preference(text=f"{opening} {closing}", likes=likes, dislikes=dislikes, tastes=here)


def _liked(rng: random.Random, app: str, taste: Taste | None) -> str:
    reason = rng.choice(_words()["like"][app])
    if taste is None:
        return f"{app} {reason}"
    genre, *people = taste.likes
    favourites = f"{genre}, e.g. {' and '.join(people)}" if people else genre
    return f"{app} ({favourites}; no {taste.dislikes[0]}) {reason}"


def _listed(parts: list[str]) -> str:
    return "; ".join(parts[:-1]) + f"; and {parts[-1]}"
