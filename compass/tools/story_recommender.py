"""One short story that fits a situation, and the titles of two more."""

from typing import Any, Literal

from compass.tools.answer import beginning, pick
from compass.tools.declare import tool
from compass.tools.index import Item
from compass.tools.search import catalog
from compass.tools.world import World

Theme = Literal[
    "Learning and Knowledge", "Dreams and Aspirations", "Adversity and Resilience", "Interpersonal Relationships",
    "Self-Understanding and Growth", "Career and Development", "Daily Emotions and Mood",
]  # fmt: skip
Type = Literal[
    "Literature and Essays", "Historical Biography", "Real-Life Case Study", "Fable and Parable", "Fictional Character (Film/Novel)"
]  # fmt: skip
Style = Literal[
    "Warm and Comforting", "Passionate and Inspiring", "Analytical and Rational", "Story-Driven and Immersive", "Concise and Philosophical"
]  # fmt: skip

TEXT_CHARS = 1300  # a story of 250 words; told without its end it is none


@tool(effect="read", support="emotional", short="Find a short story that fits a situation.")
def story_recommender(
    world: World, user_prompt: str, theme: Theme | None = None, type: Type | None = None, style: Style | None = None
) -> dict[str, Any]:
    """Finds a short story, true or told, that speaks to what the person is going through.

    Args:
        user_prompt: What the person is going through or wants to read about.
        theme: What the story is about.
        type: Kind of text.
        style: Tone of the text.
    """
    stories = catalog("stories")
    wishes = {"theme": theme, "type": type, "style": style}
    asked = {name: value for name, value in wishes.items() if value}

    def met(story: Item) -> int:
        return sum(story[name] == value for name, value in asked.items())

    # Few stories meet three wishes at once; the more of them one meets, the further up it stands.
    best = max(map(met, stories.items))
    found = stories.find(user_prompt, world.seed, 3, lambda story: met(story) == best)
    first = found.items[0]
    missed = [name for name, value in asked.items() if first[name] != value]
    differs = {"note": f"no story here meets every wish at once; this one differs in {' and '.join(missed)}"}
    story = {
        **pick(first, "title", "theme", "type", "style"),
        "text": beginning(" ".join(first["text"].split()), TEXT_CHARS),
    }
    note = differs if missed else found.note("story")
    return {**note, "story": story, "more": [each["title"] for each in found.items[1:]]}
