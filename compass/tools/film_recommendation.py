"""Films by theme, mood, cast and rating."""

from functools import cache, lru_cache
from typing import Annotated, Any

from rapidfuzz import fuzz, process

from compass.tools.answer import fit, pick
from compass.tools.declare import tool
from compass.tools.index import Item
from compass.tools.people import meant
from compass.tools.search import catalog
from compass.tools.words import words
from compass.tools.world import World

OTHER_NAMES = {
    "scifi": "sciencefiction",
    "sf": "sciencefiction",
    "romcom": "romance",
    "romantic": "romance",
    "animated": "animation",
    "biopic": "biography",
    "biographical": "biography",
    "historical": "history",
    "sports": "sport",
    "suspense": "thriller",
}


@tool(effect="read", support="companionship", short="Find real films by keywords, mood, cast or rating.")
def film_recommendation(
    world: World,
    keyword: list[str],
    actors: list[str] | None = None,
    genres: list[str] | None = None,
    min_rating: Annotated[float | None, {"minimum": 0, "maximum": 10}] = None,
    max_rating: Annotated[float | None, {"minimum": 0, "maximum": 10}] = None,
    min_vote_count: Annotated[int | None, {"minimum": 0}] = None,
    emotion: str | None = None,
    include_adult: bool | None = None,
) -> dict[str, Any]:
    """Finds real films to watch that fit a theme, a mood or a cast, with year, people, rating and a sentence about each.

    Args:
        keyword: Words for theme, mood, title or setting, e.g. ["friendship", "road trip"].
        actors: Only films with at least one of these actors.
        genres: Only films of at least one of these genres, e.g. ["comedy"].
        min_rating: Lowest average rating, 0 to 10.
        max_rating: Highest average rating, 0 to 10.
        min_vote_count: Lowest number of ratings.
        emotion: How the person feels or wants to feel, e.g. "stressed".
        include_adult: Whether films for adults only may appear; they do not by default.
    """
    films = catalog("films")
    text = " ".join([*keyword, emotion or ""])
    cast = {name for asked in actors or [] for name in meant(asked, _everybody())}
    kinds = {_kind(genre) for genre in genres or []}

    def allowed(film: Item) -> bool:
        return (
            (bool(include_adult) or not film["adult"])
            and (min_rating is None or film["rating"] >= min_rating)
            and (max_rating is None or film["rating"] <= max_rating)
            and (min_vote_count is None or film["votes"] >= min_vote_count)
        )

    def of_kind(film: Item) -> bool:
        return allowed(film) and (not genres or not kinds.isdisjoint(_kinds_of()[film["title"], film["year"]]))

    def with_cast(film: Item) -> bool:
        return allowed(film) and bool(cast.intersection(film["actors"]))

    def wanted(film: Item) -> bool:
        return of_kind(film) and (not actors or with_cast(film))

    steps = [
        (wanted, None),
        (of_kind, "no film here meets the other wishes with these actors"),
        (with_cast, "no film here is of these genres within the other wishes"),
        (allowed, "no film here meets all of these wishes"),
    ]
    for only, missing in steps:
        if not any(map(only, films.items)):
            continue
        found = films.find(text, world.seed, 4, only)
        note = {"note": missing + "; these come closest"} if missing else found.note("film")
        return fit(note, "films", [_shown(film) for film in found.items])
    return {"films": [], "note": "no film fits these rating limits; widen min_rating, max_rating or min_vote_count"}


@lru_cache(maxsize=1000)
def _kind(genre: str) -> str:
    """The genre meant, by another name for it, in the plural or with a small misspelling; the word itself if none is."""
    plain = "".join(words(genre))
    plain = OTHER_NAMES.get(plain, plain)
    known = _known_kinds()
    if plain in known or len(plain) < 4:
        return plain
    single = plain[:-3] + "y" if plain.endswith("ies") else plain.removesuffix("s")
    if OTHER_NAMES.get(single, single) in known:
        return OTHER_NAMES.get(single, single)
    near = process.extractOne(single, known, scorer=fuzz.ratio, score_cutoff=80)
    return near[0] if near else plain


@cache
def _known_kinds() -> tuple[str, ...]:
    return tuple(
        sorted({"".join(words(kind)) for film in catalog("films").items for kind in film["genres"] + film["moods"]})
    )


@cache
def _kinds_of() -> dict[tuple[str, int], frozenset[str]]:
    """The genres and moods of each film; people ask for "a feel-good" as they ask for "a western"."""
    films = catalog("films").items
    return {(film["title"], film["year"]): frozenset(map(_kind, film["genres"] + film["moods"])) for film in films}


@cache
def _everybody() -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for film in catalog("films").items for name in film["actors"]))


def _shown(film: Item) -> dict[str, Any]:
    shown = pick(film, "title", "year", "directors", "actors", "genres", "country", "rating", "description")
    return {**shown, "actors": film["actors"][:3], "genres": film["genres"][:3]}
