"""The apps from the shell."""

import json
import subprocess
import sys

from compass.tools import names, schemas


def shell(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "compass.tools", *words], capture_output=True, text=True, check=False)


def test_list_names_all() -> None:
    lines = shell().stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(names())


def test_schema_is_printed() -> None:
    assert json.loads(shell("schema", "strength_card").stdout) == schemas("full")[-1]


def test_unknown_name_is_told_without_traceback() -> None:
    run = shell("schema", "strenght_card")
    assert (run.returncode, run.stdout) == (2, "") and "strength_card" in run.stderr and "Traceback" not in run.stderr


def test_calls_and_refusals_have_their_status() -> None:
    fine = shell("call", "music_recommendation", '{"keywords": ["calm"]}')
    assert fine.returncode == 0 and json.loads(fine.stdout)["songs"]
    refused = shell("call", "music_recommendation", "{}")
    assert refused.returncode == 1 and json.loads(refused.stdout)["error"] == "schema"
    late = shell("call", "music_recommendation", "{}", "--at", "yesterday")
    assert late.returncode == 2 and "ISO time" in late.stderr
