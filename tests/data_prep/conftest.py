"""A small data set made once through the command that people type, and a tokenizer folder to make it with."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from compass.chat import ADDED_TOKENS, SPECIAL_TOKENS
from compass.schema import Trajectory, User
from tests.conftest import stock_template

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
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


@pytest.fixture(scope="session")
def tokenizer():
    """A byte-level tokenizer of a few hundred tokens with Qwen3's added tokens and stock template: loads in no time."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(["a kind word"], trainers.BpeTrainer(initial_alphabet=alphabet, show_progress=False))
    core.add_tokens([AddedToken(token, special=token in SPECIAL_TOKENS, normalized=False) for token in ADDED_TOKENS])
    made = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    made.chat_template = stock_template()
    return made


@pytest.fixture(scope="session")
def tokenizer_folder(tokenizer, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def recipe_file(tokenizer_folder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "small.yaml"
    path.write_text(RECIPE.format(tokenizer=tokenizer_folder))
    return path


@pytest.fixture(scope="session")
def people_recipe(recipe_file) -> Path:
    """The same without a tokenizer: no examples, and no import of transformers."""
    path = recipe_file.parent / "people.yaml"
    path.write_text(re.sub("tokenizer: .*", "", recipe_file.read_text()))
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


@pytest.fixture
def page(data, recipe_file, tmp_path):
    """The review page of a copy of the small data set."""
    from tests.data_prep.reviewing import serving

    shutil.copytree(data, tmp_path / "small")
    with serving(recipe_file, tmp_path / "small") as page:
        yield page
