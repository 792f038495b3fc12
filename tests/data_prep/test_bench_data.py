"""The benchmark of data making measures what it says: equal tokens, and kills after which nothing is lost."""

import os
import re
import subprocess
import sys

from tests.data_prep.conftest import ROOT


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, "-m", "data_prep.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180)


def test_both_ways_to_tokens_agree_on_real_qwen_tokens():
    ran = bench("conversion", "--people", "1")
    assert "ok     tokens of both ways: the same" in ran.stdout, ran.stdout + ran.stderr
    assert re.search(r"conversion: [\d.]+ times as fast .* tokens: ", ran.stdout)


def test_kills_lose_nothing():
    ran = bench("kills", "--kills", "2")
    assert ran.returncode == 0 and "kills without a loss: 2 (" in ran.stdout, ran.stdout + ran.stderr


def test_a_figure_that_does_not_exist_is_refused():
    ran = bench("speeed")
    assert ran.returncode == 2 and "conversion" in ran.stderr and "Traceback" not in ran.stderr
