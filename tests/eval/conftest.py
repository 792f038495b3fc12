"""A root folder with a tiny base, two checkpoints and the test people of their data, made once."""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from compass import errors, jsonl
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


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def call(root, monkeypatch, capsys):
    """Runs an entry point in this process (importing torch takes seconds) from the root folder."""

    def run(main, *words):
        monkeypatch.chdir(root)
        monkeypatch.setattr(sys, "argv", ["program", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            errors.run(main)
        return Done(end.value.code, *capsys.readouterr())

    return run
