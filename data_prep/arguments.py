"""Arguments of a call by plain rules from what was said, the feeling, tastes, and the clock; short, and valid everywhere.

In compact style only parameters that the compact schemas show are used, and few of them, so that a tiny model can write them.
"""

from typing import Any

from compass.prompt import PromptStyle
from compass.schema import Preference
from data_prep.situations import Plot, family_of
from data_prep.wording import Family, dangers, emotions, mood_of, phrase

JOKES = {"work": "At Work", "health": "Medical", "family": "Children"}
JOKES_OF = {
    "exam_ahead": "College",
    "group_project": "College",
    "good_grade": "College",
    "pet_arrival": "Animal",
    "game_won": "Sports",
}


def user_group(age: int) -> str:
    """The help app's age group."""
    return "Teenager" if age < 20 else "Elder" if age >= 65 else "Adult"


def arguments(app: str, plot: Plot, age: int, preference: Preference | None, style: PromptStyle) -> dict[str, Any]:
    """What the app is called with in this situation.

    Args:
        preference: The person's, if the request shows its tastes; else None.
    """
    if plot.scene is None:
        danger = dangers()[plot.family]
        return {"situation": danger.situation, "problem_type": danger.problem, "user_group": user_group(age)}
    family = family_of(plot)
    values = _plain(app, plot, family, age)
    if style == "full":
        values |= _richer(app, plot, family, preference)
    return values


def _plain(app: str, plot: Plot, family: Family, age: int) -> dict[str, Any]:
    feeling = emotions()[plot.emotion]
    spoken = {name: phrase(text, plot.slots) for name, text in (("topic", family.topic), ("goal", family.goal))}
    if app == "film_recommendation":
        return {"keyword": [feeling.film, spoken["topic"]]}
    if app == "joke_recommendation":
        return {"description": spoken["topic"]}
    if app == "medical_appointment":
        return {"operation": "book", "desired_date": "tomorrow morning"}
    if app == "music_recommendation":
        return {"keywords": [feeling.music]}
    if app == "online_shopping":
        kind, name, feature = (phrase(part, plot.slots) for part in family.item)
        return {"item_type": kind, "item_name": name, "item_features": [feature]}
    if app == "plan_assistant":
        return {"plan": spoken["goal"]}
    if app == "psyweb_recommender":
        return {
            "situation": f"{spoken['topic']}, {plot.emotion}",
            "problem_type": family.problem,
            "user_group": user_group(age),
        }
    if app == "role_play":
        name, said = (phrase(part, plot.slots) for part in family.role)
        return {"name": name, "user_input": said}
    if app == "schedule_manager":
        event, place, duration, hour = (phrase(part, plot.slots) for part in family.entry)
        return {
            "operation": "add",
            "time": f"tomorrow {hour}",
            "location": place,
            "event": _capital(event),
            "duration": duration,
        }
    if app == "sticker_respond":
        return {"tag": feeling.sticker}
    if app == "story_recommender":
        return {"user_prompt": spoken["topic"]}
    return {"situation": f"{spoken['topic']}, {plot.emotion}"}


def _richer(app: str, plot: Plot, family: Family, preference: Preference | None) -> dict[str, Any]:
    """What full style adds or says at greater length."""
    feeling, mood, topic = emotions()[plot.emotion], mood_of(plot.emotion), phrase(family.topic, plot.slots)
    taste = preference.tastes.get(app) if preference else None
    if app == "film_recommendation":
        return {"keyword": [topic, feeling.film], "emotion": plot.emotion} | (
            {"genres": [taste.likes[0]]} if taste else {}
        )
    if app == "music_recommendation":
        return {"keywords": [feeling.music, topic]} | ({"genre": taste.likes[0]} if taste else {})
    if app == "joke_recommendation":
        category = JOKES_OF.get(plot.family) or JOKES.get(plot.scene or "")
        return {"category": category} if category else {}
    if app == "medical_appointment":
        return {"illness_description": phrase(family.ill, plot.slots)}
    if app == "story_recommender":
        return {"theme": mood.story[0], "style": "Warm and Comforting"}
    if app == "plan_assistant":
        return {"style": "gentle" if mood.fit["plan_assistant"] < 2 else "structured"}
    return {"alternative_descriptions": topic} if app == "sticker_respond" else {}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
