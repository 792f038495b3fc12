"""A data or evaluation recipe that names a model behind some apps gets that model's results, and says so in its hash."""

import asyncio
import json
import threading
import time
from pathlib import Path

from compass.rollout import Limits
from data_prep import data_recipe
from data_prep.leaks import Said
from data_prep.offline import person, taught
from eval import settings as eval_recipe
from eval.episode import Stage, play, tasks_of
from tests.eval.people import people, scripted
from tests.fake_server import FakeServer
from tests.tools.test_richer import ANSWERS, told

ROOT = Path(__file__).parents[2]
PLAN = 'Here is a plan.\n<tool_call>\n{"name": "plan_assistant", "arguments": {"plan": "a calmer week"}}\n</tool_call><|im_end|>'


def backed(folder: Path, url: str, model: str = "writer") -> Path:
    """A recipe of a model behind the plans alone."""
    path = folder / f"{model}.yaml"
    endpoint = f"{{base_urls: ['{url}'], attempts: 1, timeout_s: 20.0}}"
    path.write_text(
        f"model: {model}\napps: [plan_assistant]\nendpoint: {endpoint}\nsampling: {{temperature: 0.0}}\ncache: {folder / 'kept'}\n"
    )
    return path


def plan_then_reply(messages):
    return PLAN if messages[-1]["role"] == "user" else "I hope it helps you.<|im_end|>"


def test_an_evaluation_gets_the_models_plans_and_one_slow_app_holds_up_nobody_else(tmp_path):
    together, most = 0, 0
    lock = threading.Lock()

    def slowly(body):
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        time.sleep(0.3)
        with lock:
            together -= 1
        return told("plan_assistant")

    with FakeServer(reply=slowly) as server:
        chosen = eval_recipe.load(eval_recipe.DEFAULT, ["--richer", str(backed(tmp_path, server.url))])
        stage = Stage("profile", "compact", Limits(), 15, 3, chosen.richer_model)

        async def all_at_once():
            tasks = tasks_of(people(4, situations=1), stage)
            return await asyncio.gather(*(play(scripted(plan_then_reply), task, stage) for task in tasks))

        episodes = asyncio.run(all_at_once())
    results = [json.loads(each.rounds[0].exchanges[0].calls[0].result) for each in episodes]
    assert {each["title"] for each in results} == {ANSWERS["plan_assistant"]["title"]}
    assert most > 1, "while one app waited for its model, no other episode went on"


def test_results_of_another_model_behind_the_apps_are_never_reused(tmp_path):
    first, other = (backed(tmp_path, "http://127.0.0.1:9", name) for name in ("one", "two"))
    hashes = [
        json.dumps(eval_recipe.load(eval_recipe.DEFAULT, overrides).that_count(), sort_keys=True)
        for overrides in ([], ["--richer", str(first)], ["--richer", str(other)])
    ]
    assert len(set(hashes)) == 3
    tiny = ROOT / "recipes/data/tiny.yaml"
    signatures = [
        data_recipe.load(tiny, overrides).signature()
        for overrides in ([], ["--richer", str(first)], ["--richer", str(other)])
    ]
    assert len(set(signatures)) == 3


def test_offline_trajectories_take_up_the_models_plans_and_pass_their_checks(tmp_path):
    with FakeServer(reply=lambda body: told("plan_assistant")) as server:
        overrides = ["--richer", str(backed(tmp_path, server.url)), "--settings", "[profile]"]
        recipe = data_recipe.load(ROOT / "recipes/data/tiny.yaml", overrides)
        said = Said()
        students = [person(recipe, f"u{number:04d}", "train", said).model_dump(mode="json") for number in range(12)]
        written = [taught(recipe, student) for student in students]
        assert server.requests, "no trajectory asked the model for a plan"
    assert not [each for part in written for each in part["rejected"]]
    texts = [message["content"] for part in written for each in part["kept"] for message in each["messages"]]
    assert any(ANSWERS["plan_assistant"]["title"] in text for text in texts)
