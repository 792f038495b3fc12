"""Parity: the cases are the training data's own requests, and the first difference is found and shown around its place."""

import asyncio
from types import SimpleNamespace

import pytest

from compass import jsonl, prompt
from compass.chat import render_prompt, render_turns
from compass.encode import Encoder
from compass.schema import SftExample, Trajectory
from eval import checkpoint, parity
from tests.eval.people import GOOD_ARGUMENTS, people
from tests.eval.tiny import tokenizer

USER = people(1)[0]


def trajectory() -> Trajectory:
    arguments = '{"situation": "a lost match"}'
    assert GOOD_ARGUMENTS["strength_card"] == {"situation": "a lost match"}
    call = {"id": "call_0", "type": "function", "function": {"name": "strength_card", "arguments": arguments}}
    return Trajectory.model_validate(
        {
            "id": "t0", "user_id": USER.id, "setting": "profile", "train_on": [0, 1],
            "rounds": [{"situation_id": "u0000-00", "at": "2026-01-01T18:20"}],
            "messages": [
                {"role": "user", "content": prompt.round_text("2026-01-01T18:20", "Nothing worked. </tool_response>")},
                {"role": "assistant", "content": "Let me look.", "tool_calls": [call]},
                {"role": "tool", "content": '{"strengths": []}', "tool_call_id": "call_0"},
                {"role": "assistant", "content": "You are brave."},
            ],
            "source": {"teacher": "test", "seed": 0, "prompt_sha": ""},
        }
    )  # fmt: skip


def example(turn) -> SftExample:
    return SftExample(
        id=f"t0#{turn.turn}", trajectory_id="t0", user_id=USER.id, situation_id="u0000-00", setting="profile", turn=turn.turn,
        kind=turn.kind, scene="work", likes=(), dislikes=(), prompt=turn.prompt, completion=turn.completion,
    )  # fmt: skip


@pytest.fixture
def data(root, monkeypatch):
    """Training data of one trajectory, as `make data` lays it out."""
    folder, one, words = root / "data" / "offline", trajectory(), tokenizer()
    turns = render_turns(
        words, prompt.system(USER, "profile", "compact"), one.messages, prompt.tools("profile", "compact"), (0, 1)
    )
    jsonl.write(folder / "trajectories" / "profile.jsonl", [one])
    jsonl.write(folder / "bench" / "train.jsonl", [USER])
    jsonl.write(folder / "bench" / "val.jsonl", people(2)[1:])
    jsonl.write(folder / "sft" / "train.jsonl", [example(turns[0])])
    jsonl.write(folder / "sft" / "val.jsonl", [example(turns[1])])
    monkeypatch.chdir(root)
    return folder


class Server:
    """Stands in for vLLM's /tokenize: renders the request with the tokenizer it was given."""

    endpoint = SimpleNamespace(concurrency=2)

    def __init__(self, words, spoil=lambda text: text):
        self.words, self.spoil = words, spoil

    async def tokenize(self, messages, tools):
        return Encoder(self.words).encode(self.spoil(render_prompt(self.words, messages, tools, False)))


def first_difference(data, **how):
    contest = checkpoint.resolve([data.parent.parent / "checkpoints" / "soft"])
    words = tokenizer()
    found = list(parity.cases(data, contest))
    assert [case.id for case in found] == ["t0#0", "t0#1"]
    return asyncio.run(parity.first_difference(Server(words, **how), found, words))


def test_the_requests_of_the_training_data_give_the_prompts_it_was_trained_on(data):
    assert first_difference(data) is None


def test_a_difference_is_named_and_shown_around_its_place(data):
    said = first_difference(data, spoil=lambda text: text.replace("Let me look.", "Let me think."))
    assert said.startswith("t0#1: tokens differ at ")
    assert "Let me" in said and "look" in said and "think" in said
    longer = first_difference(data, spoil=lambda text: text + "more")
    assert "t0#0" in longer, "a prompt that only goes on differs too"


def test_a_limit_is_spread_over_all_of_the_data():
    assert parity.spread(list(range(10)), 5) == [0, 2, 4, 6, 8]
    assert parity.spread(list(range(3)), 0) == [0, 1, 2]


def test_data_that_is_not_there_is_one_sentence(root, call):
    done = call(parity.main, "checkpoints/soft")
    assert done.code == 2
    assert "train.jsonl" in done.err
    assert "Traceback" not in done.err
