"""Step 2, personality: Big Five levels and a description that says the same."""

import random

from compass.schema import BigFive, Strict
from data_prep.chance import weighted

SAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "openness": {
        "high": ("is curious about everything new", "loves ideas and odd corners", "has a vivid imagination"),
        "medium": ("likes something new now and then", "is open to change when it makes sense"),
        "low": ("prefers what is tried and familiar", "is practical and fond of routine"),
    },
    "conscientiousness": {
        "high": ("plans ahead and finishes what is begun", "is orderly and dependable"),
        "medium": ("is organised where it matters", "keeps to plans most of the time"),
        "low": ("takes things as they come", "is spontaneous and a little untidy"),
    },
    "extraversion": {
        "high": ("gains energy from company", "talks easily with anybody"),
        "medium": ("enjoys company in measure", "is sociable in small groups"),
        "low": ("needs quiet to recover", "is reserved and a good listener"),
    },
    "agreeableness": {
        "high": ("is warm and quick to help", "trusts people easily"),
        "medium": ("is friendly but says no when needed", "cooperates without giving way on everything"),
        "low": ("is blunt and hard to sway", "questions motives before trusting"),
    },
    "neuroticism": {
        "high": ("worries easily and feels things strongly", "is sensitive to stress"),
        "medium": ("is mostly even-tempered, with nervous days", "gets worried when much comes at once"),
        "low": ("stays calm under pressure", "is hard to upset"),
    },
}  # fmt: skip


class Personality(Strict):
    traits: BigFive
    description: str


def personality(rng: random.Random, first_name: str) -> Personality:
    """Draws levels and words them."""
    levels = {trait: weighted(rng, (("low", 3), ("medium", 4), ("high", 3))) for trait in SAYS}
    said = [rng.choice(SAYS[trait][level]) for trait, level in levels.items()]
    description = f"{first_name} {said[0]} and {said[1]}. {first_name} {said[2]}, {said[3]} and {said[4]}."
    return Personality(traits=BigFive(**levels), description=description)
