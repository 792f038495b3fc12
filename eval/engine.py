"""What replay asks of an engine: a way to ask each model for a reply, whoever computes it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from compass.format import Format
from compass.rollout import Complete
from eval.checkpoint import Model
from eval.settings import EngineKind, Settings


class Engine(Protocol):
    """Is entered before and left after use.

    `of` gives the door to one model; each trial draws anew. `faults` says how often which fault was met on the way to it,
    also those that another attempt made good.
    """

    def of(self, model: Model, trial: int = 0) -> Complete: ...

    def faults(self, model: Model) -> dict[str, int]: ...


def open_engine(
    kind: EngineKind,
    models: Sequence[Model],
    format: Format,
    tokenizer: str,
    settings: Settings,
    base_urls: Sequence[str],
) -> AbstractAsyncContextManager[Engine]:
    """An engine for models of one base.

    Args:
        kind: `hf` computes in this process, `vllm` asks a server: one of ours, or those at `base_urls`.
        models: The models that will be asked.
        format: Which template, style and thinking their prompts have.
        tokenizer: Folder or hub name of the tokenizer.
        settings: The evaluation recipe.
        base_urls: Servers that are already there.
    """
    if models[0].hosted:
        from eval.hosted import HostedEngine

        return HostedEngine(models, settings)
    if kind == "hf":
        from eval.engine_hf import HfEngine

        return HfEngine(models, format, tokenizer, settings)
    from eval.engine_vllm import VllmEngine

    return VllmEngine(models, format, settings, base_urls)


def default_engine(base_urls: Sequence[str]) -> EngineKind:
    """`vllm` where there is a CUDA device or a server was named, else `hf`."""
    import torch

    return "vllm" if base_urls or torch.cuda.is_available() else "hf"
