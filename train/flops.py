"""Operations a training step needs, and how many the device does: MFU.

MFU (model FLOPs utilization) counts what the gradient needs and nothing else: recomputed activations, padding and the
dequantization of 4-bit weights are not work done. LoRA needs 4 operations for each frozen parameter and token: 2 forward, 2
for the gradient of its input; its own matrices are some hundredths of that and are left out, and so is the output head,
which runs on supervised tokens only. Training all weights needs 2 more for their gradient.
"""

import time
from typing import Any

FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT = 2, 2, 2


def linear_sizes(config: Any) -> list[tuple[int, int]]:
    """(inputs, outputs) of the linear layers of one decoder layer."""
    h, i = config.hidden_size, config.intermediate_size
    q, kv = config.num_attention_heads * config.head_dim, config.num_key_value_heads * config.head_dim
    return [(h, q), (h, kv), (h, kv), (q, h), (h, i), (h, i), (i, h)]


def per_token(config: Any, all_weights: bool = False) -> int:
    """Operations of the linear layers for one token, forward and backward."""
    each = FORWARD + INPUT_GRADIENT + (WEIGHT_GRADIENT if all_weights else 0)
    return each * config.num_hidden_layers * sum(a * b for a, b in linear_sizes(config))


def of_attention(config: Any, pairs: int) -> int:
    """Operations of attention for `pairs` of a query and a key it sees, in all layers and heads, forward and backward.

    A pair takes two products of a head's width forward (score, value) and four backward.
    """
    return (2 + 4) * 2 * config.num_hidden_layers * config.num_attention_heads * config.head_dim * pairs


def matmul_peak(device: str, dtype: str) -> float:
    """Operations a second of the fastest of some large matrix products; takes tenths of a second.

    Args:
        device: `cuda` or `cpu`.
        dtype: What torch calls it, `bfloat16` or `float32`.
    """
    import torch

    size, repeats = (8192, 20) if device == "cuda" else (768, 5)
    own = torch.Generator(device).manual_seed(0)  # the global one belongs to the training run
    a = torch.randn(size, size, device=device, generator=own).to(getattr(torch, dtype))
    fastest = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        a @ a
        if device == "cuda":
            torch.cuda.synchronize()
        fastest = min(fastest, time.perf_counter() - began)
    return 2 * size**3 / fastest
