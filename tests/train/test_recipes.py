"""Every recipe that is checked in loads: a typo in one would be found on a GPU node otherwise."""

from pathlib import Path

import pytest
import yaml

from train import settings

ROOT = Path(__file__).parents[2]
TRAINING = sorted((ROOT / "recipes").glob("*.yaml"))
ACCELERATE = sorted((ROOT / "recipes" / "accelerate").glob("**/*.yaml"))


def test_there_are_recipes():
    """An empty glob would make the tests below pass without looking at anything."""
    assert len(TRAINING) >= 3 and len(ACCELERATE) == 6


@pytest.mark.parametrize("path", TRAINING, ids=lambda path: path.stem)
def test_training_recipes_load_and_say_their_command(path, monkeypatch):
    """The first line is what a person copies; the rest must pass the checks of a real run."""
    monkeypatch.chdir(ROOT)
    chosen = settings.load(path.relative_to(ROOT))
    assert path.read_text().startswith(f"# make sft RECIPE=recipes/{path.name}")
    assert chosen.model["use_peft"] and chosen.model["lora_target_modules"] == ["all-linear"]
    if chosen.model_name.startswith("Qwen/"):
        assert len(chosen.model["model_revision"]) == 40, "a branch name is not a pinned revision"


def test_the_8b_recipe_holds_the_published_settings(monkeypatch):
    """These numbers are what results are compared under."""
    monkeypatch.chdir(ROOT)
    chosen = settings.load(Path("recipes/qwen3_8b_lora.yaml"))
    assert (chosen.model["lora_r"], chosen.model["lora_alpha"]) == (16, 32)
    assert (chosen.sft["learning_rate"], chosen.sft["num_train_epochs"]) == (1e-4, 3)
    assert (chosen.ours.trajectories_per_step, chosen.ours.tree_tokens) == (32, 32768)
    assert chosen.sft["bf16"] and chosen.sft["gradient_checkpointing"]


@pytest.mark.parametrize("path", ACCELERATE, ids=lambda path: path.stem)
def test_accelerate_files_load(path):
    """accelerate refuses unknown keys only when the job has already been given its nodes."""
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(path))
    assert path.read_text().startswith(f"# accelerate launch --config_file recipes/accelerate/{path.name} -m train.sft")
    assert config.num_machines == (2 if "2nodes" in path.stem else 1)
    assert config.num_processes == 8 * config.num_machines
    keys = yaml.safe_load(path.read_text()).keys()
    assert ("fsdp_config" in keys) == ("fsdp2" in path.stem) and ("deepspeed_config" in keys) == ("zero3" in path.stem)
