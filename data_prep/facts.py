"""What a reply may say of a result: the fields it copies, by app. Nothing that is not in the result."""

import json
from typing import Any

from data_prep.wording import to_you


def facts(app: str, content: str) -> dict[str, str]:
    """Fields of the result by the names that `words/replies.yaml` uses.

    Args:
        content: The result as the app returned it, JSON.
    """
    return READERS[app](json.loads(content))


def _film(body: dict[str, Any]) -> dict[str, str]:
    first, *rest = body["films"]
    more = {"title2": rest[0]["title"]} if rest else {}
    about = {"description": first["description"]} if "description" in first else {}
    return {"title": first["title"], "year": str(first["year"]), "director": first["directors"][0]} | more | about


def _joke(body: dict[str, Any]) -> dict[str, str]:
    return {"text": body["jokes"][0]["text"]}


def _appointment(body: dict[str, Any]) -> dict[str, str]:
    booked = body["appointment"]
    done = "booked" if booked["status"] == "confirmed" else booked["status"]
    return {name: booked[name] for name in ("department", "doctor", "clinic", "time", "address")} | {
        "state": booked["status"],
        "state2": done,
    }


def _song(body: dict[str, Any]) -> dict[str, str]:
    first, *rest = body["songs"]
    more = {"title2": rest[0]["title"]} if rest else {}
    return {
        "title": first["title"],
        "artist": first["artist"],
        "year": str(first["year"]),
        "description": first["description"],
    } | more


def _order(body: dict[str, Any]) -> dict[str, str]:
    if "order" not in body:
        first = body["products"][0]
        return {"name": first["name"], "price": _money(first["price"])}
    order = body["order"]
    return {"name": order["name"], "total": _money(order["total"]), "delivery": order["delivery"]}


def _money(dollars: float) -> str:
    return f"{json.dumps(dollars)} USD"


def _plan(body: dict[str, Any]) -> dict[str, str]:
    steps = [step["do"] for step in body["steps"]]
    return {"title": body["title"], "step": steps[0]} | ({"step2": steps[1]} if len(steps) > 1 else {})


def _help(body: dict[str, Any]) -> dict[str, str]:
    first = body["help"][0]
    return {name: first[name] for name in ("name", "url", "phone", "hours", "description") if name in first}


def _role(body: dict[str, Any]) -> dict[str, str]:
    return {"name": to_you(body["character"]["name"]), "line": body["reply"]}


def _schedule(body: dict[str, Any]) -> dict[str, str]:
    return {name: body["added"][name] for name in ("event", "time", "location", "duration")}


def _sticker(body: dict[str, Any]) -> dict[str, str]:
    return {"description": body["stickers"][0]["description"]}


def _story(body: dict[str, Any]) -> dict[str, str]:
    story = body["story"]
    first = story["text"].split(". ")[0].rstrip(".")
    return {"title": story["title"]} | ({"first": f"{first}."} if len(first) < 140 else {})


def _strength(body: dict[str, Any]) -> dict[str, str]:
    first = body["strengths"][0]
    return {"name": first["name"], "meaning": first["meaning"], "how": first["how"][0]}


READERS = {
    "film_recommendation": _film,
    "joke_recommendation": _joke,
    "medical_appointment": _appointment,
    "music_recommendation": _song,
    "online_shopping": _order,
    "plan_assistant": _plan,
    "psyweb_recommender": _help,
    "role_play": _role,
    "schedule_manager": _schedule,
    "sticker_respond": _sticker,
    "story_recommender": _story,
    "strength_card": _strength,
}
