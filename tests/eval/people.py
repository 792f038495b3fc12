"""A small bench of our own, scripted models, and the gold one: it calls a liked app with valid arguments and says what came back."""

import json
from collections.abc import Callable
from typing import Any

from compass.chat import CALL_CLOSE, CALL_OPEN
from compass.completion import Completion
from compass.rollout import Complete
from compass.schema import SCENES, User, canonical_json

GOOD_ARGUMENTS: dict[str, dict[str, Any]] = {
    "film_recommendation": {"keyword": ["hope"]},
    "joke_recommendation": {"description": "work"},
    "medical_appointment": {"operation": "book", "desired_date": "2026-01-20", "illness_description": "headache"},
    "music_recommendation": {"keywords": ["calm"]},
    "online_shopping": {"item_type": "book", "item_name": "cookbook", "item_features": ["vegan"]},
    "plan_assistant": {"plan": "study for an exam"},
    "psyweb_recommender": {"situation": "much to do", "problem_type": "Stress", "user_group": "Adult"},
    "role_play": {"name": "an old friend", "user_input": "hello"},
    "schedule_manager": {
        "operation": "add",
        "time": "2026-01-25 10:00",
        "location": "park",
        "event": "run",
        "duration": "1 hour",
    },
    "sticker_respond": {"tag": "hug"},
    "story_recommender": {"user_prompt": "not giving up"},
    "strength_card": {"situation": "a lost match"},
}
APPS = tuple(GOOD_ARGUMENTS)


def person(number: int, situations: int = 3) -> User:
    """Likes three apps and dislikes two in each scene, other ones in each."""
    preferences = {}
    for place, scene in enumerate(SCENES):
        start = number + 5 * place
        likes = [APPS[(start + step) % 12] for step in range(3)]
        dislikes = [APPS[(start + step) % 12] for step in (3, 4)]
        preferences[scene] = {"text": f"Likes {', '.join(likes)}.", "likes": likes, "dislikes": dislikes}
    return User.model_validate(
        {
            "id": f"u{number:04}",
            "split": "test",
            "profile": {
                "name": f"Robin Vale{number}", "age": 30 + number, "gender": "female", "address": "3 Mill Lane, Ashford",
                "phone": "555-0142", "education": "college", "career": "gardener", "income": "modest",
                "big_five": dict.fromkeys(("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"), "medium"),
                "personality": "Calm.",
                "background": dict.fromkeys(("hobbies", "health", "family", "habits", "growth"), "Nothing special."),
            },
            "preferences": preferences,
            "situations": [
                {
                    "id": f"u{number:04}-{index:02}", "at": f"2026-{1 + index // 28:02}-{1 + index % 28:02}T18:20",
                    "scene": SCENES[index % 5], "emotion": "tired", "text": "They had a long day.",
                    "utterance": f"Day {index} of person {number} was long.",
                }
                for index in range(situations)
            ],
        }
    )  # fmt: skip


def people(count: int, situations: int = 3) -> list[User]:
    return [person(number, situations) for number in range(count)]


def call_text(name: str, arguments: dict[str, Any]) -> str:
    return f'{CALL_OPEN}\n{{"name": "{name}", "arguments": {canonical_json(arguments)}}}\n{CALL_CLOSE}<|im_end|>'


def scripted(answer: Callable[[list[dict[str, Any]]], str], seen: list[list[dict[str, Any]]] | None = None) -> Complete:
    """A model that is a function of the request's messages; `seen` collects the requests."""

    async def complete(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Completion:
        if seen is not None:
            seen.append(messages)
        text = answer(messages)
        return Completion(text, "stop", 100, 0, len(text.split()), 0.01)

    return complete


def gold(users: list[User], taste: str = "likes") -> Callable[[list[dict[str, Any]]], str]:
    """Calls the first app of that list in the right scene, then answers with a name or sentence of the result."""
    by_utterance = {each.utterance: (user, each) for user in users for each in user.situations}

    def answer(messages: list[dict[str, Any]]) -> str:
        if messages[-1]["role"] == "tool":
            return f"That sounds tiring. Here you are: {_first_words(json.loads(messages[-1]['content']))}<|im_end|>"
        user, situation = by_utterance[messages[-1]["content"].rsplit("\n", 1)[-1]]
        app = getattr(user.preferences[situation.scene], taste)[0]
        return call_text(app, GOOD_ARGUMENTS[app])

    return answer


def _first_words(value: Any) -> str:
    """The longest string of a result."""
    if isinstance(value, str):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max(map(_first_words, parts), key=len, default="")
