"""A small data set made once through the command that people type, and a tokenizer folder to make it with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compass.schema import Trajectory, User

ROOT = Path(__file__).parent.parent.parent
RECIPE = """
teacher: offline
seed: 5
tokenizer: {tokenizer}
prompt_style: compact
people: {{train: 9, val: 2, test: 3}}
situations_per_person: 6
settings: [profile, history, direct]
history_rounds: 4
pairs: true
"""


def make(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Runs `python -m data_prep.make` from the repository root."""
    command = [sys.executable, "-m", "data_prep.make", *map(str, arguments)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, **options)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def tokenizer_folder(qwen_tokenizer, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    qwen_tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def recipe_file(tokenizer_folder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "small.yaml"
    path.write_text(RECIPE.format(tokenizer=tokenizer_folder))
    return path


@pytest.fixture(scope="session")
def data(recipe_file, tmp_path_factory) -> Path:
    """The folder of a small data set."""
    out = tmp_path_factory.mktemp("data") / "small"
    ran = make("--recipe", recipe_file, "--out", out)
    assert ran.returncode == 0, ran.stderr
    return out


@pytest.fixture(scope="session")
def users(data) -> dict[str, User]:
    people = [User.model_validate(each) for path in sorted((data / "bench").iterdir()) for each in lines(path)]
    return {user.id: user for user in people}


@pytest.fixture(scope="session")
def trajectories(data) -> list[Trajectory]:
    return [
        Trajectory.model_validate(each)
        for setting in ("profile", "history", "direct")
        for each in lines(data / "trajectories" / f"{setting}.jsonl")
    ]
