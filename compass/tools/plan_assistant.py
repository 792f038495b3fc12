"""A step-by-step plan for an everyday goal, fitted to theme, style and requirements."""

import re
from typing import Any

from compass.tools.answer import fit
from compass.tools.declare import tool
from compass.tools.index import Item
from compass.tools.search import catalog
from compass.tools.words import NUMBERS, fold
from compass.tools.world import World

# For a goal that no template knows: steps that serve any goal.
ANY_GOAL = (
    "Write down in one sentence what will be different when it is done",
    "List everything it needs and cross out what can wait",
    "Pick the smallest first step and do it within a day",
    "Give every other step a day and a length, and put them into the schedule",
    "Tell one person about it and ask for the help you need",
    "Look back after a week: keep what worked, change one thing that did not",
)
# What a requirement says, and the sentence that carries it into the plan.
NEEDS: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:cheap|budget|free|low[- ]cost|money|afford\w*)\b",
        "Choose the free or borrowed version of every step first",
    ),
    (
        r"\b(?:kids?|child(?:ren)?|toddler|baby|son|daughter)\b",
        "Give the children one small task in each step, and plan a break every hour",
    ),
    (
        r"\b(?:alone|solo|by myself|introvert\w*|quiet)\b",
        "Every step can be done alone; keep company for when you want it",
    ),
    (r"\b(?:friends?|together|group|partner|family)\b", "Ask who joins for which step before fixing the times"),
    (r"\b(?:home|indoors?|rain\w*)\b", "Do everything that can be done at home there, and keep the rest for one trip"),
    (
        r"\b(?:wheelchair|mobility|knees?|joint|back pain|injur\w*|pain)\b",
        "Go at the pace of your body and check with a doctor or physiotherapist if it hurts",
    ),
    (
        r"\b(?:tired|exhaust\w*|energy|burn ?out|overwhelm\w*|stress\w*|anxi\w*)\b",
        "On a heavy day do only the first half of a step; that counts",
    ),
    (
        r"\b(?:busy|work|job|shifts?|little time|no time)\b",
        "Tie each step to something you do anyway, such as the way home or the first coffee",
    ),
    (r"\b(?:forget\w*|remind\w*|adhd|focus)\b", "Set a reminder for each step and put what you need in sight"),
    (
        r"\b(?:vegetarian|vegan|allerg\w*|diabet\w*|gluten)\b",
        "Check every meal or snack in the plan against what you eat",
    ),
)
STYLES: tuple[tuple[str, str], ...] = (
    (r"gentle|soft|warm|kind|relax|easy|calm|slow", "Take it gently: a step left for tomorrow is not a failure."),
    (
        r"motivat|energ|ambitious|bold|passion|inspir|challeng|intens",
        "Tick off each step the moment it is done, and let the row of ticks pull you on.",
    ),
    (r"fun|play|creative|adventur|humor", "Make it a game: a point a step, and a treat of your choice at five."),
    (
        r"strict|structur|disciplin|organi|detail|system|practical",
        "Fix day and hour for each step now, and review the list every evening.",
    ),
)
SHORT_STYLE = r"brief|short|concise|simple|minimal|quick"


@tool(effect="read", support="informational", short="Make a step-by-step plan for a goal.")
def plan_assistant(
    world: World,
    plan: str,
    theme: str | None = None,
    style: str | None = None,
    additional_requirements: str | None = None,
) -> dict[str, Any]:
    """Makes a step-by-step plan for an everyday goal, fitted to the person's wishes.

    Args:
        plan: The goal, e.g. "prepare for an exam in two weeks".
        theme: Field of life, e.g. "health" or "work".
        style: Tone or form, e.g. "gentle", "structured" or "brief".
        additional_requirements: Limits and wishes, e.g. "20 minutes a day, low budget".
    """
    plans = catalog("plans")
    found = plans.search(f"{plan} {plan} {theme or ''}", world.seed, 3)
    wishes = fold(f"{plan} {additional_requirements or ''}")
    if found:
        template: Item = found[0].item
        body: dict[str, Any] = {"title": template["goal"], "theme": template["theme"]}
        steps = list(template["steps"])
    else:
        body = {
            "note": "no template fits this goal; these steps serve any goal",
            "title": plan[:100],
            "theme": (theme or "any")[:60],
        }
        steps = list(ANY_GOAL)
    manner = fold(style or "")
    if re.search(SHORT_STYLE, manner):
        steps = steps[:4]
    body["for_you"] = _for_you(wishes, manner)
    body["more"] = [hit.item["goal"] for hit in found[1:]]
    days = _days(wishes)
    asked = {"goal": plan, "theme": theme, "style": style, "wishes": additional_requirements, "days": days}
    made = world.enrich("plan_assistant", {name: value for name, value in asked.items() if value})
    if "steps" in made:
        body.update(title=made["title"], for_you=made["for_you"])
        body.pop("note", None)
        steps = made["steps"]
    elif made:
        body["note"] = "; ".join(filter(None, (made["note"], body.get("note"))))
    return _ordered(fit(body, "steps", _dated(steps, days)))


def _ordered(body: dict[str, Any]) -> dict[str, Any]:
    """The parts in the order in which a reply tells them, without the empty ones."""
    order = ("note", "title", "theme", "steps", "for_you", "more")
    return {name: body[name] for name in order if body.get(name)}


def _for_you(wishes: str, manner: str) -> list[str]:
    minutes = re.search(r"(\d{1,3}) ?(?:min\w*|')", wishes)
    lines = [f"Stop each step after {int(minutes[1])} minutes; what is left moves to the next day"] if minutes else []
    lines += [line for pattern, line in NEEDS if re.search(pattern, wishes)]
    lines += [line for pattern, line in STYLES if re.search(pattern, manner)][:1]
    return lines[:3]


def _days(wishes: str) -> int | None:
    """Over how many days the plan runs, if the wishes say so."""
    counts = "|".join(word for word in NUMBERS if word not in ("a", "an"))  # "20 minutes a day" is no plan of one day
    said = re.search(rf"\b(\d{{1,3}}|{counts}|(?<=in )a|(?<=for )a|(?<=within )a)[\s-]*(day|week|month)s?\b", wishes)
    if said:
        count = NUMBERS.get(said[1]) or int(said[1])
        return min(max(count * {"day": 1, "week": 7, "month": 30}[said[2]], 1), 365)
    named = (("weekend", 2), ("this week", 7), ("weekly", 7), ("this month", 30), ("today", 1))
    return next((days for word, days in named if word in wishes), None)


def _dated(steps: list[str], days: int | None) -> list[dict[str, Any]]:
    if not days:
        return [{"step": number, "do": step} for number, step in enumerate(steps, start=1)]
    last = max(len(steps) - 1, 1)
    return [{"day": 1 + round(number * (days - 1) / last), "do": step} for number, step in enumerate(steps)]
