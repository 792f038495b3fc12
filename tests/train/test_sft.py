"""Training through its front door on a tiny random Qwen3: what is written, what is refused, and going on after a kill."""

import json
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from compass.errors import UserError
from tests.train.conftest import run
from train import settings

torch.set_num_threads(1)
ROOT = Path(__file__).parents[2]


KILL = """
import os, train.trainer as t
from compass import errors
from train import sft
from transformers import TrainerCallback
class Kill(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if {condition}: os.kill(os.getpid(), 9)
init = t.TreeTrainer.__init__
def patched(self, **kwargs):
    init(self, **kwargs)
    self.add_callback(Kill())
t.TreeTrainer.__init__ = patched
errors.run(sft.main)
"""
"""Trains as `train.sft` does, and dies without warning."""


def adapter(name: str) -> dict[str, torch.Tensor]:
    return load_file(Path("checkpoints") / name / "adapter_model.safetensors")


def test_a_run_leaves_a_whole_checkpoint(workplace, capsys):
    """A missing paper or a half-written folder is found out only when someone evaluates it."""
    run()
    folder = Path("checkpoints/toy")
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja", "README.md",
        "format.json", "run.json",
    }  # fmt: skip
    assert [path.name for path in Path("checkpoints").iterdir()] == ["toy"], "the run folder must be gone"
    assert not [name for name in names if name.endswith((".bin", ".pt", ".pth"))], "a pickle runs what it holds"
    recorded = json.loads((folder / "run.json").read_text())
    assert recorded["recipe"]["learning_rate"] == 2e-2
    assert recorded["data"]["train"]["people"] == 4 and len(recorded["data"]["train"]["sha256"]) == 64
    first, *_, last = [entry["loss"] for entry in recorded["log"] if "loss" in entry]
    assert last < 0.8 * first, "two epochs on a toy must lower the loss"
    assert recorded["metrics"]["eval_loss"] > 0
    assert (folder / "format.json").read_text() == Path("data/toy/format.json").read_text()
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["modules_to_save"] is None and "lm_head" not in config["target_modules"]
    card = (folder / "README.md").read_text()
    for words in (
        "| learning_rate | 0.02 |",
        "| lora_r | 4 |",
        "4 invented people",
        "| eval_loss |",
        "116 123",
        "no diagnosis",
    ):
        assert words in card, words
    assert "times fewer" in capsys.readouterr().out


def test_packed_and_unpacked_runs_end_in_the_same_weights(workplace):
    """Packing is a matter of speed only: same steps, same gradients, same adapter."""
    for packing in ("tree", "bfd", "none"):
        run("--packing", packing, "--output_dir", f"checkpoints/{packing}", "--optim", "sgd")
    wanted = adapter("none")
    for packing in ("tree", "bfd"):
        for name, tensor in adapter(packing).items():
            assert (tensor - wanted[name]).norm() <= 1e-5 * wanted[name].norm(), (packing, name)


def test_a_killed_run_goes_on_to_the_same_bits(workplace):
    """A run that cannot go on exactly is a day lost on every preemption."""
    run("--output_dir", "checkpoints/straight", "--lora_dropout", "0.1")
    flags = (
        "--output_dir",
        "checkpoints/killed",
        "--lora_dropout",
        "0.1",
        "--save_strategy",
        "steps",
        "--save_steps",
        "2",
    )
    Path("killed.py").write_text(KILL.format(condition="state.global_step == 5"))
    command = [sys.executable, "killed.py", "--config", "recipes/toy.yaml", *flags]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.returncode == -9, done.stderr[-2000:]
    assert not Path("checkpoints/killed").exists()
    with pytest.raises(UserError, match=r"differs in recipe.*--overwrite true"):
        run(*flags, "--learning_rate", "1e-3")
    run(*flags)
    straight, killed = adapter("straight"), adapter("killed")
    assert all(torch.equal(straight[name], killed[name]) for name in straight)


def test_a_run_that_is_told_to_stop_says_how_to_go_on(workplace):
    """Schedulers send SIGTERM when time is up; a traceback out of a kernel would look like a bug of ours."""
    Path("stopped.py").write_text(
        KILL.format(condition="state.global_step == 5").replace("getpid(), 9", "getpid(), 15")
    )
    command = [sys.executable, "stopped.py", "--config", "recipes/toy.yaml"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr[-2000:]
    assert "told to stop (SIGTERM)" in done.stderr and "checkpoints/.toy.run stays" in done.stderr


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def launch(*flags: str) -> subprocess.CompletedProcess:
    """Two processes under `accelerate launch`, as in the accelerate files but on the CPU."""
    command = [
        sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1",
        "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0", *flags, "--config", "recipes/toy.yaml",
        "--ddp_backend", "gloo", "--output_dir", "checkpoints/two", "--optim", "sgd", "--tree_tokens", "300",
        "--save_strategy", "steps", "--save_steps", "2",
    ]  # fmt: skip
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=240)


