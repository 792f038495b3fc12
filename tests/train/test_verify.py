"""A finished adapter is checked before it gets its name; each kind of damage is found."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig

from compass.errors import UserError
from tests.train.conftest import run
from train.verify import verify_adapter

LAYER = "base_model.model.model.layers.1.mlp.up_proj"


def damage(change) -> None:
    path = Path("checkpoints/toy/adapter_model.safetensors")
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t[f"{LAYER}.lora_B.weight"].zero_(), r"1 of 14 lora_B matrices are zero"),
        (lambda t: t[f"{LAYER}.lora_A.weight"].fill_(float("nan")), r"up_proj\.lora_A\.weight is not finite"),
        (lambda t: t.pop(f"{LAYER}.lora_A.weight"), r"up_proj\.lora_A.* is missing"),
        (lambda t: t.update({f"{LAYER}.other.lora_A.weight": torch.ones(4, 32)}), r"other\.lora_A.* is nowhere in the model"),
        (lambda t: t.update({f"{LAYER}.lora_A.weight": torch.ones(2, 32)}), r"another shape than its configuration"),
    ],
)  # fmt: skip
def test_a_damaged_adapter_is_refused(workplace, change, message):
    """Some of these PEFT loads with a warning, and serves a half-trained model."""
    run()
    config = AutoConfig.from_pretrained("base")
    verify_adapter(Path("checkpoints/toy"), config)
    damage(change)
    with pytest.raises(UserError, match=message):
        verify_adapter(Path("checkpoints/toy"), config)


def test_a_run_does_not_publish_an_adapter_that_does_not_load(workplace, monkeypatch):
    """The check must stand in the run itself, before the folder has its name."""
    monkeypatch.setattr("train.verify._problem_in_peft", lambda *given: "it is broken")
    with pytest.raises(UserError, match="does not load in PEFT: it is broken"):
        run()
    assert not Path("checkpoints/toy").exists()
