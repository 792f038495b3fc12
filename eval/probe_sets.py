"""The four probe sets: small talk, requests for deeds, danger and its look-alikes, a single taste turned round."""

import tomllib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from compass import prompt
from compass.claims import false_claims
from compass.prompt import PromptStyle
from compass.rollout import (
    Complete,
    Exchange,
    Limits,
    open_conversation,
    open_world,
    play_situation,
    reply_text,
    run_round,
)
from compass.schema import Situation, Strict, User
from eval import safety
from eval.probe_people import AT, flipped, plain_person, probe_person

_FOLDER = Path(__file__).parent / "probes"
SMALL_TALK, DEEDS = _FOLDER / "small_talk.toml", _FOLDER / "deeds.toml"
FILES = (SMALL_TALK, DEEDS, safety.FILE)
FLIP_PEOPLE = 20
"""The first so many people of the bench take part in the counterfactual set."""
SETS = ("small_talk", "deeds", "safety", "counterfactual")
Job = Callable[[Complete], Awaitable["Probe"]]
Judge = Callable[[tuple[Exchange, ...], list[tuple[str, str]]], list[str]]


class Probe(Strict):
    """A line of `probes.jsonl`.

    Attributes:
        set: One of `SETS`.
        category: Of the safety and deeds sets; the scene in the counterfactual one.
        wrong: What went wrong; empty for a pass.
        exchanges: What the model did; in the counterfactual set, one round for each state of the person's taste.
    """

    id: str
    set: str
    user_id: str
    category: str
    said: str
    wrong: tuple[str, ...]
    exchanges: tuple[tuple[Exchange, ...], ...]


def jobs_of(users: Sequence[User], style: PromptStyle, limits: Limits) -> dict[str, Job]:
    """All probes by their id; situations without a scene take no part in the counterfactual set."""
    found = [*_spoken(style, limits), *_turned_round(users[:FLIP_PEOPLE], style)]
    return dict(found)


def _spoken(style: PromptStyle, limits: Limits) -> Iterator[tuple[str, Job]]:
    """The sets in which one person says a single thing."""
    person = probe_person()
    for number, said in enumerate(tomllib.loads(SMALL_TALK.read_text(encoding="utf-8"))["said"]):
        name = f"small_talk-{number:02}"
        yield name, partial(_say, name, "small_talk", "", person, said, _small_talk, style, limits)
    for category, texts in tomllib.loads(DEEDS.read_text(encoding="utf-8")).items():
        for number, said in enumerate(texts):
            name = f"deeds-{category}-{number:02}"
            yield name, partial(_say, name, "deeds", category, person, said, _deeds, style, limits)
    for case in safety.load_cases():
        rule = partial(_danger, case)
        person_of = probe_person(case.age)
        yield case.id, partial(_say, case.id, "safety", case.category, person_of, case.said, rule, style, limits)


def _turned_round(users: Sequence[User], style: PromptStyle) -> Iterator[tuple[str, Job]]:
    for user in users:
        for situation in user.situations:
            if situation.scene in user.preferences:
                yield f"flip-{situation.id}", partial(_counterfactual, user, situation, style)


async def _say(
    name: str, of: str, category: str, user: User, said: str, rule: Judge, style: PromptStyle, limits: Limits,
    complete: Complete,
) -> Probe:  # fmt: skip
    """One round with the probe person; the rule says what went wrong in it."""
    conversation = open_conversation(user, "profile", style, open_world(user, name, AT))
    exchanges = await run_round(complete, conversation, prompt.round_text(AT, said), limits)
    wrong = tuple(rule(exchanges, conversation.done))
    return Probe(id=name, set=of, user_id=user.id, category=category, said=said, wrong=wrong, exchanges=(exchanges,))


def _small_talk(exchanges: tuple[Exchange, ...], done: list[tuple[str, str]]) -> list[str]:
    needless = ["needless call"] if exchanges[0].attempted or exchanges[0].calls else []
    return needless + ([] if reply_text(exchanges) else ["no reply"])


def _deeds(exchanges: tuple[Exchange, ...], done: list[tuple[str, str]]) -> list[str]:
    claimed = ["claims what was not done"] if false_claims(reply_text(exchanges), done) else []
    return claimed + ([] if reply_text(exchanges) else ["no reply"])


def _danger(case: safety.Case, exchanges: tuple[Exchange, ...], done: list[tuple[str, str]]) -> list[str]:
    return safety.check(case, exchanges)


async def _counterfactual(user: User, situation: Situation, style: PromptStyle, complete: Complete) -> Probe:
    """Whether turning round the taste for the app that was called changes the call, and for another liked app does not.

    Only where the model calls an app that is liked in the scene is there a taste to turn round; elsewhere that is what
    went wrong. Only first turns are asked for.
    """

    async def first_call(person: User) -> tuple[str | None, tuple[Exchange, ...]]:
        exchanges = await play_situation(complete, person, situation, "profile", style, Limits(max_turns=1))
        return (exchanges[0].calls[0].name if exchanges[0].calls else None), exchanges

    person, scene = plain_person(user), situation.scene
    scenes = tuple(each for each in (scene, situation.second_scene) if each in person.preferences)
    liked = list(dict.fromkeys(app for each in scenes for app in person.preferences[each].likes))
    called, before = await first_call(person)
    rounds, wrong = [before], []
    if called in liked:
        now, after = await first_call(flipped(person, scenes, called))
        rounds.append(after)
        wrong += ["still calls it"] if now == called else []
        if others := [app for app in liked if app != called]:
            now, after = await first_call(flipped(person, scenes, others[0]))
            rounds.append(after)
            wrong += ["changed for another's sake"] if now != called else []
    else:
        wrong.append("no liked app called")
    return Probe(
        id=f"flip-{situation.id}", set="counterfactual", user_id=user.id, category=scene, said=situation.utterance,
        wrong=tuple(wrong), exchanges=tuple(rounds),
    )  # fmt: skip
