"""A server that fails: every episode is finished once, and what the infrastructure did is never held against the model."""

import json
import random

import pytest

from compass import jsonl
from eval import replay
from tests.conftest import ROOT
from tests.eval.people import gold, people
from tests.fake_server import FakeServer

USERS = people(6, situations=3)
FOLDER = "eval/offline-test-profile"


@pytest.fixture
def replayed(root, call):
    """Replays against a server that answers as gold does; returns what the command said, and the base's summary."""
    jsonl.write(root / "data/offline/bench/test.jsonl", USERS)
    answer = gold(USERS)

    def run(script):
        with FakeServer(script=script, reply=lambda body: answer(body["messages"])) as server:
            server.names = ["tiny-base", "soft"]
            words = ("--config", ROOT / "recipes/eval/tiny.yaml", "--base-url", server.url, "--concurrency", "8")
            done = call(replay.main, "checkpoints/soft", *words)
            asked = [body for path, _, body in server.requests if path.endswith("/chat/completions")]
        summary = root / "checkpoints/tiny-base" / FOLDER / "summary.json"
        return done, summary.read_bytes() if summary.exists() else None, asked

    def forget():
        for path in root.glob("checkpoints/*/eval/*/*"):
            path.unlink()

    run.forget = forget
    return run


def test_gold_over_http_scores_one_and_every_sampling_field_is_sent(replayed, root):
    done, summary, asked = replayed([])
    assert done.code == 0, done.err
    assert json.loads(summary)["results"]["rates"]["liked"]["over_all"]["value"] == 1.0
    assert len(asked) == 2 * 18 * 2
    assert all(
        {"temperature", "top_p", "top_k", "seed", "max_tokens", "skip_special_tokens"} <= body.keys() for body in asked
    )
    assert {body["tool_choice"] for body in asked} == {"none"}, "the strict parser must be ours"
    assert {body["model"] for body in asked} == {"tiny-base", "soft"}


def test_a_third_of_all_requests_failing_changes_nothing(replayed, root):
    _, expected, _ = replayed([])
    replayed.forget()
    rng = random.Random(3)
    faults = ["429", "500", "503", "cut", "drop", b"garbage \xff\xfe", {"choices": []}]
    script = [rng.choice(faults) if rng.random() < 0.3 else "ok" for _ in range(300)]
    done, summary, asked = replayed(
        [int(word) if isinstance(word, str) and word.isdigit() else word for word in script]
    )
    assert done.code == 0, done.err
    assert summary == expected
    assert len(asked) > 2 * 18 * 2, "requests were repeated"
    ids = [json.loads(line)["id"] for line in (root / "checkpoints/soft" / FOLDER / "episodes.jsonl").open()]
    assert len(ids) == len(set(ids)) == 18


def test_a_server_that_stays_dead_ends_the_run_and_what_is_finished_is_kept(replayed, root):
    _, expected, _ = replayed([])
    replayed.forget()
    refused = (400, {}, "this model is broken")  # not worth repeating, so that the test need not wait
    done, summary, _ = replayed(["ok"] * 12 + [refused] * 400)
    assert done.code == 2
    assert summary is None
    assert "not by the model's fault" in done.err and "run the same command again" in done.err
    assert list((root / "checkpoints/tiny-base" / FOLDER).glob(".journal*")), (
        "finished episodes wait for the next start"
    )
    again, summary, asked = replayed([])
    assert again.code == 0, again.err
    assert summary == expected
    assert len(asked) < 2 * 18 * 2, "finished episodes are not played again"


def test_a_prompt_that_the_server_finds_too_long_is_a_typed_outcome(replayed, root):
    too_long = (400, {}, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.")
    done, summary, _ = replayed([too_long])
    assert done.code == 0, done.err
    assert json.loads(summary)["counts"]["finish:context"] == 1
    assert json.loads(summary)["results"]["rates"]["cut_short"]["over_all"]["value"] == pytest.approx(1 / 18, abs=1e-5)


def test_a_server_that_does_not_know_the_checkpoint_is_named(root, call):
    with FakeServer() as server:
        done = call(
            replay.main, "checkpoints/soft", "--config", ROOT / "recipes/eval/tiny.yaml", "--base-url", server.url
        )
    assert done.code == 2
    assert "does not serve tiny-base, soft; it serves fake" in done.err
