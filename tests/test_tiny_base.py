"""The shipped tiny base: a real Qwen3 with Qwen3's added tokens, small enough to ship, and without a tool call in it."""

import json
from pathlib import Path

import pytest
import torch

from compass import prompt
from compass.chat import ADDED_TOKENS, SPECIAL_TOKENS, parse_reply, render_prompt, request_messages
from compass.schema import Message
from tests.conftest import stock_template

BASE = Path(__file__).parent.parent / "checkpoints" / "qwen3-tiny-base"


def test_it_is_small_and_safe_to_load():
    files = {path.name: path.stat().st_size for path in BASE.iterdir() if path.is_file()}
    assert "model.safetensors" in files and not any(name.endswith((".bin", ".pt", ".py")) for name in files)
    assert sum(files.values()) < 10 * 2**20, f"too heavy to ship: {files}"
    config = json.loads((BASE / "config.json").read_text())
    assert config["architectures"] == ["Qwen3ForCausalLM"] and "auto_map" not in config


def test_added_tokens_carry_qwens_flags(tiny_tokenizer):
    flags = {token.content: token.special for token in tiny_tokenizer.added_tokens_decoder.values()}
    assert flags == {token: token in SPECIAL_TOKENS for token in ADDED_TOKENS}
    shown = tiny_tokenizer.decode(tiny_tokenizer("<tool_call>x</tool_call>")["input_ids"], skip_special_tokens=True)
    assert shown == "<tool_call>x</tool_call>", "a tokenizer that marks call tags special loses calls from served text"
    assert tiny_tokenizer.eos_token == "<|im_end|>" and tiny_tokenizer.pad_token == "<|endoftext|>"


def test_its_template_is_the_stock_one(tiny_tokenizer):
    assert tiny_tokenizer.chat_template == stock_template()


@pytest.fixture(scope="module")
def base():
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32).eval()


def test_it_has_one_to_three_million_parameters(base):
    assert 1e6 <= base.num_parameters() <= 3e6


def test_the_base_never_calls_a_tool(base, tiny_tokenizer):
    messages = [
        Message(
            role="user", content=prompt.round_text("2026-03-14T18:20", "My boss shouted at me in front of everybody.")
        )
    ]
    person = "Person: Ada Reed, 36, female, nurse.\nFor work: likes strength_card, role_play, music_recommendation"
    request = request_messages((prompt.guide("profile", "compact"), person), messages)
    text = render_prompt(tiny_tokenizer, request, prompt.tools("profile", "compact"), enable_thinking=False)
    ids = tiny_tokenizer(text, return_tensors="pt", add_special_tokens=False)
    out = base.generate(**ids, max_new_tokens=60, do_sample=False)
    reply = parse_reply(tiny_tokenizer.decode(out[0, ids["input_ids"].shape[1] :]))
    assert reply.attempted == 0, "base against tuned would not show what tuning does"
    assert reply.content, "the base should at least say something"
