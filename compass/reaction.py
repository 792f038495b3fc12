"""How a person reacts, in the next round of a history, to the app of the last one; in words that vary by seed."""

import hashlib
from typing import Literal

Feeling = Literal["liked", "disliked", "neutral"]

WORDS: dict[Feeling, tuple[str, ...]] = {
    "liked": (
        "That was exactly my thing last time, thank you.",
        "What you did last time was spot on.",
        "I loved that, more of it please.",
        "That really suited me.",
        "Good choice last time, it did me good.",
        "By the way, that was just what I needed.",
        "You hit the mark there, I enjoyed it.",
        "That worked wonders, I like it when you do that.",
        "Thanks again for last time, that is how I like it.",
        "I was so pleased with that.",
        "That was a lovely idea, do that again any time.",
        "It was perfect for me.",
    ),
    "disliked": (
        "Please don't do that again, it isn't for me.",
        "That was not my thing at all.",
        "I didn't like what you did last time.",
        "Last time was a miss, it rather annoyed me.",
        "I'd rather you left that out in future.",
        "No more of that, please, I can't stand it.",
        "That did nothing but irritate me.",
        "Honestly, that was the wrong thing for me.",
        "I closed it right away, I don't want that.",
        "That made it worse, to be frank.",
        "Spare me that next time.",
        "I was annoyed by that, try something else.",
    ),
    "neutral": (
        "That was all right, nothing special.",
        "It was okay last time, I suppose.",
        "I looked at it and moved on.",
        "It neither helped nor hurt.",
        "Fine, but I won't remember it.",
        "That was so-so.",
        "Meh, it did no harm.",
        "I had a look, it left me cold.",
        "Not bad, not good.",
        "I could take it or leave it.",
    ),
}


def reaction(feeling: Feeling, seed_text: str) -> str:
    """The words of a reaction.

    Args:
        feeling: What the person thinks of the app in that scene.
        seed_text: Decides the words, such as the id of the situation that was answered.
    """
    words = WORDS[feeling]
    digest = hashlib.sha256(f"{feeling}/{seed_text}".encode()).digest()
    return words[int.from_bytes(digest[:8], "big") % len(words)]


def feeling_about(app: str, likes: tuple[str, ...], dislikes: tuple[str, ...]) -> Feeling:
    """What somebody with these likes and dislikes thinks of an app."""
    return "liked" if app in likes else "disliked" if app in dislikes else "neutral"
