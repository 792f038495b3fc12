"""The twelve apps: a small simulated world in which the same call gives the same bytes."""

from typing import Any, Literal

from compass.tools.declare import Tool
from compass.tools.door import ToolResult, run_call
from compass.tools.film_recommendation import film_recommendation
from compass.tools.joke_recommendation import joke_recommendation
from compass.tools.medical_appointment import medical_appointment
from compass.tools.music_recommendation import music_recommendation
from compass.tools.online_shopping import online_shopping
from compass.tools.plan_assistant import plan_assistant
from compass.tools.psyweb_recommender import psyweb_recommender
from compass.tools.role_play import role_play
from compass.tools.schedule_manager import schedule_manager
from compass.tools.sticker_respond import sticker_respond
from compass.tools.story_recommender import story_recommender
from compass.tools.strength_card import strength_card
from compass.tools.world import World

__all__ = ["TOOLS", "Tool", "ToolResult", "call", "names", "schemas"]

TOOLS: tuple[Tool, ...] = (
    film_recommendation,
    joke_recommendation,
    medical_appointment,
    music_recommendation,
    online_shopping,
    plan_assistant,
    psyweb_recommender,
    role_play,
    schedule_manager,
    sticker_respond,
    story_recommender,
    strength_card,
)

_BY_NAME = {tool.name: tool for tool in TOOLS}


def names() -> tuple[str, ...]:
    """The names of the apps in the order of the prompt."""
    return tuple(_BY_NAME)


def schemas(style: Literal["full", "compact"]) -> list[dict[str, Any]]:
    """The schemas of the apps as a prompt shows them; calls are checked against the full ones either way."""
    return [tool.schema if style == "full" else tool.compact_schema for tool in TOOLS]


def call(world: World, name: str, arguments: str) -> ToolResult:
    """Runs one call in a world.

    Args:
        world: Where the call happens; unchanged if the call fails.
        name: Name of an app.
        arguments: JSON object of its arguments.

    Raises:
        RuntimeError: A defect of ours; a caller's mistake is a result with `ok` false.
    """
    return run_call(_BY_NAME, world, name, arguments)
