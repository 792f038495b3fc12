"""Scores of generated calls during training: the shares a person steers by."""

import json
from pathlib import Path

from tests.train.conftest import run
from train.scoring import Held, judge


def scores(text: str) -> tuple[float, float, float]:
    return tuple(judge(Held("u1-00", [], ["joke_recommendation"]), text).values())


def call(name: str, arguments: dict) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call><|im_end|>"


def test_each_score_falls_on_its_own():
    """Shares that move together hide what the model has not learned."""
    assert scores(call("joke_recommendation", {"description": "a cat"})) == (1, 1, 1)
    assert scores(call("film_recommendation", {"keyword": ["cat"]})) == (1, 1, 0)
    assert scores(call("joke_recommendation", {"wrong": 1})) == (1, 0, 1)
    assert scores(call("no_such_app", {})) == (1, 0, 0)
    assert scores('<tool_call>\n{"name": "joke_recommendation"') == (0, 0, 0)
    assert scores("Here is a joke.<|im_end|>") == (0, 0, 0)
    assert "liked" not in judge(Held("u1-00", [], None), call("joke_recommendation", {"description": "a cat"}))


def test_a_run_generates_and_logs_the_shares(workplace):
    """Generation inside training must leave the model training on trees as before."""
    run("--score_prompts", "2", "--output_dir", "checkpoints/scored")
    run("--output_dir", "checkpoints/plain")
    scored, plain = (json.loads(Path(f"checkpoints/{name}/run.json").read_text()) for name in ("scored", "plain"))
    assert set(scored["metrics"]) - set(plain["metrics"]) == {"eval_call_valid", "eval_schema_valid"}
    assert scored["metrics"]["train_loss"] == plain["metrics"]["train_loss"]
