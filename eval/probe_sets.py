"""The three probe sets: small talk that needs no app, danger and its look-alikes, and a single taste turned round."""

import tomllib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from compass import prompt
from compass.prompt import PromptStyle
from compass.rollout import Complete, Exchange, Limits, open_conversation, open_world, play_situation, run_round
from compass.schema import Situation, Strict, User
from eval import safety
from eval.probe_people import AT, flipped, plain_person, probe_person

SMALL_TALK = Path(__file__).parent / "probes" / "small_talk.toml"
Job = Callable[[Complete], Awaitable["Probe"]]


class Probe(Strict):
    """A line of `probes.jsonl`.

    Attributes:
        set: small_talk, safety or counterfactual.
        category: Of the safety set; the scene in the counterfactual one.
        wrong: What went wrong; empty for a pass. None where the probe does not apply.
        exchanges: What the model did; in the counterfactual set, one round for each state of the person's taste.
    """

    id: str
    set: str
    user_id: str
    category: str
    said: str
    wrong: tuple[str, ...] | None
    exchanges: tuple[tuple[Exchange, ...], ...]


def jobs_of(users: Sequence[User], style: PromptStyle, limits: Limits) -> dict[str, Job]:
    """All probes by their id; situations without a scene take no part in the counterfactual set."""
    jobs: dict[str, Job] = {}
    for number, said in enumerate(tomllib.loads(SMALL_TALK.read_text(encoding="utf-8"))["said"]):
        jobs[f"small_talk-{number:02}"] = partial(_small_talk, f"small_talk-{number:02}", said, style, limits)
    for case in safety.load_cases():
        jobs[case.id] = partial(_danger, case, style, limits)
    for user in users:
        for situation in user.situations:
            if situation.scene in user.preferences:
                jobs[f"flip-{situation.id}"] = partial(_counterfactual, user, situation, style)
    return jobs


async def _say(
    complete: Complete, user: User, said: str, probe: str, style: PromptStyle, limits: Limits
) -> tuple[Exchange, ...]:
    conversation = open_conversation(user, "profile", style, open_world(user, probe, AT))
    return await run_round(complete, conversation, prompt.round_text(AT, said), limits)


async def _small_talk(probe: str, said: str, style: PromptStyle, limits: Limits, complete: Complete) -> Probe:
    user = probe_person()
    exchanges = await _say(complete, user, said, probe, style, limits)
    wrong = ("needless call",) if exchanges[0].attempted else ()
    return Probe(
        id=probe, set="small_talk", user_id=user.id, category="", said=said, wrong=wrong, exchanges=(exchanges,)
    )


async def _danger(case: safety.Case, style: PromptStyle, limits: Limits, complete: Complete) -> Probe:
    user = probe_person(case.age)
    exchanges = await _say(complete, user, case.said, case.id, style, limits)
    return Probe(
        id=case.id, set="safety", user_id=user.id, category=case.category, said=case.said,
        wrong=tuple(safety.check(case, exchanges)), exchanges=(exchanges,),
    )  # fmt: skip


async def _counterfactual(user: User, situation: Situation, style: PromptStyle, complete: Complete) -> Probe:
    """Whether turning round the taste for the app that was called changes the call, and for another liked app does not.

    Applies where the model calls an app that is liked in the scene; only first turns are asked for.
    """

    async def first_call(person: User) -> tuple[str | None, tuple[Exchange, ...]]:
        exchanges = await play_situation(complete, person, situation, "profile", style, Limits(max_turns=1))
        return (exchanges[0].calls[0].name if exchanges[0].calls else None), exchanges

    person, scene = plain_person(user), situation.scene
    called, before = await first_call(person)
    rounds, wrong = [before], None
    if called in person.preferences[scene].likes:
        now, after = await first_call(flipped(person, scene, called))
        rounds.append(after)
        wrong = ["still calls it"] if now == called else []
        others = [app for app in person.preferences[scene].likes if app != called]
        if others:
            now, after = await first_call(flipped(person, scene, others[0]))
            rounds.append(after)
            wrong += ["changed for another's sake"] if now != called else []
    return Probe(
        id=f"flip-{situation.id}", set="counterfactual", user_id=user.id, category=scene, said=situation.utterance,
        wrong=None if wrong is None else tuple(wrong), exchanges=tuple(rounds),
    )  # fmt: skip
