"""What a person steers by while a model trains: tokens a second, MFU, time left."""

import json
from pathlib import Path
from types import SimpleNamespace

from transformers import Qwen3Config

from tests.train.conftest import run
from train import flops
from train.estimate import QWEN3_8B, parameters
from train.progress import ProgressBar


def test_operations_of_qwen3_8b_are_those_of_its_weights():
    """4 a frozen parameter and token: the published 12.3 k tokens/s at 402 TFLOP/s come from 4 x 8.2e9."""
    config = Qwen3Config(**QWEN3_8B)
    ends = 2 * config.vocab_size * config.hidden_size
    assert abs(flops.per_token(config) / 4 / (parameters(config) - ends) - 1) < 1e-3
    assert flops.per_token(config, all_weights=True) == 1.5 * flops.per_token(config)
    causal = 4096 * 4097 // 2
    share = flops.of_attention(config, causal) / (4096 * flops.per_token(config))
    assert 0.1 < share < 0.2, "at 4 k tokens attention is about an eighth on top"


def test_the_peak_is_measured_without_touching_the_runs_random_numbers():
    """A run that drew other dropout masks after the measurement would not be the run before it."""
    import torch

    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    peak = flops.matmul_peak("cpu", "float32")
    assert torch.equal(torch.rand(3), wanted)
    assert 1e8 < peak < 1e14


def test_a_run_logs_speed_and_says_it_with_the_time_left(workplace, capsys):
    """Without a terminal a line a log is all that a person has of a night's run."""
    run()
    log = [entry for entry in json.loads(Path("checkpoints/toy/run.json").read_text())["log"] if "loss" in entry]
    for entry in log:
        assert 0 < entry["supervised_tokens_per_second"] < entry["tokens_per_second"]
        assert 0 < entry["mfu"] < 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("step ")]
    assert any("tokens/s" in line and "supervised/s" in line and "MFU" in line for line in lines)
    assert lines[-1].endswith("0:00:00 left") or "validation" in lines[-1]


def test_time_left_counts_from_where_the_run_was_taken_up(monkeypatch):
    """After a resume at step 900 of 1000, the first seconds must not promise the end."""
    now = [50.0]
    monkeypatch.setattr("train.progress.time.monotonic", lambda: now[0])
    bar = ProgressBar()
    bar.on_step_begin(None, SimpleNamespace(global_step=900), None)
    now[0] = 70.0
    assert bar.time_left(910, 1000).total_seconds() == 180
