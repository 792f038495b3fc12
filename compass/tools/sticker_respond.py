"""A sticker for a feeling."""

from typing import Any

from compass.tools.answer import fit, pick
from compass.tools.declare import tool
from compass.tools.search import catalog
from compass.tools.world import World

MOST = 5


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
    text = " ".join(each for each in (tag, tag, subject, alternative_descriptions, style) if each)
    found = [hit.item for hit in stickers.search(text, world.seed, count)]
    note = {} if found else {"note": "no sticker matches these words; here is one that fits most moments"}
    found = found or stickers.some(world.seed, count)
    return fit(note, "stickers", [pick(each, "id", "description", "tags", "subject", "style") for each in found])
