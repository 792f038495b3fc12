"""Several trials: pass^k and resampling against counting, and that trials differ while a repeated run does not."""

import json
from itertools import combinations

import pytest

from eval import replay
from eval.settings import Settings
from eval.trials import pass_at, pass_hat
from tests.conftest import ROOT


@pytest.mark.parametrize("successes", range(5))
@pytest.mark.parametrize("k", range(1, 5))
def test_both_are_what_drawing_k_of_the_trials_gives(successes, k):
    drawn = list(combinations([1] * successes + [0] * (4 - successes), k))
    assert pass_hat(4, successes, k) == pytest.approx(sum(map(all, drawn)) / len(drawn))
    assert pass_at(4, successes, k) == pytest.approx(sum(map(any, drawn)) / len(drawn))


def test_trials_draw_anew_and_the_base_run_twice_is_shown_as_noise(root, call):
    words = ("--config", ROOT / "recipes/eval/tiny.yaml", "--engine", "hf", "--max_tokens", "6", "--temperature", "1.0")
    done = call(replay.main, "checkpoints/soft", *words, "--trials", "3", "--noise-floor")
    assert done.code == 0, done.err
    assert "noise: base twice" in done.out and "in one of three fresh samples" in done.out and "in 3 trials" in done.out
    folder = root / "checkpoints/tiny-base/eval"
    texts = {}
    for name in ("offline-test-profile", "offline-test-profile-again"):
        for line in (folder / name / "episodes.jsonl").read_text().splitlines():
            episode = json.loads(line)
            texts[name, episode["id"]] = episode["rounds"][0]["exchanges"][0]["raw"]
    assert len(texts) == 2 * 9 * 3
    one = "u0000-00"
    drawn = {
        texts[name, one + end]
        for name in ("offline-test-profile", "offline-test-profile-again")
        for end in ("", "#1", "#2")
    }
    assert len(drawn) == 6, "each trial of each run must draw for itself"
    summary = json.loads((folder / "offline-test-profile/summary.json").read_text())
    assert summary["trials"]["trials"] == 3
    assert summary["bench"]["units"] == 27


def test_greedy_trials_are_refused(root, call):
    done = call(replay.main, "checkpoints/soft", "--config", ROOT / "recipes/eval/tiny.yaml", "--trials", "2")
    assert done.code == 2
    assert "need a temperature above 0" in done.err


def test_seeds_of_trials_follow_the_recipe():
    assert [Settings(seed=5).sampling(trial).seed for trial in range(3)] == [5, 6, 7]
