"""Kind jokes by topic."""

from typing import Any, Literal

from compass.tools.answer import fit, pick
from compass.tools.declare import tool
from compass.tools.index import Item
from compass.tools.search import catalog
from compass.tools.world import World

Category = Literal[
    "Animal", "Other / Misc", "Bar", "One Liners", "Puns", "Lawyer", "Sports", "Medical", "News / Politics", "Men / Women", "Gross",
    "Blond", "Yo Momma", "Redneck", "Religious", "At Work", "College", "Lightbulb", "Children", "Insults", "Knock-Knock", "Tech", "Yo Mama",
    "Blonde",
]  # fmt: skip

# These categories of the published list laugh at people. The value is accepted, the joke comes from a kind category.
UNKIND = frozenset({"Men / Women", "Gross", "Blond", "Blonde", "Yo Momma", "Yo Mama", "Redneck", "Insults"})

# Faith is dear to some of those who ask; the catalog leaves jokes about it out.
LEFT_OUT = frozenset({"Religious"})


@tool(effect="read", support="emotional", short="Find a kind joke about something.")
def joke_recommendation(world: World, description: str, category: Category | None = None) -> dict[str, Any]:
    """Finds short kind jokes about a topic, to lighten the mood.

    Args:
        description: What the joke should be about, or the situation it should lighten.
        category: Kind of joke; a category that laughs at people is answered with kind jokes instead.
    """
    jokes = catalog("jokes")

    def kind(joke: Item) -> bool:
        return joke["category"] not in UNKIND

    def wanted(joke: Item) -> bool:
        return kind(joke) and (category is None or joke["category"] == category)

    note = {}
    only = wanted
    if category in UNKIND:
        only, note = kind, {"note": f"the category {category} laughs at people; here are kind jokes instead"}
    elif not any(map(wanted, jokes.items)):
        only, note = kind, {"note": f"no joke of the category {category} is here; these come closest"}
    found = jokes.find(description, world.seed, 3, only)
    return fit(note or found.note("joke"), "jokes", [pick(joke, "text", "category") for joke in found.items])
