"""A sticker for a feeling."""

from typing import Any

from compass.tools.answer import fit, pick
from compass.tools.declare import tool
from compass.tools.index import related
from compass.tools.search import catalog
from compass.tools.words import terms
from compass.tools.world import World

MOST = 5
# A sticker answers a feeling: nobody who is angry wants to be sent an angry face.
ANSWERS = (
    ("sad down hurt heartbreak grief lost", "comfort hug here for you"),
    ("angry annoyed frustrated irritated", "calm breathe I hear you"),
    ("stressed overwhelmed busy deadline", "breathe slow down take it easy"),
    ("anxious afraid panic unsure", "calm breathe you can do it"),
    ("lonely homesick", "you are not alone together"),
    ("guilty ashamed embarrassed", "comfort gentle"),
    ("bored", "fun smile"),
    ("disappointed rejected failed fail", "better days cheer up"),
)


@tool(effect="read", support="emotional", short="Pick a sticker for a feeling.")
def sticker_respond(
    world: World,
    tag: str,
    subject: str | None = None,
    alternative_descriptions: str | None = None,
    style: str | None = None,
    topk: int = 1,
) -> dict[str, Any]:
    """Picks stickers that answer a feeling; the drawing is shown beside the reply.

    Args:
        tag: Feeling or message, e.g. "hug", "congratulations", "tired".
        subject: What the sticker should show, e.g. "cat".
        alternative_descriptions: Other words for what it should show or say.
        style: Manner of drawing, e.g. "cute" or "minimal".
        topk: How many, 1 to 5.
    """
    stickers = catalog("stickers")
    count = min(max(topk, 1), MOST)
    text = " ".join(each for each in (tag, subject, alternative_descriptions, style) if each)
    asked = {word for term in terms(text) for word in (term, *related(term, "same"))}
    answers = [answer for feelings, answer in ANSWERS if asked & set(feelings.split())]
    found = stickers.find(" ".join([text, *answers]), world.seed, count)
    shown = [pick(each, "id", "description", "tags", "subject", "style") for each in found.items]
    return fit(found.note("sticker"), "stickers", shown)
