"""The turn loop: order, limits, and hostile replies that must become typed outcomes."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass.completion import Completion
from compass.rollout import Exchange, Limits, play_situation, raw_text, reply_text
from compass.score import executed, repaired, schema_valid, score
from tests.eval.people import GOOD_ARGUMENTS, call_text, gold, person, scripted

PERSON = person(0)
LIMITS = Limits(max_turns=4, max_calls=8)


def play(answer, setting="profile", limits=LIMITS, seen=None) -> tuple[Exchange, ...]:
    played = play_situation(scripted(answer, seen), PERSON, PERSON.situations[0], setting, "compact", limits)
    return asyncio.run(played)


def turns(*texts):
    """A model that says these in order."""
    return lambda messages: texts[sum(message["role"] == "assistant" for message in messages)]


def test_a_call_its_result_and_the_reply_follow_each_other():
    seen = []
    first, second = play(gold([PERSON]), seen=seen)
    assert [message["role"] for message in seen[1]] == ["system", "system", "user", "assistant", "tool"]
    assert seen[1][4]["content"] == first.calls[0].result, "the model must see the very result that is recorded"
    assert seen[1][3]["tool_calls"][0]["id"] == seen[1][4]["tool_call_id"]
    assert second.is_reply
    assert reply_text((first, second)).startswith("That sounds tiring.")


def test_several_calls_run_in_order_in_one_world():
    add = call_text("schedule_manager", GOOD_ARGUMENTS["schedule_manager"]).removesuffix("<|im_end|>")
    query = call_text("schedule_manager", {"operation": "get_all"})
    first, _ = play(turns(f"First this.\n{add}\n{query}", "Done.<|im_end|>"))
    assert first.content == "First this.", "text around calls is kept"
    assert "run" in json.loads(first.calls[0].result)["added"]["event"]
    assert json.loads(first.calls[0].result)["added"]["schedule_id"] in first.calls[1].result, (
        "the second call must see the first"
    )


def test_a_call_that_does_not_parse_stays_as_raw_text_and_is_answered_with_the_error():
    broken = '<tool_call>\n{"name": "strength_card", "arguments": {"situation": \n</tool_call>'
    seen = []
    exchanges = play(
        turns(broken + "<|im_end|>", call_text("strength_card", GOOD_ARGUMENTS["strength_card"]), "Fine."), seen=seen
    )
    assert exchanges[0].parse_error
    assert seen[1][-2] == {"role": "assistant", "content": broken}
    assert json.loads(seen[1][-1]["content"])["error"] == "bad_call"
    assert not executed(exchanges[0])
    assert repaired(exchanges), "an executed call after the error counts as repaired"


def test_tool_errors_are_shown_and_give_up_after_two_repairs():
    bad = call_text("strength_card", {"wrong": 1})
    exchanges = play(turns(bad, bad, bad, call_text("strength_card", GOOD_ARGUMENTS["strength_card"])))
    assert [exchange.calls[0].error for exchange in exchanges] == ["schema", "schema", "schema", None]
    assert not repaired(exchanges), "only two more turns count"


def test_a_round_ends_at_max_turns_without_a_reply():
    exchanges = play(lambda messages: call_text("strength_card", GOOD_ARGUMENTS["strength_card"]))
    assert len(exchanges) == LIMITS.max_turns
    assert reply_text(exchanges) == ""


def test_ten_thousand_calls_run_up_to_the_limit_and_the_rest_is_counted():
    one = call_text("strength_card", GOOD_ARGUMENTS["strength_card"]).removesuffix("<|im_end|>")
    seen = []
    first, _ = play(turns("\n".join([one] * 10_000), "Enough."), seen=seen)
    assert (len(first.calls), first.not_run, first.attempted) == (8, 9_992, 10_000)
    assert not schema_valid(first)
    assert json.loads(seen[1][-1]["content"])["error"] == "too_many_calls"


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "<tool_call>" * 9_000, "1 " * 50_000 + "a", '"' * 100_000, "7" * 100_000, "\ud800", ""]
)
def test_monstrous_replies_are_scored_in_no_time(text):
    exchanges = play(lambda messages: text)
    scores = score(exchanges, PERSON, PERSON.situations[0], ["known"], [], tools=True)
    assert scores.side == "none"
    assert not scores.call_valid


def test_without_tools_a_call_is_only_text():
    (exchange,) = play(turns(call_text("strength_card", GOOD_ARGUMENTS["strength_card"])), setting="direct")
    assert exchange.calls == ()
    assert reply_text((exchange,)) == "", "a call is no answer to a person"


def test_calls_that_a_server_has_parsed_are_read_as_strictly_as_raw_ones():
    call = {"id": "x", "type": "function", "function": {"name": "strength_card", "arguments": '{"a": 1,}'}}
    text = raw_text(Completion("Let me see.", "tool_calls", 0, 0, 0, 0.0, tool_calls=(call,)))
    first, *_ = play(lambda messages: text)
    assert "parse" in first.parse_error or first.parse_error
    assert first.attempted == 1


SNIPPETS = st.sampled_from(
    ["<tool_call>", "</tool_call>", "<think>", "</think>", "<|im_end|>", "\n", "hello", '{"name": "strength_card", "arguments": {}}',
     '{"name": "strength_card", "arguments": {"situation": "x"}}', '{"name": "nothing", "arguments": {}}', "{", "NaN", "\x00", "\u202e"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(SNIPPETS | st.text(max_size=20), max_size=12).map("".join), min_size=4, max_size=4))
def test_whatever_a_model_writes_the_scores_are_nested(texts):
    exchanges = play(turns(*texts))
    scores = score(exchanges, PERSON, PERSON.situations[0], [], [], tools=True)
    assert scores.call_valid >= scores.schema_valid >= scores.executed
    assert scores.repaired >= scores.executed
    assert scores.side in ("liked", "neutral", "disliked", "none")
    assert (scores.side == "none") >= (not scores.call_valid), "without a valid call there is no app to like"
