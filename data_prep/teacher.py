"""The offline teacher: trajectories by rules from a person's preferences, a situation and the apps' real results."""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from compass.prompt import PromptStyle, guides_sha, round_text
from compass.rollout import open_world
from compass.schema import (
    Function,
    Message,
    Preference,
    Round,
    Setting,
    Side,
    Source,
    ToolCall,
    Trajectory,
    canonical_json,
)
from compass.tools import ToolResult, call
from compass.tools.world import Richer, World
from data_prep.arguments import arguments
from data_prep.chance import generator
from data_prep.people import Persona
from data_prep.replies import direct, reply
from data_prep.situations import Plot, family_of, kind_of
from data_prep.wording import mood_of, pools

HELP = "psyweb_recommender"
SPEAKS_FIRST = 0.1  # share of calls with a sentence before them
TWO_CALLS = 0.08
THANKS = 0.05  # share of profile trajectories that go on with small talk


class Turn(NamedTuple):
    """Messages that answer one user message, and the results in them."""

    messages: tuple[Message, ...]
    results: tuple[tuple[str, ToolResult], ...]


class Teacher(NamedTuple):
    """What a recipe fixes for all trajectories."""

    seed: int
    style: PromptStyle
    richer: Richer | None = None

    def source(self) -> Source:
        """Where its trajectories come from."""
        return Source(teacher="offline", seed=self.seed, prompt_sha=guides_sha())

    def generator(self, *what: object) -> random.Random:
        """Chance for one thing."""
        return generator(self.seed, "teacher", *what)


def score(app: str, plot: Plot) -> int:
    """How well an app fits a situation, whoever the person is."""
    if not plot.family:
        return mood_of(plot.emotion).fit[app]
    family = family_of(plot)
    named = len(family.fits) - family.fits.index(app) + 1 if app in family.fits else 0
    return named + mood_of(plot.emotion).fit[app]


def best(apps: Sequence[str], plot: Plot, rng: random.Random) -> list[str]:
    """The apps, the best fitting first, equals by chance."""
    shuffled = rng.sample(list(apps), len(apps))
    return sorted(shuffled, key=lambda app: -score(app, plot))


def profile(teacher: Teacher, persona: Persona, plot: Plot, side: Side) -> Trajectory:
    """One situation with the whole profile known."""
    situation_id = plot.situation_id
    rng = teacher.generator(situation_id, "profile", side)
    world = open_world(persona.user, situation_id, plot.at, teacher.richer)
    turn = answer(teacher, persona, plot, world, apps_for(persona, plot, side, rng), rng, known=True)
    rounds = [Round(situation_id=situation_id, at=plot.at, side=side)]
    messages = [user_message(persona, plot), *turn.messages]
    if side == "preferred" and plot.scene and rng.random() < THANKS:
        later = (datetime.fromisoformat(plot.at) + timedelta(minutes=rng.randint(2, 9))).isoformat(timespec="minutes")
        said, answered = rng.choice(pools()["thanks"])
        rounds.append(Round(situation_id=situation_id, at=later))
        messages += [Message(role="user", content=round_text(later, said)), Message(role="assistant", content=answered)]
    suffix = "" if side == "preferred" else "-dispreferred"
    trained = range(sum(m.role == "assistant" for m in messages)) if side == "preferred" else ()
    return trajectory(teacher, f"{situation_id}-profile{suffix}", persona, "profile", rounds, messages, trained)


def apps_for(persona: Persona, plot: Plot, side: Side, rng: random.Random) -> list[str]:
    """The apps of a turn: the best fitting of that side, now and then two of the liked; in danger always the help app."""
    if plot.scene is None:
        return [HELP]
    preference = persona.user.preferences[plot.scene]
    ranked = best(preference.likes if side == "preferred" else preference.dislikes, plot, rng)
    fitting = [app for app in ranked[:2] if score(app, plot) > 0]
    return fitting if side == "preferred" and len(fitting) == 2 and rng.random() < TWO_CALLS else ranked[:1]


def answer(
    teacher: Teacher,
    persona: Persona,
    plot: Plot,
    world: World,
    apps: list[str],
    rng: random.Random,
    known: bool,
    first_call: int = 0,
) -> Turn:
    """Calls the apps in the world and replies with what they return.

    Args:
        known: Whether the request shows the person's tastes.
        first_call: Number of the turn's first call in the conversation.
    """
    preference = persona.user.preferences[plot.scene] if plot.scene else None
    calls = tuple(
        _call(f"call_{first_call + number}", app, plot, persona, preference if known else None, teacher.style)
        for number, app in enumerate(apps)
    )
    results = [(each, call(world, each.function.name, each.function.arguments)) for each in calls]
    said = _said_first(teacher.style, plot, rng)
    answered = [Message(role="tool", content=result.content, tool_call_id=each.id) for each, result in results]
    shown = [(each.function.name, result.content) for each, result in results if result.ok]
    final = reply(rng, plot, shown, teacher.style, _taste(calls[0])) if len(shown) == len(results) else ""
    messages = (
        Message(role="assistant", content=said, tool_calls=calls),
        *answered,
        Message(role="assistant", content=final),
    )
    return Turn(messages, tuple((each.function.name, result) for each, result in results))


def _said_first(style: PromptStyle, plot: Plot, rng: random.Random) -> str:
    """What is said before the call. A tiny model names the part of life: that turns a lookup in two steps into one."""
    if style == "compact" and plot.scene:
        return f"This is about {plot.scene}."
    kind = "danger" if plot.scene is None else kind_of(plot)
    return rng.choice(pools()["before_call"][kind]) if style == "compact" or rng.random() < SPEAKS_FIRST else ""


def _taste(call: ToolCall) -> str | None:
    """The genre that a call asks for; only a person's taste puts one there."""
    values = json.loads(call.function.arguments)
    return values.get("genre") or next(iter(values.get("genres", ())), None)


def _call(
    id: str, app: str, plot: Plot, persona: Persona, preference: Preference | None, style: PromptStyle
) -> ToolCall:
    values = arguments(app, plot, persona.paper.age, preference, style)
    return ToolCall(id=id, function=Function(name=app, arguments=canonical_json(values)))


def answered_directly(teacher: Teacher, persona: Persona, plot: Plot) -> Trajectory:
    """One situation without apps."""
    rng = teacher.generator(plot.situation_id, "direct")
    messages = [user_message(persona, plot), Message(role="assistant", content=direct(rng, plot))]
    rounds = [Round(situation_id=plot.situation_id, at=plot.at)]
    return trajectory(teacher, f"{plot.situation_id}-direct", persona, "direct", rounds, messages, (0,))


def user_message(persona: Persona, plot: Plot, reaction: str | None = None) -> Message:
    """The user turn that opens a round."""
    said = next(each.utterance for each in persona.user.situations if each.id == plot.situation_id)
    return Message(role="user", content=round_text(plot.at, said, reaction))


def trajectory(
    teacher: Teacher,
    id: str,
    persona: Persona,
    setting: Setting,
    rounds: Sequence[Round],
    messages: Sequence[Message],
    train_on: Sequence[int],
) -> Trajectory:
    """A record of the native form, not yet checked."""
    return Trajectory(
        id=id, user_id=persona.user.id, setting=setting, rounds=tuple(rounds), messages=tuple(messages),
        train_on=tuple(train_on), source=teacher.source(),
    )  # fmt: skip
