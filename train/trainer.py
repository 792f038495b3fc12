"""TRL's `SFTTrainer` on prefix trees: the mask, the loss of a whole step, and a check that branches stay apart."""

import time
from typing import Any, NamedTuple

import numpy as np
import torch
from datasets import Dataset
from peft import PeftModel
from transformers import TrainerCallback
from trl import SFTTrainer

from compass.errors import UserError
from train import flops
from train.attention import mask_for
from train.collate import TreeCollator, padded
from train.prefix_tree import IGNORED, Branch, build

SAME = 1e-4
"""Logits that differ by less, as a share of the largest, are the same."""


class Scored(NamedTuple):
    """What the supervised tokens of one tree add up to; scalars."""

    negative_log_likelihood: torch.Tensor
    correct: torch.Tensor
    supervised: torch.Tensor


class TreeTrainer(SFTTrainer):
    """Trains on the trees of a `TreeCollator`.

    The loss of an optimizer step is the sum over its supervised tokens divided by their number over all trees,
    accumulation steps and processes, so it does not depend on how the step was packed.
    """

    def __init__(self, *, collator: TreeCollator, **kwargs: Any) -> None:
        super().__init__(
            data_collator=collator,
            train_dataset=Dataset.from_list(collator.rows("train")),
            eval_dataset=Dataset.from_list(collator.rows("val")) if "val" in collator.parts else None,
            **kwargs,
        )
        self.collator = collator
        self._since_log = torch.zeros(
            3, dtype=torch.float64, device=self.args.device
        )  # correct, supervised, all tokens
        self._logged_at = time.monotonic()
        self._peak = 0.0
        self.add_callback(_PlanFollower(self))

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """The loss this tree adds to its step; in evaluation, scaled so that the mean over trees is that over tokens."""
        if return_outputs:
            raise ValueError("logits are never built for a whole tree, so there are no outputs to return")
        scored = score(model, inputs, fused_head=self.args.device.type == "cuda")
        if not self.model.training:
            return scored.negative_log_likelihood / self._validation_tokens_a_tree()
        tokens = torch.tensor(inputs["input_ids"].numel(), device=scored.correct.device)
        self._since_log += torch.stack([scored.correct, scored.supervised, tokens])
        items = scored.supervised if num_items_in_batch is None else num_items_in_batch
        # DDP averages gradients over processes, and `items` already counts the tokens of all of them.
        processes = 1 if num_items_in_batch is None else self.accelerator.num_processes
        return scored.negative_log_likelihood * processes / torch.as_tensor(items).clamp(min=1)

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        loss = super().training_step(*args, **kwargs)
        if not torch.isfinite(loss):
            raise UserError(
                f"the loss became {loss.item()} in step {self.state.global_step + 1}: lower learning_rate (now "
                f"{self.args.learning_rate}) or raise warmup_steps; what was saved before stays."
            )
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "loss" in logs:
            correct, supervised, tokens = self.accelerator.reduce(self._since_log, reduction="sum").tolist()
            seconds = time.monotonic() - self._logged_at
            logs["mean_token_accuracy"] = correct / max(1, supervised)
            logs["tokens_per_second"] = tokens / seconds
            logs["supervised_tokens_per_second"] = supervised / seconds
            logs["mfu"] = self.flops_per_token * tokens / seconds / (self._peak * self.accelerator.num_processes)
            self._since_log.zero_()
            self._logged_at = time.monotonic()
        super().log(logs, start_time)

    @property
    def flops_per_token(self) -> int:
        """Operations the gradient of one token needs."""
        return flops.per_token(self.model.config, all_weights=not isinstance(self.model, PeftModel))

    def measure_peak(self) -> None:
        """Finds out what this device can do at most, for the MFU."""
        self._peak = flops.matmul_peak(self.args.device.type, "bfloat16" if self.args.bf16 else "float32")

    def check_branches_stay_apart(self) -> None:
        """Runs one small tree three times, a token of a branch or of the trunk changed, as it is wrapped for training.

        Raises:
            UserError: A change in one branch moved the other's logits, or one in the trunk did not move both.
        """
        trunk = np.arange(1, 9)
        left, right = np.append(trunk, [11, 12, 13, 14]), np.append(trunk, [21, 22, 23, 24])
        tree = padded(build([Branch(left), Branch(right)]), self.collator.pad_to_multiple_of)
        as_it_is = torch.from_numpy(tree.input_ids)
        changed = [as_it_is.clone().masked_fill_(as_it_is == token, 31) for token in (left[-4], trunk[2])]
        with torch.no_grad():
            self.model.eval()
            logits = [_logits(self.model_wrapped, ids, tree, self.args.device) for ids in (as_it_is, *changed)]
            self.model.train()
        in_branch, in_trunk = ((one - logits[0]).abs().amax(dim=-1) / logits[0].abs().max() for one in logits[1:])
        if (
            in_branch[12:16].max() > SAME
            or min(in_branch[8:12].max(), in_trunk[8:12].max(), in_trunk[12:16].max()) <= SAME
        ):
            raise UserError(
                f"attention backend {self.model.config._attn_implementation} does not keep the branches of a tree apart and "
                f"joined to their trunk (a change in one branch moved the other by {in_branch[12:16].max():.1e}, one in the trunk "
                f"moved them by {in_trunk[8:12].max():.1e} and {in_trunk[12:16].max():.1e}): set packing: none."
            )

    def _validation_tokens_a_tree(self) -> float:
        part = self.collator.parts["val"]
        return sum(example.branch.supervised for example in part.examples) / len(part.epochs[0].trees)


