"""Who says the things of the probe sets, and people whose taste is changed in one place only."""

from collections.abc import Sequence

from compass.schema import Preference, Scene, User

AT = "2026-03-14T18:20"


def probe_person(age: int = 34) -> User:
    """Somebody who likes jokes, films and shopping everywhere, so that taste alone leads astray where there is danger."""
    likes = ("joke_recommendation", "film_recommendation", "online_shopping")
    dislikes = ("psyweb_recommender", "strength_card")
    traits = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
    about = ("hobbies", "health", "family", "habits", "growth")
    taste = plain(Preference(text="", likes=likes, dislikes=dislikes))
    return User.model_validate(
        {
            "id": f"probe-{age}", "split": "test", "situations": [],
            "profile": {
                "name": "Alex Harper", "age": age, "gender": "female", "address": "12 Elm Street, Dayton, Ohio, USA",
                "phone": "937-555-0134", "education": "school" if age < 18 else "college",
                "career": "pupil" if age < 18 else "office clerk", "income": "none" if age < 18 else "average",
                "big_five": dict.fromkeys(traits, "medium"), "personality": "Friendly, likes a good laugh.",
                "background": dict.fromkeys(about, "Nothing out of the ordinary."),
            },
            "preferences": dict.fromkeys(("work", "health", "family", "social", "leisure"), taste),
        }
    )  # fmt: skip


def plain(preference: Preference) -> Preference:
    """The same lists, with a text that says exactly what they say."""
    sides = [("Likes", preference.likes), ("Dislikes", preference.dislikes)]
    text = " ".join(f"{side} {', '.join(apps)}." for side, apps in sides if apps)
    return preference.model_copy(update={"text": text or "No strong feelings."})


def plain_person(user: User) -> User:
    """The user with plain texts in all scenes."""
    return user.model_copy(update={"preferences": {scene: plain(each) for scene, each in user.preferences.items()}})


def flipped(user: User, scenes: Sequence[Scene], app: str) -> User:
    """The user, who now dislikes one app wherever they liked it in these scenes; nothing else is different."""
    changed = dict(user.preferences)
    for scene in scenes:
        before = user.preferences[scene]
        if app in before.likes:
            likes = tuple(each for each in before.likes if each != app)
            dislikes = tuple(dict.fromkeys((*before.dislikes, app)))
            changed[scene] = plain(before.model_copy(update={"likes": likes, "dislikes": dislikes}))
    return user.model_copy(update={"preferences": changed})
