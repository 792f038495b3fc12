"""`format.json`: one tokenizer has one hash wherever it lies, and another one is refused by it."""

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from compass.errors import UserError
from compass.format import Format, tokenizer_sha
from eval import checkpoint
from tests.conftest import ROOT
from tests.eval import tiny as eval_tiny
from tests.train.conftest import run

SHIPPED = ROOT / "checkpoints" / "qwen3-tiny-base"


@pytest.mark.parametrize("name", ["tiny_tokenizer", "qwen_tokenizer"])
def test_saving_and_loading_keeps_the_hash(name, request, tmp_path):
    """Data, training and evaluation each load the tokenizer from another folder; a hash that moved would refuse all data."""
    tokenizer = request.getfixturevalue(name)
    tokenizer.save_pretrained(tmp_path / "once")
    once = AutoTokenizer.from_pretrained(tmp_path / "once")
    once.save_pretrained(tmp_path / "twice")
    twice = AutoTokenizer.from_pretrained(tmp_path / "twice")
    assert tokenizer_sha(tokenizer) == tokenizer_sha(once) == tokenizer_sha(twice)


def test_a_token_that_becomes_special_is_another_tokenizer(tmp_path):
    """Ids stay the same then, but `<tool_call>` is gone from everything the server returns."""
    definition = json.loads((SHIPPED / "tokenizer.json").read_text())
    flags = {token["content"]: token for token in definition["added_tokens"]}
    flags["<tool_call>"]["special"] = True
    for path in SHIPPED.glob("*.json*"):
        if path.name.startswith("tokenizer_config"):
            (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "tokenizer.json").write_text(json.dumps(definition))
    other = AutoTokenizer.from_pretrained(tmp_path)
    assert tokenizer_sha(other) != tokenizer_sha(AutoTokenizer.from_pretrained(SHIPPED))


def test_a_merge_more_is_another_tokenizer(tmp_path, tiny_tokenizer):
    """A base that was made anew has the name of the old one, and its own ids."""
    definition = json.loads((SHIPPED / "tokenizer.json").read_text())
    definition["model"]["merges"].pop()
    (tmp_path / "tokenizer.json").write_text(json.dumps(definition))
    (tmp_path / "tokenizer_config.json").write_text((SHIPPED / "tokenizer_config.json").read_text())
    assert tokenizer_sha(AutoTokenizer.from_pretrained(tmp_path)) != tokenizer_sha(tiny_tokenizer)


def test_training_refuses_data_of_another_tokenizer_and_names_both(workplace, qwen_tokenizer, tokenizer):
    """With the same chat template, nothing but the hash shows that the ids are others."""
    qwen_tokenizer.chat_template = tokenizer.chat_template
    Format.of(qwen_tokenizer, "Qwen/Qwen3-8B", None, "compact", False).save(Path("data/toy/format.json"))
    with pytest.raises(
        UserError, match=r"tokenizer_sha.*the tokenizer is that of base / Qwen/Qwen3-8B.*make data DATA="
    ):
        run()


def test_a_file_from_before_tokenizers_were_hashed_asks_for_new_data(workplace):
    """Old data may be anyone's: it is refused with what to do."""
    path = Path("data/toy/format.json")
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text()).items() if k != "tokenizer_sha"}))
    with pytest.raises(UserError, match=r"format\.json.*tokenizer_sha.*Make the data: make data DATA=recipes/data/toy"):
        run()


def test_evaluation_refuses_a_checkpoint_whose_tokenizer_was_swapped(tmp_path, monkeypatch, tiny_tokenizer):
    """The adapter would read other ids than it was trained on, and score badly without any error."""
    monkeypatch.chdir(eval_tiny.build(tmp_path, ("soft",)))
    contest = checkpoint.resolve([Path("checkpoints/soft")])
    checkpoint.check_format(contest)
    tiny_tokenizer.save_pretrained("checkpoints/soft")
    with pytest.raises(UserError, match=r"tokenizer_sha.*the tokenizer is that of tiny / checkpoints/soft"):
        checkpoint.check_format(contest)