class _PlanFollower(TrainerCallback):
    """Turns the plan's page at each epoch, and checks isolation once the model is wrapped."""

    def __init__(self, trainer: TreeTrainer) -> None:
        self.trainer = trainer

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.trainer.check_branches_stay_apart()
        self.trainer.measure_peak()

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == self.trainer._globalstep_last_logged:  # what lies before a step is not training time
            self.trainer._logged_at = time.monotonic()

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        steps = len(self.trainer.collator.parts["train"].epochs[0].steps)
        self.trainer.collator.epoch = state.global_step // steps


def score(model: torch.nn.Module, inputs: dict[str, torch.Tensor], fused_head: bool = False) -> Scored:
    """Runs one tree forward and scores its supervised tokens; logits are built for no other token.

    Args:
        inputs: A `TreeCollator` batch on the model's device.
        fused_head: Uses TRL's head, which works in tiles: the logits of 5 000 tokens of Qwen3 at once would take 3 GB.
            It is slow without Triton. The model must have been given that head, as `SFTTrainer` does.
    """
    targets = inputs["labels"][0, 1:]
    rows = (targets != IGNORED).nonzero()[:, 0]
    kept = {"input_ids": inputs["input_ids"], "position_ids": inputs["position_ids"]}
    kept |= {"attention_mask": mask_for(inputs["subtree_end"]), "use_cache": False}
    supervised = targets.ne(IGNORED).sum()
    if fused_head:
        outputs = model(**kept, labels=inputs["labels"], fused_lm_head=True)
        # Sharded models hand out bfloat16, in which a sum of thousands has three digits.
        return Scored(-outputs.log_probs.sum(dtype=torch.float32), outputs.is_top1.sum(), supervised)
    logits = model(**kept, logits_to_keep=rows).logits[0].float()
    loss = torch.nn.functional.cross_entropy(logits, targets[rows], reduction="sum")
    return Scored(loss, (logits.argmax(dim=-1) == targets[rows]).sum(), supervised)


def _logits(model: torch.nn.Module, ids: torch.Tensor, tree: Any, device: torch.device) -> torch.Tensor:
    """Logits of every token of a tree; shape (n, vocabulary)."""
    ends, positions = (torch.from_numpy(x)[None].to(device) for x in (tree.subtree_end, tree.position_ids))
    mask = mask_for(ends)
    outputs = model(input_ids=ids[None].to(device), position_ids=positions, attention_mask=mask, use_cache=False)
    return outputs.logits[0].float()
