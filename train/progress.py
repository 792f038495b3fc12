"""What a person sees while a model trains: one bar, or one line at each log where there is no terminal."""

import time
from datetime import timedelta
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from transformers import TrainerCallback


class ProgressBar(TrainerCallback):
    """Steps, loss, tokens a second, MFU and time left; used as a context so that errors leave the terminal clean."""

    def __init__(self) -> None:
        self.began: tuple[float, int] | None = None  # time and step at which this process took up the run
        self.console = Console()
        self.bar = Progress(
            TextColumn("train"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("train", total=None, figures="")

    def __enter__(self) -> "ProgressBar":
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.began = self.began or (time.monotonic(), state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.is_world_process_zero:
            self.bar.update(self.task, completed=state.global_step, total=state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any) -> None:
        if not state.is_world_process_zero or not logs:
            return
        if "eval_loss" in logs:
            self.console.print(f"step {state.global_step}: validation loss {logs['eval_loss']:.4f}", highlight=False)
        if "eval_call_valid" in logs:
            shares = "  ".join(
                f"{name.removeprefix('eval_')} {value:.0%}" for name, value in logs.items() if name[:5] == "eval_"
            )
            self.console.print(f"step {state.global_step}: held-out calls: {shares}", highlight=False)
        if "loss" in logs:
            figures = (
                f"loss {logs['loss']:.4f}  {logs['tokens_per_second']:,.0f} tokens/s  "
                f"{logs['supervised_tokens_per_second']:,.0f} supervised/s  MFU {logs['mfu']:.0%}  "
                f"{self.time_left(state.global_step, state.max_steps)} left"
            )
            self.bar.update(self.task, figures=figures)
            if not self.console.is_terminal:
                print(f"step {state.global_step}/{state.max_steps}  {figures}", flush=True)

    def time_left(self, step: int, steps: int) -> timedelta:
        """At the pace so far, validation and saving included; whole seconds."""
        since, first = self.began or (time.monotonic(), step)
        return timedelta(seconds=round((time.monotonic() - since) / max(1, step - first) * (steps - step)))
