"""The benchmark's arithmetic and its arms, at a size of seconds."""

import pytest

from train import bench, bench_arm


@pytest.mark.parametrize(
    ("shape", "least"),
    [(bench.Shape("profile", 4, 5), 4.5), (bench.Shape("profile", 4, 15), 6), (bench.Shape("history", 4, 15), 10)],
)
def test_token_ratios_at_our_prompt_lengths(shape, least):
    """What the tree is for; a planner that mixes too much or too little falls below."""
    assert bench.token_ratio(shape)["ratio"] >= least


@pytest.mark.parametrize("arm", bench.ARMS)
def test_every_arm_trains_the_same_conversations(arm, monkeypatch):
    """An arm that trains on less than the others would look fast."""
    for name, tokens in {"GUIDE": 60, "PERSON": 30, "UTTERANCE": 6, "CALL": 5, "RESULT": 8, "REPLY": 7}.items():
        monkeypatch.setattr(bench, name, tokens)
    small = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
    }
    monkeypatch.setattr(bench_arm, "SMALL", bench.SMALL | small | {"num_hidden_layers": 1, "vocab_size": 200})
    figures = bench_arm.measure(arm, bench.Shape("profile", 1, 2), gpu=False)
    assert figures["tokens"] == (154 if arm == "tree" else 434)
    assert figures["seconds"] > 0 and figures["supervised/s"] > 0
