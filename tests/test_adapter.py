"""An adapter that does not belong on the base, or that vLLM cannot take, is found before a server is started."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from compass.errors import UserError
from eval.adapter import check_adapter
from tests.fake_adapter import write_adapter


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base with the one layer that `write_adapter` adapts."""
    folder = tmp_path / "base"
    folder.mkdir()
    save_file({"model.layers.0.q_proj.weight": np.zeros((16, 32))}, folder / "model.safetensors")
    return folder


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_model_name_or_path": "Qwen/Qwen3-8B"}, "adapter for Qwen/Qwen3-8B"),
        ({"base_model_name_or_path": None}, "adapter for None"),
        ({"modules_to_save": ["lm_head"]}, "lm_head"),
        ({"use_dora": True}, "DoRA"),
        ({"peft_type": "IA3"}, "LoRA"),
        ({"r": 1024}, "1024"),
        ({"r": "16"}, "16"),
    ],
)
def test_an_adapter_that_vllm_would_refuse_is_refused_before_the_start(
    changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """vLLM says so after a minute or more, in a traceback; with another base it may even answer, and wrongly."""
    with pytest.raises(UserError, match=words):
        check_adapter(write_adapter(tmp_path / "tuned", **changes), "checkpoints/base")


def test_a_folder_without_an_adapter_is_named(base: Path, tmp_path: Path) -> None:
    """The usual slip: a wrong path, or the base's where the adapter's belongs."""
    with pytest.raises(UserError, match=r"adapter_config\.json is missing"):
        check_adapter(base, str(base))
    broken = write_adapter(tmp_path / "broken")
    (broken / "adapter_config.json").write_text("{")
    with pytest.raises(UserError, match="not valid JSON"):
        check_adapter(broken, str(base))
    (write_adapter(tmp_path / "empty") / "adapter_model.safetensors").unlink()
    with pytest.raises(UserError, match="safetensors"):
        check_adapter(tmp_path / "empty", str(base))


def test_an_adapter_of_another_shape_is_refused(base: Path, tmp_path: Path) -> None:
    """A tiny base made anew with other sizes keeps its name; vLLM then serves the old adapter without a complaint."""
    assert check_adapter(write_adapter(tmp_path / "fits"), str(base)) == 8
    with pytest.raises(UserError, match=r"24 wide at model\.layers\.0\.q_proj, and the base has 32"):
        check_adapter(write_adapter(tmp_path / "narrow", width=24), str(base))
    save_file({"model.layers.0.k_proj.weight": np.zeros((16, 32))}, base / "model.safetensors")
    with pytest.raises(UserError, match="has no such layer"):
        check_adapter(write_adapter(tmp_path / "fits"), str(base))


def test_broken_weights_are_named(base: Path, tmp_path: Path) -> None:
    """A copy that was cut off; the library's own error does not say which file it was."""
    (base / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(UserError, match=r"base/model\.safetensors cannot be read"):
        check_adapter(write_adapter(tmp_path / "fits"), str(base))
