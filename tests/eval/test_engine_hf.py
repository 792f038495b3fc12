"""The in-process engine against plain transformers: same tokens, whatever shares a batch; adapters on and off."""

import asyncio
import os
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from compass import prompt
from compass.chat import render_prompt, request_messages
from compass.schema import Message
from eval import checkpoint
from eval.engine_hf import HfEngine
from eval.settings import Settings
from tests.eval.people import people

TOOLS = prompt.tools("profile", "compact")


def requests():
    """Four requests of two people, of rather different lengths."""
    texts = [message for user in people(2) for message in ((user, "Hello."), (user, "I could not sleep. " * 9))]
    return [
        request_messages(prompt.system(user, "profile", "compact"), [Message(role="user", content=text)])
        for user, text in texts
    ]


@pytest.fixture(scope="module")
def models(made):
    before = Path.cwd()
    os.chdir(made)  # checkpoints name their base relative to the repository
    yield checkpoint.resolve([made / "checkpoints" / name for name in ("soft", "strong")])
    os.chdir(before)


def ask(contest, chosen, settings, asked):
    async def go():
        async with HfEngine(contest.models, contest.format, contest.tokenizer, settings) as engine:
            complete = engine.of(chosen)
            return await asyncio.gather(*(complete(messages, TOOLS) for messages in asked))

    return asyncio.run(go())


def reference(made, name, messages, tokens):
    """What `generate` of a merged model writes for this request alone."""
    from peft import PeftModel

    words = AutoTokenizer.from_pretrained(made / "checkpoints" / "tiny-base")
    model = AutoModelForCausalLM.from_pretrained(made / "checkpoints" / "tiny-base", dtype=torch.float32)
    if name != "tiny-base":
        model = PeftModel.from_pretrained(model, made / "checkpoints" / name)
    ids = words(render_prompt(words, messages, TOOLS, False), return_tensors="pt", add_special_tokens=False)[
        "input_ids"
    ]
    out = model.generate(input_ids=ids, max_new_tokens=tokens, do_sample=False, eos_token_id=words.eos_token_id)
    return words.decode(out[0, ids.shape[1] :], skip_special_tokens=False).removesuffix("<|im_end|>")


def test_batches_with_a_shared_prefix_write_what_each_request_alone_gets(made, models):
    settings = Settings(max_tokens=16, batch_size=3)
    for model in models.models[:2]:
        answers = ask(models, model, settings, requests())
        expected = [reference(made, model.name, messages, 16) for messages in requests()]
        assert [answer.text for answer in answers] == expected, model.name
    assert all(answer.cached_tokens > 500 for answer in answers), "guide and schemas are read once"


def test_the_three_models_differ(models):
    """Would fail if adapters were never switched."""
    said = {model.name: ask(models, model, Settings(max_tokens=12), requests()[:1])[0].text for model in models.models}
    assert len(set(said.values())) == 3


def test_call_tags_survive_decoding(models):
    """A tokenizer that takes <tool_call> for a special token would lose it here."""
    engine = HfEngine(models.models, models.format, models.tokenizer, Settings())
    engine._tokenizer = AutoTokenizer.from_pretrained(models.tokenizer)
    text = '<tool_call>\n{"name": "strength_card", "arguments": {}}\n</tool_call>'
    tokens = engine._tokenizer(text)["input_ids"]
    assert engine.read(tokens) == text


def test_a_prompt_that_leaves_no_room_ends_with_a_typed_outcome(models):
    long = request_messages(("guide",), [Message(role="user", content="word " * 40_000)])
    (answer,) = ask(models, models.models[0], Settings(), [long])
    assert (answer.finish_reason, answer.text) == ("context", "")


def test_sampling_depends_on_the_seed_and_not_on_the_neighbours(models):
    base, hot = models.models[0], Settings(max_tokens=12, temperature=1.0)
    together = [answer.text for answer in ask(models, base, hot, requests())]
    alone = [ask(models, base, hot, [messages])[0].text for messages in requests()[:2]]
    assert together[:2] == alone
    other = ask(models, base, hot.model_copy(update={"seed": 1}), requests()[:1])[0].text
    assert other != alone[0]
