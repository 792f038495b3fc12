"""Kills runs at random moments and compares what they leave.

The measure is a run that nobody disturbed. After every kill the journals must still hold every item that they held
before; at the end nothing may be lost, nothing there twice, every file byte for byte the same, and no temporary file
left.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from compass.errors import UserError
from data_prep.data_recipe import DataRecipe, People, load_tokenizer
from data_prep.make import make

TOKENIZER = "checkpoints/qwen3-tiny-base"
STEPS = ("people", "trajectories")


def kill_often(kills: int) -> Counter[str]:
    """Kills so many times; returns where the kills fell and how many runs were finished and compared.

    Raises:
        AssertionError: Something was lost, doubled or different.
    """
    load_tokenizer(TOKENIZER, None)  # imports what children would import one by one
    chance, fell = random.Random(1), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        whole, out = Path(folder) / "whole", Path(folder) / "killed"
        begin = time.perf_counter()
        _finish(_start(whole))
        longest = time.perf_counter() - begin
        expected, known = _files(whole), _keys(out)
        while fell["kills"] < kills:
            if _killed(_start(out), chance.uniform(0, longest)):
                fell["kills"] += 1
                fell[f"while {_step(out, expected)}"] += 1
                known = _still_there(known, _keys(out))
            else:
                _compare(out, expected)
                fell["finished"] += 1
                shutil.rmtree(out)
                known = _keys(out)
        _finish(_start(out))
        _compare(out, expected)
        fell["finished"] += 1
    return fell


def _start(out: Path) -> int:
    """A child that makes the data; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - the child ends with it
        make(DataRecipe(people=People(train=10, val=2, test=2), situations_per_person=6, history_rounds=4,
                        tokenizer=TOKENIZER, prompt_style="compact"), out)  # fmt: skip
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(1)
    os._exit(0)


def _killed(child: int, after: float) -> bool:
    """Kills the child after so many seconds; False if it had finished by then."""
    deadline = time.monotonic() + after
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, "a run that nobody killed failed"
            return False
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def _finish(child: int) -> None:
    if os.waitpid(child, 0)[1]:
        raise UserError("the undisturbed run failed; see above.")


def _files(out: Path) -> dict[str, bytes]:
    """Every file under `out`, temporary ones too."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def _keys(out: Path) -> dict[str, list[str]]:
    """Finished items by step, as the journals hold them; a line that a kill cut short is no item."""
    found: dict[str, list[str]] = {}
    for step in STEPS:
        path = out / "journal" / f"{step}.jsonl"
        whole = path.read_bytes().split(b"\n")[1:-1] if path.exists() else []
        found[step] = [json.loads(line)["key"] for line in whole]
    return found


def _still_there(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    for step in STEPS:
        assert after[step][: len(before[step])] == before[step], f"finished {step} were lost"
        assert len(set(after[step])) == len(after[step]), f"{step} were made twice"
    return after


def _step(out: Path, expected: dict[str, bytes]) -> str:
    """What the run was doing when it was killed."""
    people, trajectories = (sum(f"journal/{step}.jsonl" == name and (out / name).exists()
                                and (out / name).read_bytes() == content for name, content in expected.items())
                            for step in STEPS)  # fmt: skip
    return "writing files" if trajectories else "making trajectories" if people else "making people"


def _compare(out: Path, expected: dict[str, bytes]) -> None:
    made = _files(out)
    different = [name for name in expected.keys() | made.keys() if made.get(name) != expected.get(name)]
    assert not different, f"after kills these files differ: {', '.join(sorted(different))}"
