"""Psychology and help websites; a crisis line first whenever the words speak of danger."""

from typing import Any, Literal

from compass.tools.answer import fit, pick
from compass.tools.crisis import INTERNATIONAL, crisis_lines, emergency_number
from compass.tools.danger import danger_in
from compass.tools.declare import tool
from compass.tools.emergency import emergency_now, emergency_services
from compass.tools.index import Item
from compass.tools.place import home_of
from compass.tools.search import catalog
from compass.tools.world import World

Problem = Literal[
    "Body image", "Problem gambling", "Hearing voices (auditory hallucinations)", "Stigma and discrimination", "Stress", "Trauma", "Debt",
    "Friendship", "Housing", "Human rights", "Loneliness", "Nature", "Pets", "Work-life balance", "Drugs", "Menopause", "Physical activity",
    "Physical health", "Sleep", "Smoking",
]  # fmt: skip
Domain = Literal["Psychological Factors", "Social Factors", "Lifestyle and Physical Health Factors"]
Group = Literal["Children", "Teenager", "Adult", "Elder"]

MOST = 4


@tool(effect="read", support="informational", short="Find a help website or crisis line for a problem.")
def psyweb_recommender(
    world: World, situation: str, problem_type: Problem, user_group: Group, domain: Domain | None = None, topk: int = 1
) -> dict[str, Any]:
    """Finds trustworthy psychology and support websites and help lines for a problem, in the person's country where there are any.

    Args:
        situation: What the person is going through, in their words.
        problem_type: The problem the site should be about.
        user_group: Age group of the person.
        domain: Field the problem belongs to.
        topk: How many, 1 to 4.
    """
    country = home_of(world.person.address, situation)
    danger = danger_in(situation)
    lines = crisis_lines(danger, situation, country, user_group)[:2] if danger else []
    count = min(max(topk, 1), MOST)
    sites = [site for site in _sites(situation, problem_type, user_group, domain, country) if site not in lines]
    body: dict[str, Any] = {}
    urgent: list[dict[str, Any]] = []
    if emergency_now(situation):
        urgent = [emergency_services(world.person, situation)]
        body["note"] = f"The words may speak of an emergency of the body: {emergency_number(country)} first, at once."
    elif danger:
        body["note"] = (
            f"The words speak of danger: offer the crisis line first; if someone may be hurt now: {emergency_number(country)}."
        )
    return fit(body, "help", urgent + [_shown(site) for site in lines + sites[:count]])


def _sites(text: str, problem: str, group: str, domain: str | None, country: str | None) -> list[Item]:
    """Sites about the problem, the best fitting first."""
    known = catalog("help")
    scores = known.scores(f"{text} {problem}")
    about = [
        (site, scores.get(number, 0.0)) for number, site in enumerate(known.items) if problem in site["problem_types"]
    ]
    here = [(site, score) for site, score in about if site["country"] in (country, INTERNATIONAL)] or about

    def rank(scored: tuple[Item, float]) -> tuple[bool, bool, bool, int, float]:
        site, score = scored
        first_topic = site["problem_types"].index(problem)
        return (
            group not in site["user_groups"],
            site["crisis"],
            domain is not None and site["domain"] != domain,
            int(site["country"] != country) + min(first_topic, 2),
            -score,
        )

    return [site for site, _ in sorted(here, key=rank)]


def _shown(site: Item) -> dict[str, Any]:
    return pick(site, "name", "url", "phone", "text_line", "hours", "country", "description")
