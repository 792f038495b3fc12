"""Batched decoding on top of a shared prefix: prefill once, then a token a step for the rows that are not done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from compass.endpoint import Sampling
from eval.shared_prefix import Layers, RowCache

_KEEP_SHARE = 0.75
"""Rows are moved together once no more than this share of them is still being written."""


@dataclass(frozen=True)
class Written:
    """New tokens of one row, the stopping token left out."""

    tokens: list[int]
    stopped: bool


@torch.inference_mode()
def read_prefix(model: Any, tokens: Sequence[int]) -> Layers:
    """Keys and values of tokens that many prompts begin with."""
    count = len(tokens)
    cache = RowCache(count)
    ids = torch.tensor([tokens], device=model.device)
    causal = torch.ones(count, count, dtype=torch.bool, device=model.device).tril()[None, None]
    _forward(model, ids, torch.arange(count, device=model.device)[None], causal, cache, None)
    return cache.as_prefix()


@torch.inference_mode()
def write(
    model: Any,
    prefix: Layers,
    endings: Sequence[Sequence[int]],
    stops: frozenset[int],
    sampling: Sampling,
    seeds: Sequence[int],
    closed: Callable[[], bool] = lambda: False,
) -> list[Written]:
    """Continues each prompt, in the order given.

    Args:
        model: A causal language model that was loaded with the shared-prefix attention.
        prefix: What all prompts begin with; at least one token.
        endings: The rest of each prompt, at least one token each.
        stops: Tokens that end a reply.
        sampling: Greedy at temperature 0.
        closed: Asked before each step; once true, what is written so far is returned.
        seeds: One for each prompt; draws depend on it alone, so that neighbours in a batch change nothing.
    """
    device, rows = model.device, len(endings)
    start, width = prefix[0][0].shape[1], max(map(len, endings))
    cache = RowCache(width + sampling.max_tokens)
    ids = torch.zeros(rows, width, dtype=torch.long)
    real = torch.zeros(rows, width + sampling.max_tokens, dtype=torch.bool)
    for row, ending in enumerate(endings):
        ids[row, width - len(ending) :] = torch.tensor(ending)
        real[row, width - len(ending) :] = True
    ids, real = ids.to(device), real.to(device)
    mask = torch.ones(width, width, dtype=torch.bool, device=device).tril() & real[:, None, None, :width]
    positions = start + (real[:, :width].cumsum(-1) - 1).clamp(min=0)
    logits = _forward(model, ids, positions, mask, cache, prefix)

    written: list[list[int]] = [[] for _ in endings]
    stopped = [False] * rows
    alive = list(range(rows))
    choose = _chooser(sampling, seeds)
    last = positions[:, -1:]
    for step in range(sampling.max_tokens):
        chosen = choose(logits, alive, step)
        going = _note(chosen, alive, written, stopped, stops)
        if not any(going) or step + 1 == sampling.max_tokens or closed():
            break
        ids, last = chosen[:, None], last + 1
        if sum(going) <= _KEEP_SHARE * len(alive):
            kept = torch.tensor([place for place, on in enumerate(going) if on], device=device)
            cache.keep(kept)
            ids, last, real = ids[kept], last[kept], real[kept]
            alive = [row for row, on in zip(alive, going) if on]
        logits = _forward(model, ids, last, real[:, None, None, : width + step + 1], cache, prefix)
    return [Written(tokens, stop) for tokens, stop in zip(written, stopped)]


def _note(
    chosen: torch.Tensor, alive: list[int], written: list[list[int]], stopped: list[bool], stops: frozenset[int]
) -> list[bool]:
    """Adds each row's new token; returns which of the rows go on."""
    for row, token in zip(alive, chosen.tolist()):
        if stopped[row]:
            continue  # done, but not moved out of the batch yet
        if token in stops:
            stopped[row] = True
        else:
            written[row].append(token)
    return [not stopped[row] for row in alive]


def _chooser(sampling: Sampling, seeds: Sequence[int]) -> Callable[[torch.Tensor, list[int], int], torch.Tensor]:
    """A function from (logits, rows, step) to the next token of each row."""
    if sampling.temperature == 0:
        return lambda logits, alive, step: logits.argmax(-1)

    def draw(logits: torch.Tensor, alive: list[int], step: int) -> torch.Tensor:
        ordered, places = (logits.float() / sampling.temperature).softmax(-1).sort(-1, descending=True)
        ordered[ordered.cumsum(-1) - ordered >= sampling.top_p] = 0
        picked = []
        for place, row in enumerate(alive):
            generator = torch.Generator().manual_seed(hash((seeds[row], step)) % 2**63)
            picked.append(places[place, torch.multinomial(ordered[place].cpu(), 1, generator=generator)])
        return torch.cat(picked).to(logits.device)

    return draw


def _forward(
    model: Any, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor, cache: RowCache, prefix: Layers | None
) -> torch.Tensor:
    """Logits of the last position, shape (rows, vocabulary)."""
    out = model(
        input_ids=ids,
        position_ids=positions,
        attention_mask=mask,
        past_key_values=cache,
        prefix=prefix,
        use_cache=True,
        logits_to_keep=1,
    )
    return out.logits[:, -1]
