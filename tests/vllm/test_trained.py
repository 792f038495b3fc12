"""What training saved is what a server serves: an adapter from the front door, in PEFT, merged, and in vLLM."""

import json
import sys
from pathlib import Path

import pytest

from eval import logprobs
from tests.conftest import ROOT
from tests.train.conftest import make_model, run, tokenizer, workplace  # noqa: F401  two are fixtures
from tests.vllm.need import need_vllm
from train import merge

pytestmark = pytest.mark.vllm


@pytest.fixture
def with_server(workplace, monkeypatch):  # noqa: F811
    """The workplace, where vLLM is found although it is not the repository's root."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COMPASS_SERVE_PYTHON", need_vllm())
    monkeypatch.chdir(workplace)
    return workplace


def test_a_trained_adapter_says_the_same_in_peft_merged_and_in_vllm(with_server, tokenizer, monkeypatch, capsys):  # noqa: F811
    """A server that leaves out a layer, scales the adapter otherwise, or reads other tokens serves another model."""
    make_model(tokenizer, head_dim=32).save_pretrained("base")  # the narrowest head that vLLM computes
    run()
    merge.merge(Path("checkpoints/toy"), Path("checkpoints/toy-merged"))
    monkeypatch.setattr(sys, "argv", ["logprobs", "checkpoints/toy", "--examples", "4"])
    assert logprobs.main() == 0, capsys.readouterr().out
    report = json.loads(Path("checkpoints/toy/eval/logprobs.json").read_text())
    apart = report["mean_absolute_difference"]
    assert report["adapter_changes"] > 0.1, "an adapter that changes nothing cannot be missed"
    assert apart["adapter in PEFT"]["adapter in vLLM"] < 1e-4, "the same weights in the same precision"
    assert apart["merged in transformers"]["merged in vLLM"] < 1e-4
    assert apart["adapter in PEFT"]["merged in vLLM"] < 0.05 * report["adapter_changes"], "bf16 rounds once"
