"""The character strength that helps in a situation, with ways to use it."""

from typing import Any

from compass.tools.answer import fit
from compass.tools.declare import tool
from compass.tools.search import catalog
from compass.tools.world import World


@tool(effect="read", support="emotional", short="Name a character strength that helps in a situation.")
def strength_card(world: World, situation: str) -> dict[str, Any]:
    """Finds the character strengths (of the 24 of the VIA classification) that help in a situation, with ways to use them today.

    Args:
        situation: What the person is facing and how they feel about it.
    """
    strengths = catalog("strengths")
    found = strengths.find(situation, world.seed, 3)
    cards = [
        {
            "name": each["name"],
            "virtue": each["virtue"],
            "meaning": each["meaning"],
            "when": each["when"],
            "how": each["how"][: 3 if place == 0 else 1],
        }
        for place, each in enumerate(found.items)
    ]
    return fit(found.note("strength"), "strengths", cards)
