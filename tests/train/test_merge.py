"""A merged model says what base and adapter say together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from compass.errors import UserError
from tests.train.conftest import make_model
from train import merge, record

ROOT = Path(__file__).parents[2]


@pytest.fixture
def adapter(tmp_path, tokenizer) -> Path:
    """An adapter checkpoint with its papers, on a base folder beside it."""
    base = make_model(tokenizer)
    base.save_pretrained(tmp_path / "base")
    base.name_or_path = str(tmp_path / "base")
    folder = tmp_path / "tuned"
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    get_peft_model(base, config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for paper in merge.COPIED:
        (folder / paper).write_text("{}")
    return folder


def test_merged_weights_give_the_adapters_logits(adapter, tmp_path):
    """A wrong scaling or a forgotten layer would serve another model than was evaluated."""
    output = tmp_path / "merged"
    merge.merge(adapter, output)
    merged = AutoModelForCausalLM.from_pretrained(output)
    assert merged.dtype == torch.bfloat16 and merged.config.tie_word_embeddings
    ids = torch.arange(40)[None]
    base = AutoModelForCausalLM.from_pretrained(tmp_path / "base", dtype=torch.float32)
    with torch.no_grad():
        plain = base(ids).logits.log_softmax(-1)
        wanted = PeftModel.from_pretrained(base, str(adapter))(ids).logits.log_softmax(-1)
        got = merged.float()(ids).logits.log_softmax(-1)
    apart = (got - wanted).abs().mean()
    assert apart < 0.05 * (plain - wanted).abs().mean(), "the adapter must be in it, up to rounding to bf16"
    made = AutoTokenizer.from_pretrained(output)
    assert made.chat_template == AutoTokenizer.from_pretrained(adapter).chat_template
    assert all((output / paper).exists() for paper in merge.COPIED)


def test_what_is_no_adapter_is_refused(adapter, tmp_path):
    """A typo in the folder, a base that has moved, an adapter for another base."""
    with pytest.raises(UserError, match=r"the adapter is missing.*no trained adapter"):
        merge.merge(tmp_path / "base", tmp_path / "out")
    config = json.loads((adapter / "adapter_config.json").read_text())
    (adapter / "adapter_config.json").write_text(
        json.dumps(config | {"base_model_name_or_path": str(tmp_path / "gone")})
    )
    with pytest.raises(UserError, match=r"gone.*not here"):
        merge.merge(adapter, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_adapter_for_another_base_is_refused(adapter, tmp_path, tokenizer):
    """The same name may be another model tomorrow."""
    from transformers import Qwen3ForCausalLM

    config = make_model(tokenizer).config
    config.intermediate_size = 64
    Qwen3ForCausalLM(config).save_pretrained(tmp_path / "base")
    with pytest.raises(UserError, match="their shapes differ"):
        merge.merge(adapter, tmp_path / "out")


def test_the_command_does_not_overwrite(adapter):
    """Exit status 2 and one sentence, before anything is loaded."""
    command = [sys.executable, "-m", "train.merge", str(adapter), "-o", str(adapter)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "is there already" in done.stderr and "Traceback" not in done.stderr


def test_a_base_made_anew_under_the_same_name_is_refused(adapter, tmp_path, tokenizer):
    """Same shapes, other weights: the merged model would be nobody's."""
    base = tmp_path / "base"
    (adapter / "run.json").write_text(json.dumps({"base": record.describe_base(str(base), None)}))
    merge.merge(adapter, tmp_path / "fits")
    make_model(tokenizer, seed=1).save_pretrained(base)
    with pytest.raises(UserError, match=r"another model than .*base holds now"):
        merge.merge(adapter, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_adapter_of_another_rank_than_it_says_is_refused(adapter, tmp_path):
    """Two runs' files in one folder."""
    config = json.loads((adapter / "adapter_config.json").read_text())
    (adapter / "adapter_config.json").write_text(json.dumps(config | {"r": 8}))
    with pytest.raises(UserError, match=r"their shapes differ.*lora_r"):
        merge.merge(adapter, tmp_path / "out")
