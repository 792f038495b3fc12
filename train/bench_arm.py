"""One arm of `train.bench`, in a process of its own: trains once over the conversations and prints its figures as JSON."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, PrinterCallback, Qwen3Config, TrainerCallback
from trl import SFTConfig, SFTTrainer

from compass import errors
from train import attention, estimate, flops, plan, settings
from train.bench import SMALL, Shape, conversations
from train.collate import Part, TreeCollator
from train.estimate import QWEN3_8B
from train.plan import Example, Settings
from train.prefix_tree import IGNORED, Tree, build
from train.trainer import TreeTrainer

EPOCHS = {True: 2, False: 1}
"""By `gpu`, as below. On a card the first epoch compiles kernels and warms up; the last one is timed."""

TREE_TOKENS = {True: 32_768, False: 16_384}
KEPT_TOKENS = 12_288
BFD_TOKENS = {True: 20_480, False: 11_264}
"""Rows of TRL's packing. SDPA computes the whole square of a row, so longer ones would only make that arm slower."""

ROWS = {True: {"profile": 8, "history": 4}, False: {"profile": 1, "history": 1}}
"""Examples in a batch of the `trl` arm: TRL's default is 8, of which a card holds half at the length of histories, and a
laptop one. Fewer rows mean less padding, which favours that arm."""


class Clock(TrainerCallback):
    """Times the last epoch; on CUDA the epoch before it has compiled the kernels.

    Beside other work on the machine, time on the CPU compares better than time on the clock.
    """

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.device.type == "cuda":
            torch.cuda.synchronize()
        self.began, self.began_cpu = time.perf_counter(), time.process_time()

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.device.type == "cuda":
            torch.cuda.synchronize()
        self.seconds, self.cpu_seconds = time.perf_counter() - self.began, time.process_time() - self.began_cpu


def main() -> None:
    """Reads the job from the command line."""
    job = json.loads(sys.argv[1])
    print(json.dumps(measure(job["arm"], Shape(**job["shape"]), job["gpu"])))


class Work(NamedTuple):
    """What an arm computes in one epoch: tokens, pairs of a token and one it sees, and the tokens of the longest row."""

    tokens: int
    pairs: int
    longest: int


def measure(arm: str, shape: Shape, gpu: bool) -> dict[str, Any]:
    """Figures of one arm, a flat dict."""
    device, dtype = ("cuda", "bfloat16") if gpu else ("cpu", "float32")
    config = Qwen3Config(**(QWEN3_8B if gpu else SMALL))
    examples = conversations(shape, config.vocab_size)
    with tempfile.TemporaryDirectory() as folder:
        trainer, work = make_trainer(arm, config, examples, shape, gpu, folder)
        trainer.remove_callback(PrinterCallback)
        clock = Clock()
        trainer.add_callback(clock)
        trainer.train()
    peak = torch.cuda.max_memory_allocated() if gpu else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    matmul = flops.matmul_peak(device, dtype)
    linear, seen = flops.per_token(config) * work.tokens, flops.of_attention(config, work.pairs)
    return {
        "arm": arm,
        "setting": shape.setting,
        "people x situations": f"{shape.people} x {shape.situations}",
        "rows": trainer.args.per_device_train_batch_size,
        "tokens": work.tokens,
        "seconds": round(clock.seconds, 2),
        **({} if gpu else {"CPU seconds": round(clock.cpu_seconds, 2)}),
        "seconds a conversation": round(clock.seconds / len({example.trajectory for example in examples}), 3),
        "tokens/s": round(work.tokens / clock.seconds),
        "supervised/s": round(sum(example.branch.supervised for example in examples) / clock.seconds, 1),
        "MFU %": round(100 * linear / clock.seconds / matmul, 1),
        "with attention %": round(100 * (linear + seen) / clock.seconds / matmul, 1),
        "peak GB": round(peak / 1e9, 1),
        **({"estimate GB": estimated(arm, work.longest)} if gpu and arm.startswith("tree") else {}),
        "matmul TFLOP/s": round(matmul / 1e12, 3),
    }


def estimated(arm: str, longest: int) -> float:
    """What `train.estimate` says of the 8B recipe for trees of that size; its runtime share lies outside the allocator."""
    as_here = ("--lora_dropout", "0.0", "--gradient_checkpointing", str(arm != "tree-kept").lower())
    chosen = settings.load(Path("recipes/qwen3_8b_lora.yaml"), as_here)
    return round((estimate.estimate(chosen, longest).total - estimate.RUNTIME_BYTES) / 1e9, 1)


def make_trainer(
    arm: str, config: Qwen3Config, examples: list[Example], shape: Shape, gpu: bool, folder: str
) -> tuple[SFTTrainer, Work]:
    """The arm's trainer on random weights, and the work of an epoch."""
    device = "cuda" if gpu else "cpu"
    implementation = attention.implementation(device) if arm.startswith("tree") else "sdpa"
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(
            config, dtype=torch.bfloat16 if gpu else torch.float32, attn_implementation=implementation
        )
    common = {
        "model": model,
        "peft_config": LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
        "processing_class": tokenizer(config.vocab_size),
    }
    given = {
        "output_dir": folder, "num_train_epochs": EPOCHS[gpu], "bf16": gpu, "use_cpu": not gpu, "save_strategy": "no",
        "report_to": "none", "disable_tqdm": True, "gradient_checkpointing": gpu and arm != "tree-kept", "max_length": None,
        "optim": "adamw_torch",
    }  # fmt: skip
    budget = KEPT_TOKENS if arm == "tree-kept" else TREE_TOKENS[gpu]
    if not arm.startswith("tree"):
        given["per_device_train_batch_size"] = 1 if arm == "trl-bfd" else ROWS[gpu][shape.setting]
        packing = {"packing": True, "max_length": BFD_TOKENS[gpu]} if arm == "trl-bfd" else {}
        trainer = SFTTrainer(args=SFTConfig(**given | packing), train_dataset=rows(examples), **common)
        return trainer, work_of([build([example.branch]) for example in examples])
    epochs = plan.make(examples, Settings("tree", budget, 32, seed=0), epochs=EPOCHS[gpu])
    tree = {
        "gradient_accumulation_steps": len(epochs[0].steps[0]), "per_device_train_batch_size": 1,
        "train_sampling_strategy": "sequential", "remove_unused_columns": False,
        "dataset_kwargs": {"skip_prepare_dataset": True},
    }  # fmt: skip
    collator = TreeCollator(
        {"train": Part(examples, epochs)}, "tree", pad_to_multiple_of=attention.FLEX_BLOCK if gpu else 1
    )
    trees = [build([examples[i].branch for i in members]) for members in epochs[-1].trees if members]
    return TreeTrainer(args=SFTConfig(**given | tree), collator=collator, **common), work_of(trees)


def work_of(trees: list[Tree]) -> Work:
    """Sums over rows; a token sees as many as its depth, itself included."""
    sizes = [len(tree.input_ids) for tree in trees]
    return Work(sum(sizes), sum(int((tree.position_ids + 1).sum()) for tree in trees), max(sizes))


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


if __name__ == "__main__":
    errors.run(main)
