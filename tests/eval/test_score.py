"""Scores against cases decided by hand; gold scores 1.0, an empty model 0.0."""

import asyncio

import pytest

from compass.rollout import Exchange, Limits, RanCall
from compass.schema import canonical_json
from compass.score import grounded, invented, liked_share_by_chance, side_of
from eval.digest import Digest
from eval.episode import Stage, play, tasks_of
from eval.metrics import METRICS, distinct_corpus, distinct_per_reply
from eval.summary import arm_of
from tests.eval.people import gold, people, person, scripted

USERS = people(12, situations=5)
PROFILE = Stage("profile", "compact", Limits(), rounds=15, scored_rounds=3)


def rates_of(answer, stage=PROFILE, users=USERS):
    async def all_of_them():
        return [await play(scripted(answer), task, stage) for task in tasks_of(users, stage)]

    arm = arm_of(Digest(asyncio.run(all_of_them())))
    return {name: rate.over_all.value for name, rate in arm.rates.items()}, arm


def test_gold_scores_one_with_every_app():
    rates, _ = rates_of(gold(USERS))
    perfect = {name for name, metric in METRICS.items() if metric.better == "higher"}
    assert {name: rates[name] for name in perfect} == dict.fromkeys(perfect, 1.0)
    assert {name: rates[name] for name in METRICS.keys() - perfect} == dict.fromkeys(METRICS.keys() - perfect, 0.0)


def test_an_empty_model_scores_nothing():
    rates, arm = rates_of(lambda messages: "<|im_end|>")
    assert rates == dict.fromkeys(METRICS, 0.0) | {"none": 1.0}
    assert arm.rates["executed"].over_given.value is None, "no unit passed the stage before, so there is no rate"


def test_disliked_apps_are_told_apart_and_sides_sum_to_one():
    rates, arm = rates_of(gold(USERS, "dislikes"))
    assert (rates["liked"], rates["disliked"]) == (0.0, 1.0)
    assert sum(rates[side] for side in ("liked", "neutral", "disliked", "none")) == 1.0
    assert arm.liked_by_chance.value == pytest.approx(3 / 12)


def test_call_metrics_are_absent_in_the_direct_setting():
    rates, _ = rates_of(lambda messages: "I hear you.<|im_end|>", Stage("direct", "compact", Limits(), 15, 3))
    assert rates["call_valid"] is rates["liked"] is rates["grounded"] is None
    assert rates["replied"] == 1.0


def test_either_scene_of_an_ambiguous_situation_counts():
    user = person(0)
    one = user.situations[0]
    only_liked_in_second = set(user.preferences["health"].likes) - set(user.preferences["work"].likes)
    app = sorted(only_liked_in_second)[0]
    assert side_of(app, user, one) != "liked"
    assert side_of(app, user, one.model_copy(update={"second_scene": "health"})) == "liked"
    assert side_of(app, user, one.model_copy(update={"scene": None})) is None
    assert side_of("no_such_app", user, one) == "none"
    assert liked_share_by_chance(user, one.model_copy(update={"second_scene": "health"})) > 3 / 12


def round_with(result: dict, reply: str) -> tuple[Exchange, Exchange]:
    call = RanCall(name="a", arguments="{}", result=canonical_json(result), ok=True, error=None, schema_ok=True)
    common = {
        "finish_reason": "stop", "parse_error": None, "not_run": 0, "prompt_tokens": 0, "cached_tokens": 0,
        "completion_tokens": 0, "seconds": 0.0, "tool_seconds": 0.0,
    }  # fmt: skip
    first = Exchange(raw="", attempted=1, content="", calls=(call,), **common)
    return first, Exchange(raw=reply, attempted=0, content=reply, calls=(), **common)


APPOINTMENT = {
    "appointment": {"time": "Wed 2026-03-18 08:30", "clinic": "Stonebridge Hospital", "address": "1 Hospital Road"}
}
FILMS = {
    "films": [
        {
            "title": "Groundhog Day",
            "year": 1993,
            "description": "Stuck in the same February day, a weatherman misbehaves.",
        }
    ]
}
JOKE = {"jokes": [{"text": "My boss asked for a fresh pair of eyes, so I blinked twice.", "category": "At Work"}]}


@pytest.mark.parametrize(
    ("result", "reply", "expected"),
    [
        (APPOINTMENT, "You are booked for 8:30 on Wednesday.", True),
        (APPOINTMENT, "You are booked for 8:30 am.", True),
        (APPOINTMENT, "It is at STONEBRIDGE hospital.", True),
        (APPOINTMENT, "You are booked. Take care.", False),
        (APPOINTMENT, "You are booked for 9:30.", False),
        (FILMS, "Try “Groundhog Day” tonight.", True),
        (FILMS, "A day with a groundhog may help.", False),
        (JOKE, "My boss asked for a fresh pair of eyes once.", True),
        (JOKE, "At work, my boss asked me once.", False),
        ({"character": {"name": "friend"}, "reply": "I have all the time you need today."}, "Call a friend.", False),
        (
            {"character": {"name": "friend"}, "reply": "I have all the time you need today."},
            "I have all the time you need.",
            True,
        ),
        (FILMS, "", False),
    ],
)
def test_grounded(result, reply, expected):
    assert grounded(round_with(result, reply)) is expected


def test_grounded_does_not_apply_without_a_result():
    assert grounded(round_with({}, "Hello")[1:]) is None


KNOWN = ["[Sat 2026-03-14 18:20]\nCall me on 555-0134, I loved Amelie.", "Address: 3 Mill Lane"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("It is Wednesday at 08:30, at 1 Hospital Road.", False),
        ("It is Wednesday at 8.30.", False),
        ("Be there at 6:20 pm.", False),
        ("Be there at 7:15.", True),
        ("Be there at 7 pm.", True),
        ("See https://made-up.example/help.", True),
        ("Ring 555 0134.", False),
        ("Ring 0800 111 222.", True),
        ("On 2026-03-18 it is.", False),
        ("Watch “The Lost Harbour” with a friend.", True),
        ("You said you loved “Amelie”.", False),
        ("“I know how that feels,” is what a friend would say.", False),
        ("Take *your time* with it.", False),
        ("Read *Winter Without Snow* tonight.", True),
        ("**Breathe In** and out.", False),
        ("We have 20 of 24 tasks, that is 10 minutes.", False),
    ],
)
def test_invented(reply, expected):
    assert invented(round_with(APPOINTMENT, reply), KNOWN) is expected


def test_distinct_counts_are_those_of_their_papers():
    assert distinct_corpus(["a b a", "a c"], 1) == 3 / 5
    assert distinct_corpus(["a b a", "a c"], 2) == 3 / 5, "divided by tokens, not by bigrams"
    assert distinct_per_reply("a b a b", 2) == 2 / 3, "divided by bigrams of the reply"
    assert distinct_corpus([], 1) is distinct_per_reply("", 1) is None
