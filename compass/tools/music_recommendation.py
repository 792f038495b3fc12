"""Songs by theme, mood, artist and genre."""

from typing import Any, Literal

from compass.tools.answer import fit, pick
from compass.tools.declare import tool
from compass.tools.index import Item
from compass.tools.people import meant
from compass.tools.search import catalog
from compass.tools.world import World

Genre = Literal[
    "pop", "rock", "classical", "jazz", "electronic", "hiphop", "country", "blues", "rnb", "folk", "metal", "reggae", "punk", "soul",
    "disco",
]  # fmt: skip


@tool(effect="read", support="companionship", short="Find real songs by keywords, mood, artist or genre.")
def music_recommendation(
    world: World, keywords: list[str], artist: str | None = None, genre: Genre | None = None
) -> dict[str, Any]:
    """Finds real songs to listen to that fit a mood, a theme, an artist or a genre, with year and a sentence about each.

    Args:
        keywords: Words for mood, theme, title or occasion, e.g. ["calm", "falling asleep"].
        artist: Only songs by this artist.
        genre: Only songs of this genre.
    """
    songs = catalog("songs")
    artists = meant(artist, dict.fromkeys(song["artist"] for song in songs.items)) if artist else set()

    def of_genre(song: Item) -> bool:
        return genre is None or song["genre"] == genre

    def by_artist(song: Item) -> bool:
        return song["artist"] in artists

    def wanted(song: Item) -> bool:
        return of_genre(song) and (not artist or by_artist(song))

    steps = [(wanted, None)]
    if artists:
        steps.append((by_artist, f"this artist has no {genre} song here; these are the artist's"))
    steps.append((of_genre, "no song by this artist is here; these come closest"))
    only, missing = next(
        (each for each in steps if any(map(each[0], songs.items))), (lambda _: True, "no song of this genre is here")
    )
    found = songs.find(" ".join(keywords), world.seed, 5, only)
    note = {"note": missing} if missing else found.note("song")
    return fit(
        note,
        "songs",
        [pick(song, "title", "artist", "year", "genre", "country", "description") for song in found.items],
    )
