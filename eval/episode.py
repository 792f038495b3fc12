"""One person's or situation's run through a setting, from the first prompt to the scores.

An episode is the smallest piece of work: a situation in the profile and direct settings, all rounds of a person in the
history setting. It never depends on another, so episodes run at once and a crash costs only those under way.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace

from compass import prompt
from compass.errors import UserError
from compass.prompt import PromptStyle
from compass.reaction import reaction
from compass.rollout import Complete, Conversation, Exchange, Limits, open_conversation, open_world, run_round
from compass.schema import Scene, Setting, Situation, Strict, User
from compass.score import Scores, liked_share_by_chance, score, side_of
from compass.tools import names
from compass.tools.world import Richer


class Round(Strict):
    """One situation, what the model did with it, and how that scored.

    Attributes:
        number: From 1, in order of time; 1 in the profile and direct settings.
        scored: Whether it enters the rates (in the history setting only the last rounds do).
        with_history: None outside the history setting; False for the same round played without what came before.
        reaction: What the person said about the last reply, at the start of this round.
        liked_by_chance: Share of the twelve apps that the person likes in this scene; None where the scene is not known.
        liked: Those apps.
    """

    situation_id: str
    at: str
    utterance: str
    scene: Scene | None
    number: int
    scored: bool
    with_history: bool | None
    reaction: str | None
    exchanges: tuple[Exchange, ...]
    scores: Scores
    liked_by_chance: float | None
    liked: tuple[str, ...] = ()


class Episode(Strict):
    """A line of `episodes.jsonl`; trials count from 0, and those after the first have their number in the id."""

    id: str
    user_id: str
    setting: Setting
    trial: int
    rounds: tuple[Round, ...]


@dataclass(frozen=True)
class Task:
    """What an episode is about: a person and the situations to go through, in order of time."""

    id: str
    user: User
    situations: tuple[Situation, ...]
    trial: int = 0


@dataclass(frozen=True)
class Stage:
    """What all episodes of a run have in common."""

    setting: Setting
    style: PromptStyle
    limits: Limits
    rounds: int
    scored_rounds: int
    richer: Richer | None = None


def tasks_of(users: Sequence[User], stage: Stage, trials: int = 1) -> list[Task]:
    """The episodes of a run, in the order of the bench, one trial of all after the other.

    Raises:
        UserError: As `_first_trial`.
    """
    first = _first_trial(users, stage)
    more = [replace(task, id=f"{task.id}#{trial}", trial=trial) for trial in range(1, trials) for task in first]
    return first + more


def _first_trial(users: Sequence[User], stage: Stage) -> list[Task]:
    """Each episode once.

    Raises:
        UserError: In the history setting: a person with too few situations, or situations without a scene.
    """
    if stage.setting != "history":
        return [Task(situation.id, user, (situation,)) for user in users for situation in user.situations]
    tasks = []
    for user in users:
        rounds = tuple(sorted(user.situations, key=lambda situation: situation.at)[: stage.rounds])
        if len(rounds) <= stage.scored_rounds:
            raise UserError(
                f"{user.id} has {len(rounds)} situations, but the history setting scores the last {stage.scored_rounds} and needs"
                " at least one before them. Use a bench with more, or a smaller --scored_rounds."
            )
        if unknown := [situation.id for situation in rounds if situation.scene is None]:
            raise UserError(
                f"{unknown[0]} has no scene, and without it nobody can say how {user.id} reacts to an app."
                " The history setting needs labels: give LABELS= (--labels), a CSV user,index,scene,second."
            )
        tasks.append(Task(user.id, user, rounds))
    return tasks


async def play(complete: Complete, task: Task, stage: Stage) -> Episode:
    """Runs one episode against a model."""
    if stage.setting == "history":
        rounds = [each async for each in _play_history(complete, task, stage)]
    else:
        situation = task.situations[0]
        world = open_world(task.user, situation.id, situation.at, stage.richer)
        conversation = open_conversation(task.user, stage.setting, stage.style, world)
        rounds = [await _play_round(complete, conversation, task.user, situation, stage)]
    return Episode(id=task.id, user_id=task.user.id, setting=stage.setting, trial=task.trial, rounds=tuple(rounds))


async def _play_history(complete: Complete, task: Task, stage: Stage) -> AsyncIterator[Round]:
    """All rounds in one conversation and world; each scored one also alone, in a copy of the world it begins with."""
    user, first_scored = task.user, len(task.situations) - stage.scored_rounds
    world = open_world(user, user.id, task.situations[0].at, stage.richer)
    conversation = open_conversation(user, stage.setting, stage.style, world)
    said = None
    for index, situation in enumerate(task.situations):
        conversation.world.advance(situation.at)
        scored = index >= first_scored
        if scored:
            alone = open_conversation(user, stage.setting, stage.style, conversation.world.copy())
            yield await _play_round(complete, alone, user, situation, stage, index + 1, True, False)
        played = await _play_round(complete, conversation, user, situation, stage, index + 1, scored, True, said)
        side = played.scores.side
        said = reaction(side if side in ("liked", "disliked") else "neutral", situation.id)
        yield played


async def _play_round(
    complete: Complete,
    conversation: Conversation,
    user: User,
    situation: Situation,
    stage: Stage,
    number: int = 1,
    scored: bool = True,
    with_history: bool | None = None,
    said: str | None = None,
) -> Round:
    text = prompt.round_text(situation.at, situation.utterance, said)
    exchanges = await run_round(complete, conversation, text, stage.limits)
    known = [*conversation.system, *(m.content for m in conversation.messages if m.role != "assistant")]
    return Round(
        situation_id=situation.id,
        at=situation.at,
        utterance=situation.utterance,
        scene=situation.scene,
        number=number,
        scored=scored,
        with_history=with_history,
        reaction=said,
        exchanges=exchanges,
        scores=score(exchanges, user, situation, known, conversation.done, tools=conversation.tools is not None),
        liked_by_chance=liked_share_by_chance(user, situation) if conversation.tools is not None else None,
        liked=tuple(app for app in names() if side_of(app, user, situation) == "liked") if conversation.tools else (),
    )


def scored_rounds(episodes: Sequence[Episode], with_history: bool = True) -> Iterator[tuple[str, Round]]:
    """(person, round) of the units that count; `with_history` chooses the arm in the history setting."""
    for episode in episodes:
        for each in episode.rounds:
            if each.scored and each.with_history in (None, with_history):
                yield episode.user_id, each


def people_of(episodes: Sequence[Episode]) -> list[str]:
    """Each person once, in the order of the bench."""
    return list(dict.fromkeys(episode.user_id for episode in episodes))
