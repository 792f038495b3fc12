"""The history setting: one conversation and world through all rounds, reactions, and each scored round also alone."""

import asyncio
import json

import pytest

from compass.errors import UserError
from compass.reaction import WORDS
from compass.rollout import Limits
from eval.digest import Digest
from eval.episode import Stage, play, scored_rounds, tasks_of
from eval.summary import history_effect
from tests.eval.people import GOOD_ARGUMENTS, call_text, gold, people, scripted

STAGE = Stage("history", "compact", Limits(), rounds=15, scored_rounds=3)
USERS = people(2, situations=15)


def run(answer, users=USERS, stage=STAGE, seen=None):
    async def go():
        return [await play(scripted(answer, seen), task, stage) for task in tasks_of(users, stage)]

    return asyncio.run(go())


def test_the_last_three_rounds_are_scored_with_and_without_what_came_before():
    seen = []
    episode, _ = run(gold(USERS), seen=seen)
    assert [(r.number, r.with_history) for r in episode.rounds if r.scored] == [
        (13, False), (13, True), (14, False), (14, True), (15, False), (15, True),
    ]  # fmt: skip
    assert len(list(scored_rounds([episode]))) == 3
    alone = [m for m in seen if len(m) == 3 and USERS[0].situations[12].utterance in m[-1]["content"]]
    assert len(alone) == 1, "without history the model sees the system messages and that utterance, nothing else"
    assert "likes" not in alone[0][1]["content"], "history hides tastes"
    longest = max(len(messages) for messages in seen)
    assert longest == 2 + 14 * 4 + 3, "with history it sees all its own calls and replies"


@pytest.mark.parametrize(("taste", "words"), [("likes", "liked"), ("dislikes", "disliked")])
def test_the_person_reacts_to_the_app_of_the_round_before(taste, words):
    episode, _ = run(gold(USERS, taste))
    reactions = [r.reaction for r in episode.rounds if r.with_history]
    assert reactions[0] is None
    assert set(reactions[1:]) <= set(WORDS[words])
    assert len(set(reactions[1:])) > 1, "words vary"
    assert all(r.reaction is None for r in episode.rounds if not r.with_history)


def test_one_world_lives_through_all_rounds_and_the_lone_round_starts_from_its_state():
    """Every round orders something; alone, round 13 must count on from rounds 1 to 12 and change nothing for the others."""
    order = call_text("online_shopping", GOOD_ARGUMENTS["online_shopping"])
    episode, _ = run(lambda messages: order if messages[-1]["role"] == "user" else "Done.")
    orders = {(r.number, r.with_history): json.loads(r.exchanges[0].calls[0].result)["order"] for r in episode.rounds}
    assert [orders[number, True]["order_id"] for number in range(1, 16)] == [f"ord_{number}" for number in range(1, 16)]
    assert orders[13, False] == orders[13, True]


def test_history_effect_is_the_paired_difference():
    """A model that calls a liked app only when it was praised before has everything from history."""

    def answer(messages):
        if messages[-1]["role"] == "tool":
            return "Here."
        praised = sum(message["role"] == "user" for message in messages) > 1
        return gold(USERS, "likes" if praised else "dislikes")(messages)

    effect = history_effect(Digest(run(answer)))
    assert effect.without.rates["liked"].over_all.value == 0.0
    assert effect.added["liked"].value == 1.0


def test_situations_without_scenes_ask_for_labels():
    bare = [
        user.model_copy(update={"situations": tuple(s.model_copy(update={"scene": None}) for s in user.situations)})
        for user in USERS
    ]
    with pytest.raises(UserError, match="LABELS="):
        tasks_of(bare, STAGE)


def test_too_few_rounds_are_refused_before_anything_runs():
    with pytest.raises(UserError, match="needs at least one before"):
        tasks_of(people(1, situations=3), STAGE)
