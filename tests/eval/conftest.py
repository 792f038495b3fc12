"""A root folder with a tiny base, two checkpoints and the test people of their data, made once."""

import shutil
from pathlib import Path

import pytest

from compass import jsonl
from tests.eval import tiny
from tests.eval.people import people


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Matrices this small are slower on several threads, and much slower where other work shares the machine."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    root = tiny.build(tmp_path_factory.mktemp("root"))
    jsonl.write(root / "data" / "offline" / "bench" / "test.jsonl", people(3))
    return root


@pytest.fixture
def root(made, tmp_path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "root"))
