"""What autograd keeps for the backward pass of a decoder layer, added up while one runs."""

from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AttentionInterface, AutoModelForCausalLM
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

KEEPS_ONLY = "keeps_only"


class _Attention(torch.autograd.Function):
    """Keeps what a fused attention kernel keeps: inputs, output and one number a head and token."""

    @staticmethod
    def forward(ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        output = torch.empty_like(query)
        ctx.save_for_backward(query, key, value, output, query.new_empty(query.shape[:3], dtype=torch.float32))
        return output

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        query, key, value, *_ = ctx.saved_tensors
        return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)


def _attention_forward(
    module: torch.nn.Module, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: Any, **kwargs: Any
) -> tuple[torch.Tensor, None]:
    return _Attention.apply(query, key, value).transpose(1, 2), None


def kept_bytes(config: Any, layers: int, tokens: int, dtype: str, rank: int, dropout: float) -> int:
    """Bytes kept between forward and backward by `layers` decoder layers; parameters do not count.

    Args:
        config: The model's shape. A model narrower by the number of key-value heads is run: what a layer keeps grows
            with its widths, and only with them.
        tokens: Length of the row.
        dtype: `bfloat16` runs under autocast, as a bf16 run does.
        rank: LoRA on all linear layers; 0 trains all weights.
        dropout: LoRA's.
    """
    AttentionInterface.register(KEEPS_ONLY, _attention_forward)
    AttentionMaskInterface.register(KEEPS_ONLY, sdpa_mask)
    narrower = config.num_key_value_heads
    widths = ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads")
    narrow = {name: max(1, getattr(config, name) // narrower) for name in widths}
    given = config.to_dict() | narrow | {"num_hidden_layers": layers, "layer_types": None, "vocab_size": 8}
    width = getattr(torch, dtype)
    model = AutoModelForCausalLM.from_config(type(config)(**given), dtype=width, attn_implementation=KEEPS_ONLY)
    if rank:
        adapter = LoraConfig(r=max(1, rank // narrower), lora_dropout=dropout, target_modules="all-linear")
        model = get_peft_model(model, adapter)
    model.train()
    model.get_input_embeddings().register_forward_hook(lambda module, args, output: output.requires_grad_())
    own = {parameter.data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    row = torch.zeros(1, tokens, dtype=torch.long)
    autocast = torch.autocast("cpu", dtype=width, enabled=dtype == "bfloat16")
    with autocast, torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(input_ids=row, position_ids=row, attention_mask={"full_attention": None}, use_cache=False)
    return sum(kept.values()) * narrower
