"""The table of log-probabilities: what it compares, when it calls a difference one, what it refuses."""

from pathlib import Path

import numpy as np
import pytest

from compass.completion import read_logprob
from compass.endpoint import InfrastructureError
from compass.errors import UserError
from eval import checkpoint, logprobs

ADAPTED = np.array([-1.0, -2.0, -0.5, -3.0])


def found(**other: np.ndarray) -> dict[str, np.ndarray]:
    same = dict.fromkeys(logprobs.PLACES, ADAPTED) | {logprobs.BASE: ADAPTED - 0.4}
    return same | {name.replace("_", " "): scores for name, scores in other.items()}


def test_a_place_that_lost_the_adapter_does_not_agree():
    """A server that ignores the adapter answers with the base: that is what the table is for."""
    report = logprobs.compare(found())
    assert report["agree"] and report["adapter_changes"] == pytest.approx(0.4)
    lost = logprobs.compare(found(adapter_in_vLLM=ADAPTED - 0.4))
    assert not lost["agree"]
    assert lost["mean_absolute_difference"]["adapter in vLLM"]["adapter in PEFT"] == pytest.approx(0.4)
    rounded = logprobs.compare(found(merged_in_transformers=ADAPTED + 0.01))
    assert rounded["agree"] and rounded["largest_difference"]["merged in transformers"] == pytest.approx(0.01)


def test_differences_do_not_cancel():
    """Errors of both signs would average to nothing."""
    report = logprobs.compare(found(merged_in_vLLM=ADAPTED + np.array([0.2, -0.2, 0.2, -0.2])))
    assert report["mean_absolute_difference"]["merged in vLLM"]["adapter in PEFT"] == pytest.approx(0.2)
    assert not report["agree"]


def test_what_a_server_says_of_another_token_does_not_count():
    """A server that ignores `allowed_token_ids` answers with the likeliest token and its probability."""
    raw = b'{"choices": [{"token_ids": [7], "logprobs": {"token_logprobs": [-0.5]}}]}'
    assert read_logprob(7, raw, "url", 0.0) == -0.5
    for token, body in ((8, raw), (7, b'{"choices": [{"token_ids": [7], "logprobs": null}]}')):
        with pytest.raises(InfrastructureError):
            read_logprob(token, body, "url", 0.0)


def test_a_merged_model_that_is_not_this_adapters_is_refused(root, monkeypatch):
    """An old merge beside a new adapter would be blamed on the server."""
    monkeypatch.chdir(root)
    contest = checkpoint.resolve([Path("checkpoints/soft")])
    merged = Path("checkpoints/soft-merged")
    with pytest.raises(UserError, match=r"no merged model.*make merge CKPT=checkpoints/soft"):
        logprobs.check(contest, merged)
    merged.mkdir()
    (merged / "config.json").write_text("{}")
    (merged / "run.json").write_text('{"another": "run"}')
    with pytest.raises(UserError, match=r"not merged from checkpoints/soft as it is now"):
        logprobs.check(contest, merged)
