"""One arm of `train.bench`, in a process of its own: trains once over the conversations and prints its figures as JSON."""

import json
import resource
import sys
import tempfile
import time
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, PrinterCallback, Qwen3Config, TrainerCallback
from trl import SFTConfig, SFTTrainer

from compass import errors
from compass.errors import UserError
from train import attention, plan
from train.bench import SMALL, Shape, conversations
from train.collate import Part, TreeCollator
from train.estimate import QWEN3_8B, linear_sizes
from train.plan import Example, Settings
from train.prefix_tree import IGNORED
from train.trainer import TreeTrainer

TREE_TOKENS = 32_768


class Clock(TrainerCallback):
    """Times the last epoch; on CUDA the epoch before it has compiled the kernels."""

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.device.type == "cuda":
            torch.cuda.synchronize()
        self.began = time.perf_counter()

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.device.type == "cuda":
            torch.cuda.synchronize()
        self.seconds = time.perf_counter() - self.began


def main() -> None:
    """Reads the job from the command line."""
    job = json.loads(sys.argv[1])
    if job["gpu"] and not torch.cuda.is_available():
        raise UserError("--gpu needs a CUDA card and this machine has none: use --quick.")
    print(json.dumps(measure(job["arm"], Shape(**job["shape"]), job["gpu"])))


def measure(arm: str, shape: Shape, gpu: bool) -> dict[str, Any]:
    """Figures of one arm, a flat dict."""
    widths = QWEN3_8B if gpu else SMALL
    config = Qwen3Config(**widths)
    examples = conversations(shape, config.vocab_size)
    with tempfile.TemporaryDirectory() as folder:
        trainer, tokens = make_trainer(arm, config, examples, gpu, folder)
        trainer.remove_callback(PrinterCallback)
        clock = Clock()
        trainer.add_callback(clock)
        trainer.train()
    peak = torch.cuda.max_memory_allocated() if gpu else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    multiplied = 4 * config.num_hidden_layers * sum(a * b for a, b in linear_sizes(config)) * tokens
    return {
        "arm": arm,
        "setting": shape.setting,
        "people x situations": f"{shape.people} x {shape.situations}",
        "tokens": tokens,
        "seconds": round(clock.seconds, 2),
        "seconds/conversation": round(clock.seconds / len({example.trajectory for example in examples}), 3),
        "tokens/s": round(tokens / clock.seconds),
        "supervised/s": round(sum(example.branch.supervised for example in examples) / clock.seconds),
        "MFU %": round(100 * multiplied / clock.seconds / matmul_peak(gpu), 1),
        "peak GB": round(peak / 1e9, 1),
    }


def make_trainer(
    arm: str, config: Qwen3Config, examples: list[Example], gpu: bool, folder: str
) -> tuple[SFTTrainer, int]:
    """The arm's trainer on random weights, and how many tokens it computes in an epoch."""
    device = "cuda" if gpu else "cpu"
    implementation = attention.implementation(device) if arm == "tree" else "sdpa"
    dtype = torch.bfloat16 if gpu else torch.float32
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=implementation)
    common = {
        "model": model,
        "peft_config": LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
        "processing_class": tokenizer(config.vocab_size),
    }
    given = {
        "output_dir": folder, "num_train_epochs": 2 if gpu else 1, "bf16": gpu, "use_cpu": not gpu, "save_strategy": "no",
        "report_to": "none", "disable_tqdm": True, "gradient_checkpointing": gpu, "max_length": None, "optim": "adamw_torch",
    }  # fmt: skip
    if arm != "tree":
        packing = (
            {"packing": True, "max_length": TREE_TOKENS, "per_device_train_batch_size": 1} if arm == "trl-bfd" else {}
        )
        trainer = SFTTrainer(args=SFTConfig(**given | packing), train_dataset=rows(examples), **common)
        return trainer, sum(len(example.branch.input_ids) for example in examples)
    epochs = plan.make(examples, Settings("tree", TREE_TOKENS, 32, seed=0), epochs=2 if gpu else 1)
    tree = {
        "gradient_accumulation_steps": len(epochs[0].steps[0]), "per_device_train_batch_size": 1,
        "train_sampling_strategy": "sequential", "remove_unused_columns": False,
        "dataset_kwargs": {"skip_prepare_dataset": True},
    }  # fmt: skip
    collator = TreeCollator({"train": Part(examples, epochs)}, "tree", pad_to_multiple_of=128 if gpu else 1)
    return TreeTrainer(args=SFTConfig(**given | tree), collator=collator, **common), epochs[0].tokens_after


def rows(examples: list[Example]) -> Dataset:
    """Tokens and labels as TRL takes them."""
    made = []
    for example in examples:
        ids = example.branch.input_ids.tolist()
        ((start, end),) = example.branch.spans
        made.append({"input_ids": ids, "labels": [IGNORED] * start + ids[start:end]})
    return Dataset.from_list(made)


def tokenizer(size: int) -> PreTrainedTokenizerFast:
    """TRL asks for one; no text is ever tokenized."""
    from tokenizers import Tokenizer, models

    words = {"<pad>": 0, "<end>": 1, "<unk>": 2}
    core = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    return PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="<end>", model_max_length=size)


def matmul_peak(gpu: bool) -> float:
    """Floating-point operations a second of a large matrix product on this device, in the arm's precision."""
    size, repeats = (8192, 20) if gpu else (2048, 4)
    a = torch.randn(size, size, device="cuda" if gpu else "cpu", dtype=torch.bfloat16 if gpu else torch.float32)
    best = 0.0
    for _ in range(repeats):
        began = time.perf_counter()
        a @ a
        if gpu:
            torch.cuda.synchronize()
        best = max(best, 2 * size**3 / (time.perf_counter() - began))
    return best


if __name__ == "__main__":
    errors.run(main)
