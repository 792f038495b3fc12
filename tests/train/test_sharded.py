"""Sharded training, as the accelerate files set it up for several cards, on two CPU processes with gloo."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.conftest import ROOT
from tests.train.conftest import run, workplace  # noqa: F401  a fixture

LIKE_CARDS = """
import os, runpy, sys
from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import DistributedType
from transformers import TrainerCallback
from train import run

def told_that_these_are_cards(self, *args, begin=AcceleratorState.__init__, **kwargs):
    if os.environ.get("ACCELERATE_USE_FSDP") and not AcceleratorState._shared_state:
        PartialState(cpu=True, backend="gloo").distributed_type = DistributedType.MULTI_GPU
    begin(self, *args, **kwargs)

class Dies(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 5:
            os.kill(os.getpid(), 9)

def fit(trainer, state, fit=run.fit):
    assert trainer.accelerator.distributed_type == kind
    if state is None:
        trainer.add_callback(Dies())
    return fit(trainer, state)

AcceleratorState.__init__ = told_that_these_are_cards
run.fit = fit
kind = sys.argv.pop(1)
runpy.run_module("train.sft", run_name="__main__", alter_sys=True)
"""
needs_deepspeed = pytest.mark.skipif(
    find_spec("deepspeed") is None, reason="needs DeepSpeed: pip install -e '.[zero3]'"
)


def launch(file: str, kind: str) -> subprocess.CompletedProcess:
    command = [
        sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(ROOT / "recipes/accelerate" / file),
        "--num_processes", "2", "--mixed_precision", "no", "--main_process_port", "0", "like_cards.py", kind,
        "--config", "recipes/toy.yaml", "--output_dir", "checkpoints/two", "--tree_tokens", "300", "--score_prompts", "2",
        "--save_strategy", "steps", "--save_steps", "2", "--ddp_backend", "gloo",
    ]  # fmt: skip
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # DeepSpeed builds with the ninja there
    here = {
        "PYTHONPATH": str(ROOT), "PATH": beside, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "DS_ACCELERATOR": "cpu",
    }  # fmt: skip
    return subprocess.run(command, env=os.environ | here, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize(
    ("file", "kind"),
    [("fsdp2.yaml", "FSDP"), pytest.param("zero3.yaml", "DEEPSPEED", marks=needs_deepspeed)],
)
def test_shards_train_the_weights_of_one_process_even_if_killed(workplace, file, kind):  # noqa: F811
    """Every way in which a model in pieces differs: its mask, its generated calls, its saved state, the finished adapter."""
    run("--output_dir", "checkpoints/one", "--tree_tokens", "300")
    Path("like_cards.py").write_text(LIKE_CARDS)
    died = launch(file, kind)
    assert died.returncode != 0 and "step 4/6" in died.stdout, died.stderr[-3000:]
    finished = launch(file, kind)
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert "going on from checkpoints/.two.run/checkpoint-4" in finished.stdout
    assert "held-out calls: call_valid" in finished.stdout
    one, two = (load_file(f"checkpoints/{name}/adapter_model.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    for name in one:
        assert (one[name] - two[name]).norm() <= 1e-5 * one[name].norm(), name
    papers = [json.loads(Path(f"checkpoints/{name}/run.json").read_text()) for name in ("one", "two")]
    assert papers[0]["trainable_parameters"] == papers[1]["trainable_parameters"]
