"""Steps 1 to 6 put together: one person with preferences and told situations, and the plots behind them for the teacher."""

from collections.abc import Callable
from typing import Literal

from compass.schema import Profile, Situation, Strict, User
from compass.tools.danger import danger_in
from data_prep.background import background
from data_prep.chance import generator
from data_prep.demographics import Demographics, demographics
from data_prep.personality import personality
from data_prep.preferences import preferences
from data_prep.situations import Plot, danger_plot, storyline, third_person
from data_prep.utterances import Voice, own_life, utterance, voice

Split = Literal["train", "val", "test"]
TRIES = 40
DANGER_SHARE = 0.12  # of the people in training; one situation each, so about two in a hundred situations


class Persona(Strict):
    """A user of the bench with what the teacher knows beyond it."""

    user: User
    paper: Demographics
    plots: tuple[Plot, ...]


class Exhausted(Exception):
    """A situation for which no new utterance was found; the words are too few for this many people."""


def persona(seed: int, user_id: str, split: Split, situations: int, taken: Callable[[str, bool], bool]) -> Persona:
    """Makes a person.

    Args:
        seed: Of the recipe.
        user_id: Decides, with the seed, everything about the person.
        situations: How many.
        taken: Whether a text is said already by somebody: exactly, or (second argument) nearly.

    Raises:
        Exhausted: No utterance that is not taken was found for a situation.
    """
    empty = scaffold(seed, user_id, split)
    paper, profile = empty.paper, empty.user.profile
    story = generator(seed, user_id, "story")
    plots = storyline(story, paper, user_id, situations)
    if split != "test" and story.random() < DANGER_SHARE:
        plots += (danger_plot(story, user_id, plots[-1].at),)
    own: set[str] = set()
    told = []
    speaks = voice(generator(seed, user_id, "voice"), paper, profile.big_five)
    for place, plot in enumerate(plots):
        asides = own_life(paper, profile.background.hobbies, plot, plots[:place])
        text = _utterance(seed, plot, speaks, asides, lambda said, near: said in own or taken(said, near))
        own.add(text)
        told.append(_situation(seed, plot, paper, text))
    return Persona(user=empty.user.model_copy(update={"situations": tuple(told)}), paper=paper, plots=plots)


def scaffold(seed: int, user_id: str, split: Split) -> Persona:
    """Steps 1 to 4: a person with preferences to whom nothing has happened yet."""
    rng = generator(seed, user_id, "person")
    paper = demographics(rng)
    character = personality(rng, paper.first_name)
    profile = Profile(
        name=paper.name, age=paper.age, gender=paper.gender, address=paper.address, phone=paper.phone,
        education=paper.education, career=paper.career, income=paper.income,
        big_five=character.traits, personality=character.description, background=background(rng, paper),
    )  # fmt: skip
    likes = preferences(generator(seed, user_id, "preferences"), paper.first_name)
    user = User(id=user_id, split=split, profile=profile, preferences=likes, situations=())
    return Persona(user=user, paper=paper, plots=())


def _utterance(seed: int, plot: Plot, speaks: Voice, asides: list[str], taken: Callable[[str, bool], bool]) -> str:
    for attempt in range(TRIES):
        text = utterance(generator(seed, plot.situation_id, "utterance", attempt), plot, speaks, asides)
        ordinary = plot.scene is not None
        if (danger_in(text) is None) == ordinary and not taken(text, ordinary):
            return text
    raise Exhausted(plot.situation_id)


def _situation(seed: int, plot: Plot, paper: Demographics, text: str) -> Situation:
    told = third_person(generator(seed, plot.situation_id, "text"), paper, plot)
    return Situation(
        id=plot.situation_id, at=plot.at, scene=plot.scene, emotion=plot.emotion, text=told, utterance=text
    )
