"""Histories: the companion explores without a profile, is told how it went, and uses what it was told."""

import itertools
import math
import random
from collections.abc import Generator
from typing import NamedTuple

from compass.reaction import Feeling, feeling_about, reaction
from compass.rollout import open_world
from compass.schema import Message, Round, Scene, Trajectory
from compass.tools import names
from compass.tools.world import World
from data_prep.people import Persona
from data_prep.situations import Plot
from data_prep.teacher import Teacher, answer, best, trajectory, user_message

TRIES: tuple[tuple[Feeling, float], ...] = (("liked", 0.5), ("disliked", 0.35), ("neutral", 0.15))
MOST_CHOICES = 5_000


class Known(NamedTuple):
    """What was learned of one scene: apps by how they were received."""

    liked: list[str]
    other: list[str]


class Wish(NamedTuple):
    """What the next round needs: an answer with this app, in a conversation of so many calls, after this reaction."""

    plot: Plot
    app: str
    reaction: str | None
    first_call: int
    world: World


def history(teacher: Teacher, persona: Persona, rounds: int) -> Trajectory | None:
    """One conversation over several situations in one world; None if the person has fewer situations."""
    steps = explored(teacher, persona, rounds)
    try:
        wish = next(steps)
        while True:
            rng = teacher.generator(wish.plot.situation_id, "history")
            turn = answer(
                teacher, persona, wish.plot, wish.world, [wish.app], rng, known=False, first_call=wish.first_call
            )
            wish = steps.send(turn.messages)
    except StopIteration as end:
        return end.value


def explored(
    teacher: Teacher, persona: Persona, rounds: int
) -> Generator[Wish, tuple[Message, ...], Trajectory | None]:
    """Asks for the answer of one round after the other, and gives the finished conversation.

    A round whose app the person likes is preferred and trained; the other rounds are only there to be learned from.
    """
    told = [plot for plot in persona.plots if plot.scene]
    if len(told) < rounds:
        return None
    plots = returning(told, rounds)
    rng = teacher.generator(persona.user.id, "history")
    world = open_world(persona.user, persona.user.id, plots[0].at, teacher.richer)
    learned: dict[Scene, Known] = {}
    messages: list[Message] = []
    made: list[Round] = []
    trained: list[int] = []
    said, calls = None, 0
    for plot in plots:
        world.advance(plot.at)
        app = explore(persona, plot, learned, rng)
        feeling = _feeling(persona, plot, app)
        turn = yield Wish(plot, app, said, calls, world)
        spoken_before = sum(message.role == "assistant" for message in messages)
        messages += [user_message(persona, plot, said), *turn]
        side = "preferred" if feeling == "liked" else "dispreferred"
        made.append(Round(situation_id=plot.situation_id, at=plot.at, side=side))
        if feeling == "liked":
            trained += range(spoken_before, spoken_before + sum(message.role == "assistant" for message in turn))
        said, calls = reaction(feeling, plot.situation_id), calls + sum(len(message.tool_calls) for message in turn)
        known = learned.setdefault(plot.scene, Known([], []))
        target = known.liked if feeling == "liked" else known.other
        target += [app] if app not in target else []
    return trajectory(teacher, f"{persona.user.id}-history", persona, "history", made, messages, trained)


def returning(plots: list[Plot], rounds: int) -> list[Plot]:
    """The choice of `rounds` plots, in time order, in which most rounds come back to a scene seen before."""
    if math.comb(len(plots), rounds) > MOST_CHOICES:
        return plots[-rounds:]
    choices = itertools.combinations(plots, rounds)
    return list(min(choices, key=lambda chosen: len({plot.scene for plot in chosen})))


def explore(persona: Persona, plot: Plot, learned: dict[Scene, Known], rng: random.Random) -> str:
    """What was liked in this scene before; else something not tried there yet, lucky about every second time."""
    known = learned.get(plot.scene, Known([], []))
    if known.liked:
        return best(known.liked, plot, rng)[0]
    untried = [app for app in names() if app not in known.other]
    hoped = rng.choices([feeling for feeling, _ in TRIES], [weight for _, weight in TRIES])[0]
    right = [app for app in untried if _feeling(persona, plot, app) == hoped]
    return best(right or untried, plot, rng)[0]


def _feeling(persona: Persona, plot: Plot, app: str) -> Feeling:
    preference = persona.user.preferences[plot.scene]
    return feeling_about(app, preference.likes, preference.dislikes)
