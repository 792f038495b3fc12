"""A hosted model beside base and checkpoint: its server parses the calls, and what it cannot take is put another way."""

import json

from compass import jsonl
from eval import hosted, judge, replay, settings
from eval.hosted import answerable
from tests.conftest import ROOT
from tests.eval.people import GOOD_ARGUMENTS, people
from tests.fake_server import FakeServer, chat_body

SMALL = ("--config", str(ROOT / "recipes/eval/tiny.yaml"), "--max_tokens", "4", "--max_turns", "2", "--engine", "hf")


class Hosted(FakeServer):
    """Calls an app in OpenAI's form, then replies."""

    def answer(self, path, body):
        if body["messages"][-1]["role"] == "tool":
            return chat_body("Here is a card for you.")
        call = {"name": "strength_card", "arguments": json.dumps(GOOD_ARGUMENTS["strength_card"])}
        return chat_body(None, "tool_calls", tool_calls=[{"id": "abc", "type": "function", "function": call}])


def test_it_is_one_more_name_in_the_comparison(root, call, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_KEY", "sk-secret-123")
    jsonl.write(root / "data/offline/bench/test.jsonl", people(2))
    with Hosted() as server:
        recipe = tmp_path / "theirs.yaml"
        endpoint = f"{{base_urls: ['{server.url}'], dialect: openai, api_key_env: SOME_KEY}}"
        recipe.write_text(f"model: their-model\nendpoint: {endpoint}\n")
        done = call(replay.main, "checkpoints/soft", *SMALL, "--hosted", recipe)
        bodies = [body for _, _, body in server.requests]
    assert done.code == 0, done.err
    assert "theirs against tiny-base" in done.out
    assert {body["tool_choice"] for body in bodies} == {"auto"} and "top_k" not in bodies[0]
    summary = (root / "checkpoints/theirs/eval/offline-test-profile/summary.json").read_text()
    found = json.loads(summary)
    assert found["engine"] == "hosted" and found["results"]["rates"]["executed"]["over_all"]["value"] == 1.0
    recipe.rename(tmp_path / "soft.yaml")
    assert "Rename its recipe" in call(replay.main, "checkpoints/soft", *SMALL, "--hosted", tmp_path / "soft.yaml").err
    assert not any("sk-secret" in path.read_text() for path in root.rglob("*.json*")), "a key reaches no file"


def test_the_shipped_recipes_load():
    shipped = sorted((ROOT / "recipes/eval").glob("*.yaml"))
    readers = {"hosted": hosted.load, "judge": judge.load}
    assert [path.stem for path in shipped] == ["default", "hosted", "judge", "tiny"]
    for path in shipped:
        readers.get(path.stem, settings.load)(path)


def test_a_result_without_a_call_is_told_by_the_user():
    call = {"id": "call_0", "type": "function", "function": {"name": "x", "arguments": "{}"}}
    messages = [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "1", "tool_call_id": "call_0"},
        {"role": "assistant", "content": "<tool_call>{"},
        {"role": "tool", "content": '{"error": "bad_call"}', "tool_call_id": "call_1"},
    ]
    assert [message["role"] for message in answerable(messages)] == ["assistant", "tool", "assistant", "user"]
