"""`python -m eval.replay` through its door: results, reuse, resuming after kill -9, and one clear sentence for what is wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from compass import jsonl
from eval import compare, replay
from tests.conftest import ROOT
from tests.eval.people import people

SMALL = ("--config", str(ROOT / "recipes/eval/tiny.yaml"), "--max_tokens", "8", "--engine", "hf")


def summary(root, model, run="offline-test-profile"):
    return (root / "checkpoints" / model / "eval" / run / "summary.json").read_bytes()


def test_two_checkpoints_against_their_base_then_everything_is_reused(root, call):
    done = call(replay.main, "checkpoints/soft", "checkpoints/strong", *SMALL)
    assert done.code == 0, done.err
    assert "call valid" in done.out and "by chance" in done.out and "25.0 %" in done.out
    for model in ("tiny-base", "soft", "strong"):
        folder = root / "checkpoints" / model / "eval" / "offline-test-profile"
        assert len((folder / "episodes.jsonl").read_text().splitlines()) == 9
        assert not list(folder.glob(".journal*"))
    assert (root / "checkpoints/compare/tiny-base-vs-soft/offline-test-profile/comparison.json").is_file()
    before = {path: path.stat().st_mtime_ns for path in root.rglob("episodes.jsonl")}

    again = call(replay.main, "checkpoints/soft", "checkpoints/strong", *SMALL)
    assert again.out.count("still valid") == 3
    assert before == {path: path.stat().st_mtime_ns for path in root.rglob("episodes.jsonl")}

    other = call(compare.main, "checkpoints/soft", "checkpoints/strong")
    assert other.code == 0, other.err
    assert (root / "checkpoints/compare/soft-vs-strong/offline-test-profile/report.html").is_file()
    direct = call(compare.main, "checkpoints/soft/eval/offline-test-profile", "checkpoints/strong")
    assert direct.out == other.out, "an evaluation's own folder names it as well"

    call(replay.main, "checkpoints/soft", *SMALL, "--limit", "1")
    refused = call(compare.main, "checkpoints/soft", "checkpoints/strong")
    assert refused.code == 2
    assert "limit: 1 / 0" in refused.err, "another LIMIT is another bench"


def test_kill_9_and_start_again_gives_the_same_bytes(root, call):
    jsonl.write(root / "data/offline/bench/test.jsonl", people(12))
    whole = call(replay.main, "checkpoints/soft", *SMALL, "--batch_size", "2", "--concurrency", "2")
    assert whole.code == 0, whole.err
    expected = {model: summary(root, model) for model in ("tiny-base", "soft")}
    for model in expected:
        (root / "checkpoints" / model / "eval" / "offline-test-profile" / "summary.json").unlink()

    words = [sys.executable, "-m", "eval.replay", "checkpoints/soft", *SMALL, "--batch_size", "2", "--concurrency", "2"]
    journal = root / "checkpoints/tiny-base/eval/offline-test-profile"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    first = subprocess.Popen(words, cwd=root, env=environment, stderr=subprocess.DEVNULL)
    while first.poll() is None and not any(
        len(path.read_bytes().splitlines()) > 6 for path in journal.glob(".journal*")
    ):
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL, "it must die in the middle for this test to mean something"

    resumed = call(replay.main, "checkpoints/soft", *SMALL, "--batch_size", "2", "--concurrency", "2")
    assert resumed.code == 0, resumed.err
    assert {model: summary(root, model) for model in expected} == expected


def test_history_and_direct_settings_run(root, call):
    jsonl.write(root / "data/offline/bench/test.jsonl", people(1, situations=4))
    history = call(
        replay.main, "checkpoints/soft", "--setting", "history", *SMALL, "--rounds", "4", "--scored_rounds", "2"
    )
    assert history.code == 0, history.err
    assert "what the rounds before add" in history.out
    direct = call(replay.main, "checkpoints/soft", "--setting", "direct", *SMALL)
    assert direct.code == 0, direct.err
    assert (
        json.loads(summary(root, "soft", "offline-test-direct"))["results"]["rates"]["call_valid"]["over_all"]["value"]
        is None
    )


def test_a_checkpoint_with_all_its_weights_scores_like_the_adapter_it_was_merged_from(root, call, monkeypatch):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    monkeypatch.chdir(root)
    base = AutoModelForCausalLM.from_pretrained("checkpoints/tiny-base")
    merged = root / "checkpoints/soft-merged"
    shutil.copytree(root / "checkpoints/soft", merged)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (merged / name).unlink()
    PeftModel.from_pretrained(base, "checkpoints/soft").merge_and_unload().save_pretrained(merged)
    recipe = {
        "recipe": {"model_name_or_path": "checkpoints/tiny-base"},
        "data": {"recipe": "recipes/data/offline.yaml"},
    }
    (merged / "run.json").write_text(json.dumps(recipe))
    done = call(replay.main, "checkpoints/soft", "checkpoints/soft-merged", *SMALL)
    assert done.code == 0, done.err
    results = [json.loads(summary(root, model))["results"] for model in ("soft", "soft-merged", "tiny-base")]
    assert results[0] == results[1] != results[2]


def _no_adapter(root):
    (root / "checkpoints/soft/adapter_config.json").unlink()


def _no_weights(root):
    (root / "checkpoints/soft/adapter_model.safetensors").unlink()


def _damaged_weights(root):
    (root / "checkpoints/soft/adapter_model.safetensors").write_bytes(b"12345678" * 9)


def _other_base(root):
    from safetensors.numpy import load_file, save_file

    path = root / "checkpoints/tiny-base/model.safetensors"
    save_file({name: tensor[..., :16].copy() for name, tensor in load_file(path).items()}, path)


def _base_gone(root):
    (root / "checkpoints/tiny-base").rename(root / "checkpoints/moved")


def _other_prompts(root):
    path = root / "checkpoints/soft/format.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"guides_sha": "0" * 16}))


def _bench(text):
    return lambda root: (root / "data/offline/bench/test.jsonl").write_text(text)


def _no_scenes(root):
    bare = [user.model_dump(mode="json") for user in people(1, situations=15)]
    for situation in bare[0]["situations"]:
        situation["scene"] = None
    jsonl.write(root / "data/offline/bench/test.jsonl", bare)


def _nothing(root):
    pass


@pytest.mark.parametrize(
    ("spoil", "words", "said"),
    [
        (_no_adapter, (), "holds no adapter"),
        (_no_weights, (), "has no adapter_model.safetensors"),
        (_damaged_weights, (), "cannot be read"),
        (_other_base, (), "does not fit"),
        (_base_gone, (), "no model in that folder"),
        (_other_prompts, (), "guides_sha"),
        (_bench(""), (), "empty"),
        (_bench('{"id": 1\n'), (), "test.jsonl:2"),
        (_no_scenes, ("--setting", "history"), "LABELS="),
        (_nothing, ("--bench", "gone.jsonl"), "gone.jsonl"),
        (_nothing, ("--max_tokenz", "9"), "Did you mean 'max_tokens'"),
        (_nothing, ("--max_tokens", "0"), "greater than or equal to 1"),
        (_nothing, ("--scored_rounds", "15"), "at least one round must come before"),
        (_nothing, ("--limit", "-1"), "--limit is -1"),
        (
            _nothing,
            ("--engine", "vllm", "--base-url", "http://127.0.0.1:9"),
            "No model server answers at http://127.0.0.1:9",
        ),
        (_nothing, ("checkpoints/gone",), "checkpoints/gone does not exist"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing_behind(root, call, spoil, words, said):
    spoil(root)
    before = sorted(root.rglob("*"))
    folders = [word for word in words if word.startswith("checkpoints/")]
    options = [word for word in words if word not in folders]
    engine = SMALL if "vllm" not in words else SMALL[:4]
    done = call(replay.main, "checkpoints/soft", *folders, *engine, *options)
    assert done.code == 2, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert sorted(root.rglob("*")) == before
