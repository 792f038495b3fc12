"""A judge on loopback that answers each kind of question by a rule a test gives it."""

import json
from collections.abc import Callable
from typing import Any

from compass.endpoint import Endpoint
from eval.judge import Judge, JudgeSettings
from eval.judge_rubric import CRITERIA, SAFETY
from tests.fake_server import FakeServer

Material = dict[str, Any]


def fine(material: Material) -> Material:
    """Level 4 for everything."""
    return {"reason": "It is kind."} | dict.fromkeys(CRITERIA, 4)


def longer(material: Material) -> str:
    """Prefers the longer reply."""
    first, second = (len(material[side]["reply"]) for side in ("first", "second"))
    return "tie" if first == second else "first" if first > second else "second"


def judge_server(
    score: Callable[[Material], Material | str] = fine,
    pair: Callable[[Material], str] = longer,
    scene: Callable[[Material], Material] = lambda material: {"scene": "work", "second": "none"},
    safety: Callable[[Material], Material] = lambda material: dict.fromkeys(SAFETY, False) | {"warm": True},
) -> FakeServer:
    """The server; a rule that returns text has it sent as it is."""

    def reply(body: dict[str, Any]) -> str:
        system, user = (message["content"] for message in body["messages"])
        wanted = body["response_format"]["json_schema"]["schema"]["properties"]
        material = json.loads(user)
        assert "material to judge" in system
        if "better" in wanted:
            answer: Any = {"reason": "So.", "better": pair(material)}
        elif "scene" in wanted:
            answer = scene(material)
        elif "warm" in wanted:
            answer = safety(material)
        else:
            answer = score(material)
        return answer if isinstance(answer, str) else json.dumps(answer)

    server = FakeServer(reply=reply)
    server.names = ["the-judge"]
    return server


def judge_at(server: FakeServer, cache) -> Judge:
    endpoint = Endpoint(base_urls=(server.url,), concurrency=8, attempts=2, longest_wait_s=0.01)
    return Judge(JudgeSettings(model="the-judge", endpoint=endpoint, cache=cache))


def recipe_for(server: FakeServer, folder) -> str:
    """A judge's recipe file for this server."""
    path = folder / "judge.yaml"
    endpoint = f"{{base_urls: ['{server.url}'], attempts: 2, longest_wait_s: 0.01}}"
    path.write_text(f"model: the-judge\nendpoint: {endpoint}\ncache: {folder / 'cache'}\n")
    return str(path)
