"""The benchmark's arithmetic and its arms, at a size of seconds."""

import json
import subprocess

import numpy as np
import pytest

from compass.errors import UserError
from train import bench, bench_arm


@pytest.mark.parametrize(
    ("shape", "least"),
    [(bench.Shape("profile", 4, 5), 4.5), (bench.Shape("profile", 4, 15), 6), (bench.Shape("history", 4, 15), 15)],
)
def test_token_ratios_at_our_prompt_lengths(shape, least):
    """What the tree is for; a planner that mixes too much or too little falls below."""
    assert bench.token_ratio(shape)["ratio"] >= least


@pytest.mark.parametrize("arm", bench.ARMS)
def test_every_arm_trains_the_same_conversations(arm, monkeypatch):
    """An arm that trains on less than the others would look fast."""
    for name, tokens in {"GUIDE": 60, "PERSON": 30, "UTTERANCE": 6, "CALL": 5, "RESULT": 8, "REPLY": 7}.items():
        monkeypatch.setattr(bench, name, tokens)
    small = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
    }
    monkeypatch.setattr(bench_arm, "SMALL", bench.SMALL | small | {"num_hidden_layers": 1, "vocab_size": 200})
    figures = bench_arm.measure(arm, bench.Shape("profile", 1, 2), gpu=False)
    assert figures["tokens"] == (154 if arm == "tree" else 434)
    assert figures["seconds"] > 0 and figures["supervised/s"] > 0
    assert 0 <= figures["MFU %"] <= figures["with attention %"] < 100 and figures["peak GB"] > 0


def test_the_work_of_a_tree_is_what_its_mask_shows():
    """MFU with attention counts pairs; counting the whole square would flatter the tree."""
    from train.prefix_tree import Branch, build, visible

    trunk = np.arange(7)
    trees = [build([Branch(np.append(trunk, [8, 9])), Branch(np.append(trunk, [10]))]), build([Branch(trunk)])]
    work = bench_arm.work_of(trees)
    assert work == (17, sum(int(visible(tree).sum()) for tree in trees), 10)


def test_an_arm_that_fails_is_reported_and_the_others_still_run(monkeypatch):
    """The arm that runs out of memory is a finding; hours of the other arms must not go with it."""

    def done(command, **kwargs):
        job = json.loads(command[-1])
        if job["arm"] == "trl-bfd":
            return subprocess.CompletedProcess(command, 1, "", "Traceback\ntorch.OutOfMemoryError: CUDA out of memory")
        figures = {"arm": job["arm"], "setting": "profile", "seconds": 8.0 if job["arm"] == "trl" else 2.0}
        return subprocess.CompletedProcess(command, 0, f"noise\n{json.dumps(figures)}\n", "")

    monkeypatch.setattr("train.bench.subprocess.run", done)
    rows = list(bench.time_arms(bench.Shape("profile", 1, 2), gpu=True))
    assert [row["arm"] for row in rows] == list(bench.GPU_ARMS["profile"])
    assert "out of memory" in rows[1]["failed"]
    assert rows[2]["times faster"] == 4.0
    bench.show("rows of different figures", rows)


def test_what_is_measured_stays_when_the_rest_is_cut_off(monkeypatch, tmp_path):
    """A borrowed card is taken back after ten minutes; the arms that were done are what one came for."""

    def time_arm(arm, shape, gpu):
        if arm == "tree":
            raise KeyboardInterrupt
        return {"arm": arm, "seconds": 4.0 if arm == "trl" else 2.0}

    monkeypatch.setattr(bench, "time_arm", time_arm)
    monkeypatch.setattr("sys.argv", ["bench", "--quick", "--setting", "profile", "-o", str(tmp_path / "bench.json")])
    with pytest.raises(KeyboardInterrupt):
        bench.main()
    speed = json.loads((tmp_path / "bench.json").read_text())["speed"]
    assert [(row["arm"], row["times faster"]) for row in speed] == [("trl", 1.0), ("trl-bfd", 2.0)]


def test_without_a_card_gpu_is_refused_in_a_sentence(monkeypatch):
    """Not after the first arm has been tried for a while."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("sys.argv", ["bench", "--gpu"])
    with pytest.raises(UserError, match="use --quick"):
        bench.main()
