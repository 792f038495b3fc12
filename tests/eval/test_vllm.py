"""The serving engine for real: base and adapter in one vLLM server, and the same answers as the in-process engine gives."""

import json

import pytest

from compass import jsonl
from eval import replay
from tests.conftest import ROOT
from tests.eval.people import people
from tests.vllm.need import need_vllm

pytestmark = pytest.mark.vllm

SMALL = ("--config", str(ROOT / "recipes/eval/tiny.yaml"), "--max_tokens", "24")
FOLDER = "eval/offline-test-profile"


def test_ten_episodes_score_the_same_as_in_process(root, call, monkeypatch):
    monkeypatch.setenv("COMPASS_SERVE_PYTHON", need_vllm())
    jsonl.write(root / "data/offline/bench/test.jsonl", people(2, situations=5))
    seen = {}
    for engine in ("hf", "vllm"):
        done = call(replay.main, "checkpoints/soft", *SMALL, "--engine", engine)
        assert done.code == 0, done.err
        for model in ("tiny-base", "soft"):
            folder = root / "checkpoints" / model / FOLDER
            episodes = [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()]
            texts = [e["raw"].removesuffix("<|im_end|>") for x in episodes for r in x["rounds"] for e in r["exchanges"]]
            seen[engine, model] = json.loads((folder / "summary.json").read_text())["results"], texts
    for model in ("tiny-base", "soft"):
        assert len(seen["hf", model][1]) >= 10
        assert seen["vllm", model][1] == seen["hf", model][1], "greedy decoding in float32 must write the same text"
        assert seen["vllm", model][0] == seen["hf", model][0]
