"""Ordering a thing for the person, paid on delivery."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from compass.tools.answer import fit, pick
from compass.tools.declare import tool
from compass.tools.index import Item, Scores, related
from compass.tools.search import catalog
from compass.tools.words import NUMBERS, fold, terms
from compass.tools.world import World

FREE_FROM_CENTS = 4900
SHIPPING_CENTS = 490
EXPRESS_CENTS = 990
MOST_PIECES = 10
HEAD_END = re.compile(r"\b(?:to|for|with|without|that|which|about|in|on|of|from)\b")
ENOUGH = 0.5  # of the words asked for; a sports watch is no red sports car


@tool(effect="write", support="instrumental", short="Order a product for the person.")
def online_shopping(world: World, item_type: str, item_name: str, item_features: list[str]) -> dict[str, Any]:
    """Orders the product that fits best, sent to the person's address and paid on delivery; it can be sent back for 30 days.

    Args:
        item_type: Kind of product, e.g. "headphones".
        item_name: What exactly, e.g. "noise-cancelling headphones".
        item_features: Wishes such as "soft", "under $40", "quantity 2" or "express delivery"; may be empty.
    """
    wishes = fold(" ; ".join(item_features))
    budget = _budget(wishes)
    made = world.enrich(
        "online_shopping", {"item_type": item_type, "item_name": item_name, "item_features": item_features}
    )
    fitting = made.get("products") or _in_stock(item_type, item_name, item_features)
    found = [product for product in fitting if budget is None or product["price"] <= budget]
    if not found:
        near = fitting[:3] or catalog("products").find(_asked(item_type, item_name, item_features), world.seed, 3).items
        why = f"nothing of this kind costs {budget:.2f} or less" if fitting else "the shop has nothing of this kind"
        notes = (made.get("note"), why, "nothing was ordered, these come closest")
        return fit({"note": "; ".join(filter(None, notes))}, "products", [_shown(each) for each in near])
    order = _order(
        world, found[0], _pieces(wishes), bool(re.search(r"express|next[- ]day|fast|quick|urgent|asap", wishes))
    )
    note = {"note": made["note"]} if "note" in made else {}
    return fit({**note, "order": order}, "alternatives", [_shown(each) for each in found[1:4]])


def _asked(item_type: str, item_name: str, item_features: list[str]) -> str:
    return f"{item_name} {item_type} {' '.join(item_features)}"


def _in_stock(item_type: str, item_name: str, item_features: list[str]) -> list[Item]:
    """The shop's products of the kind asked for, the best fitting first."""
    products = catalog("products")
    scores = products.scores(_asked(item_type, item_name, item_features))
    fits = {number: share for number, share in _fits(item_type, item_name).items() if share >= ENOUGH}
    ranked = sorted(fits, key=lambda number: (-fits[number], -scores.get(number, 0.0), number))
    return [products.items[number] for number in ranked]


def _fits(item_type: str, item_name: str) -> Scores:
    """For each product, by number, the share of the words of `item_name` that it holds, and a half more if the type is right."""
    head = HEAD_END.split(item_name.casefold())[0]  # of "a planner to get organised", the planner
    fits = catalog("products").share(head if head.strip() else item_name)
    for number in _of_type(item_type):
        fits[number] = fits.get(number, 0.0) + 0.5
    return fits


@lru_cache(maxsize=1000)
def _of_type(asked_type: str) -> tuple[int, ...]:
    """The products, by number, whose type holds a word of the type asked for, the same in other words, or a longer form of it."""
    asked = set(terms(asked_type))
    asked |= {other for word in asked for other in related(word, "same")}
    longer = tuple(word for word in asked if len(word) > 3)
    items = catalog("products").items
    known = {product["item_type"] for product in items}
    fitting = {kind for kind in known if any(word in asked or word.startswith(longer) for word in terms(kind))}
    return tuple(number for number, product in enumerate(items) if product["item_type"] in fitting)


def _order(world: World, product: Item, pieces: int, express: bool) -> dict[str, Any]:
    goods = round(product["price"] * 100) * pieces
    shipping = EXPRESS_CENTS if express else 0 if goods >= FREE_FROM_CENTS else SHIPPING_CENTS
    with world.open() as db:
        placed = world.clock.isoformat(timespec="minutes")
        sql = "INSERT INTO orders (placed, item, cents, delivery) VALUES (?, ?, ?, '')"
        number = db.execute(sql, (placed, product["name"], goods + shipping)).lastrowid
        days = 1 if express else 2 + int(4 * world.chance("delivery", number))
        day = _work_day(world.clock.date(), days)
        db.execute("UPDATE orders SET delivery = ? WHERE id = ?", (day.isoformat(), number))
    return {
        "order_id": f"ord_{number}",
        **_shown(product),
        "quantity": pieces,
        "shipping": shipping / 100,
        "total": (goods + shipping) / 100,
        "currency": "USD",
        "delivery": f"{day:%a %Y-%m-%d}",
        "address": world.person.address,
        "payment": "on delivery, free return for 30 days",
    }


def _work_day(day: date, ahead: int) -> date:
    while ahead:
        day += timedelta(days=1)
        ahead -= day.weekday() < 5
    return day


def _budget(wishes: str) -> float | None:
    """The highest price that the wishes allow, if they name one."""
    limit = re.search(
        r"(?:under|below|less than|at most|max(?:imum)?|up to|budget(?: of)?|cheaper than|within)[^\d;]{0,12}(\d{1,6}(?:\.\d{1,2})?)",
        wishes,
    )
    if limit is None:
        limit = re.search(r"(\d{1,6}(?:\.\d{1,2})?) ?(?:\$|dollars|usd)? ?(?:or less|max|budget|or under)", wishes)
    return float(limit[1]) if limit else None


def _pieces(wishes: str) -> int:
    count = "|".join(NUMBERS)
    said = re.search(
        rf"\b(?:quantity|qty|pieces|x)\W{{0,3}}(\d{{1,4}}|{count})\b|\b(\d{{1,4}}|{count}) (?:pieces|copies|pairs|items|units|of them)\b",
        wishes,
    )
    if said is None:
        return 1
    word = said[1] or said[2]
    return min(max(NUMBERS.get(word) or int(word), 1), MOST_PIECES)


def _shown(product: Item) -> dict[str, Any]:
    return pick(product, "name", "item_type", "price", "features")
