"""A tiny random Qwen3 with a throw-away byte-level tokenizer, and SFT lines to train it on."""

import json
from pathlib import Path

import pytest
import yaml

from compass.format import Format
from train import settings, sft

WORDS = "the a dog cat sings plays jazz music walks home reads book finds song calls app tool name arguments query"


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory):
    """Qwen3's added tokens with Qwen3's flags on a byte-level BPE of a few hundred tokens."""
    import trl
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    core.train_from_iterator([WORDS] * 3, trainer)
    for text in ("<|endoftext|>", "<|im_start|>", "<|im_end|>"):
        core.add_special_tokens([AddedToken(text, special=True, normalized=False)])
    for text in ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"):
        core.add_tokens([AddedToken(text, special=False, normalized=False)])
    made = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    made.chat_template = (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text()
    return made


def make_model(tokenizer, seed: int = 0, tied: bool = True, attention: str = "tree_sdpa", head_dim: int = 8):
    """Two layers with grouped-query attention."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    import train.attention  # noqa: F401  registers tree_sdpa

    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=head_dim, max_position_embeddings=512, tie_word_embeddings=tied,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, attn_implementation=attention,
        initializer_range=0.2,
    )  # fmt: skip
    return Qwen3ForCausalLM(config)


def sft_lines(people: int, situations: int) -> list[dict]:
    """Two supervised turns a situation, prompts shared as in our data."""
    lines = []
    for person in range(people):
        for situation in range(situations):
            prompt = (
                f"<|im_start|>system\nthe app finds a song<|im_end|>\n<|im_start|>system\nperson {person} reads"
                f"<|im_end|>\n<|im_start|>user\nsong {situation} please<|im_end|>\n<|im_start|>assistant\n"
            )
            call = f'<tool_call>\n{{"name": "song", "arguments": {{"query": "{person * 7 + situation}"}}}}\n</tool_call><|im_end|>'
            after = f"{call}\n<|im_start|>user\n<tool_response>\njazz {situation}\n</tool_response><|im_end|>\n<|im_start|>assistant\n"
            for turn, (text, answer) in enumerate(
                [(prompt, call), (prompt + after, f"jazz {situation} sings<|im_end|>")]
            ):
                lines.append({
                    "id": f"t{person}-{situation}#{turn}", "trajectory_id": f"t{person}-{situation}", "user_id": f"u{person}",
                    "situation_id": f"u{person}-{situation}", "setting": "profile", "turn": turn,
                    "kind": "reply" if turn else "call", "scene": None, "likes": [], "dislikes": [],
                    "prompt": text, "completion": answer,
                })  # fmt: skip
    return lines


def write_lines(path: Path, lines: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


RECIPE = {
    "model_name_or_path": "base", "data": "recipes/data/toy.yaml", "use_peft": True, "lora_r": 4,
    "lora_target_modules": ["all-linear"], "lora_dropout": 0.0, "learning_rate": "2e-2", "num_train_epochs": 2, "use_cpu": True,
    "bf16": False, "gradient_checkpointing": False, "trajectories_per_step": 4, "tree_tokens": 600, "logging_steps": 1,
    "lr_scheduler_type": "constant", "save_strategy": "no", "report_to": "none", "seed": 3,
}  # fmt: skip


@pytest.fixture
def workplace(tmp_path, monkeypatch, tokenizer):
    """A folder with base model, data and a recipe, as the repository root has them."""
    monkeypatch.chdir(tmp_path)
    make_model(tokenizer).save_pretrained("base")
    tokenizer.save_pretrained("base")
    write_lines(Path("data/toy/sft/train.jsonl"), sft_lines(4, 3))
    held_out = [line | {"user_id": f"v{line['user_id']}", "id": f"v{line['id']}"} for line in sft_lines(2, 1)]
    write_lines(Path("data/toy/sft/val.jsonl"), held_out)
    Format.of(tokenizer, "base", None, "compact", False).save(Path("data/toy/format.json"))
    Path("recipes/data").mkdir(parents=True)
    Path("recipes/data/toy.yaml").write_text("{}")
    Path("recipes/toy.yaml").write_text(yaml.safe_dump(RECIPE))
    return tmp_path


def run(*overrides: str) -> None:
    sft.train(settings.load(Path("recipes/toy.yaml"), overrides))