def test_two_processes_train_the_weights_of_one_even_if_one_is_killed(workplace):
    """Wrong scaling across ranks trains with another learning rate than the recipe says; a node may go at any time."""
    run("--output_dir", "checkpoints/one", "--optim", "sgd", "--tree_tokens", "300")
    Path("killed.py").write_text(KILL.format(condition="state.global_step == 5 and os.environ['RANK'] == '1'"))
    died = launch("killed.py")
    assert died.returncode != 0 and "exitcode  : -9" in died.stderr, died.stderr[-3000:]
    assert "What was saved in checkpoints/.two.run stays: the same command goes on" in died.stderr, died.stderr[-3000:]
    assert not Path("checkpoints/two").exists()
    launched = launch("-m", "train.sft")
    assert launched.returncode == 0, launched.stderr[-3000:]
    assert "going on from checkpoints/.two.run/checkpoint-4" in launched.stdout
    assert json.loads(Path("checkpoints/two/run.json").read_text())["processes"] == 2
    one, two = adapter("one"), adapter("two")
    for name in one:
        assert (one[name] - two[name]).norm() <= 1e-5 * one[name].norm(), name


def test_a_disk_that_fills_up_is_named_and_loses_nothing(workplace, monkeypatch):
    """Libraries that write weights say `unexpected pos 576 vs 534`; the last whole state must still be there."""
    flags = ("--save_strategy", "steps", "--save_steps", "2", "--save_total_limit", "1")
    run("--output_dir", "checkpoints/straight")
    save, usage = torch.save, namedtuple("usage", "total used free")

    def full(what, path, *args, **kwargs):
        if "checkpoint-4" not in str(path):
            return save(what, path, *args, **kwargs)
        Path(path).write_bytes(b"half")
        monkeypatch.setattr("shutil.disk_usage", lambda folder: usage(10**9, 10**9, 0))
        raise RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534")

    with monkeypatch.context() as patched:
        patched.setattr("torch.save", full)
        with pytest.raises(UserError, match=r"the disk is full.*unexpected pos.*\.toy\.run stays.*goes on from there"):
            run(*flags)
    monkeypatch.undo()
    monkeypatch.chdir(workplace)
    run(*flags)
    straight, toy = adapter("straight"), adapter("toy")
    assert all(torch.equal(straight[name], toy[name]) for name in straight)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("--learning_rate", "1e30"), r"the loss became .* lower learning_rate"),
        (("--warmup_steps", "99", "--max_steps", "1", "--lr_scheduler_type", "linear"), r"lora_B matrices are zero"),
    ],
)
def test_a_run_that_went_wrong_leaves_no_checkpoint(workplace, overrides, message):
    """A folder that looks finished would be evaluated, served, passed on."""
    with pytest.raises(UserError, match=message):
        run(*overrides)
    assert not Path("checkpoints/toy").exists()


def test_data_for_another_template_is_refused(workplace, tokenizer):
    """A model trained on one format and served in another loses calls without any error."""
    path = Path("data/toy/format.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"chat_template_sha": "0" * 16}))
    with pytest.raises(UserError, match=r"chat_template_sha"):
        run()


def test_unknown_keys_and_contradictions_come_all_at_once(workplace):
    """One problem a run costs a person one run a problem."""
    with pytest.raises(UserError) as caught:
        run("--learning_rat", "1", "--tree_tokens", "many")
    assert "2 problems" in str(caught.value) and "Did you mean 'learning_rate'?" in str(caught.value)
    with pytest.raises(UserError) as caught:
        run("--max_length", "1024", "--lora_target_modules", "[lm_head]", "--bf16", "true")
    assert "3 problems" in str(caught.value) and "never cut" in str(caught.value)


def test_exit_status_and_no_traceback_from_the_command_line(workplace):
    """The command itself, not only the functions below it."""
    done = subprocess.run(
        [sys.executable, "-m", "train.sft", "--config", "recipes/missing.yaml"],
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and done.stderr.startswith("error: ") and "Traceback" not in done.stderr


def test_no_is_a_word_for_strategies(workplace):
    """YAML reads `no` as false; TRL's users write `eval_strategy: no`."""
    assert settings.load(Path("recipes/toy.yaml"), ("--eval_strategy", "no")).sft["eval_strategy"] == "no"


def test_all_weights_can_be_trained_too(workplace):
    """Without an adapter the checkpoint is a whole model, which transformers must load."""
    from transformers import AutoModelForCausalLM

    run("--use_peft", "false", "--learning_rate", "1e-2")
    first, *_, last = [
        e["loss"] for e in json.loads(Path("checkpoints/toy/run.json").read_text())["log"] if "loss" in e
    ]
    assert last < 0.8 * first
    trained, base = (AutoModelForCausalLM.from_pretrained(name) for name in ("checkpoints/toy", "base"))
    assert not torch.equal(trained.model.embed_tokens.weight, base.model.embed_tokens.weight)
