"""The benchmark of evaluation measures what it says: whole replays, and what prompts share."""

import pytest

from eval import bench
from eval.bench_vllm import shared_tokens


def test_a_small_run_through_the_free_server_is_a_whole_replay(tmp_path):
    with bench.free_server() as url:
        found = bench.replay_once(20, url)
    assert found["episodes"] == 20 and found["seconds"] > 0
    assert found["peak_mb"] >= found["ready_mb"] > 0


def test_people_have_as_many_situations_as_episodes_are_wanted():
    counts = [len(user.situations) for user in bench.bench_people(32)]
    assert counts == [15, 15, 2]


def test_a_missed_bound_is_a_miss():
    slow = {"episodes": 1000, "seconds": 100.0, "ready_mb": 80.0, "peak_mb": 100.0}
    fast = {"episodes": 10_000, "seconds": 100.0, "ready_mb": 80.0, "peak_mb": 200.0}
    assert [good for _, good in bench.verdicts([slow])] == [False]
    assert [good for _, good in bench.verdicts([slow, fast])] == [True, False]


@pytest.mark.parametrize(
    ("prompts", "shared"),
    [
        ([[1, 2, 3], [1, 2, 4], [1, 5]], 3),
        ([[1, 2, 3], [1, 2, 3]], 3),
        ([[1, 2], [1, 2, 3], [1, 2, 3, 4]], 5),
        ([[1], [2], [3]], 0),
    ],
)
def test_shared_tokens_are_those_a_prefix_tree_saves(prompts, shared):
    assert shared_tokens(prompts) == shared
