"""Step 3, background in five parts, agreeing with age and household."""

import random
from functools import cache
from typing import Any

from compass.schema import Background
from data_prep.demographics import Demographics
from data_prep.wording import fill, load


@cache
def _words() -> dict[str, Any]:
    return load("background")


def background(rng: random.Random, person: Demographics) -> Background:
    """Draws hobbies, health, family, habits and growing up."""
    words = _words()
    first, second = rng.sample(words["hobbies"], 2)
    slots = {"n": person.first_name, "a": first, "b": second}
    slots |= {"partner": person.partner or "", "child": person.child or "", "parent": person.parent or ""}
    health = "health_young" if person.age < 35 else "health_mid" if person.age < 62 else "health_old"
    return Background(
        hobbies=fill(rng.choice(words["hobby_lines"]), slots),
        health=fill(rng.choice(words[health]), slots),
        family=fill(rng.choice(words["family"][_household(person)]), slots),
        habits=fill(rng.choice(words["habits"]), slots),
        growth=fill(rng.choice(words["growth"]), slots),
    )


def _household(person: Demographics) -> str:
    if person.partner:
        return "partner_child" if person.child else "partner"
    return "child" if person.child else "parent" if person.parent else "alone"
