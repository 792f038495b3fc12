"""Checks a finished adapter: it has learned, and PEFT loads it."""

from pathlib import Path
from typing import Any

from compass.errors import UserError


def verify_adapter(folder: Path, config: Any) -> None:
    """Reads the saved adapter back and loads it as PEFT does, onto the base's shape without its weights.

    Args:
        folder: What the trainer saved.
        config: The base model's configuration.

    Raises:
        UserError: A matrix that should have learned is still zero, a value is no number, or PEFT does not take it.
    """
    from safetensors.torch import load_file

    tensors = load_file(folder / "adapter_model.safetensors")
    learned = {name: tensor for name, tensor in tensors.items() if "lora_B" in name}
    untouched = [name for name, tensor in learned.items() if not tensor.any()]
    broken = [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if broken:
        _refuse(f"{broken[0]} is not finite", folder)
    if not learned or untouched:
        _refuse(f"{len(untouched)} of {len(learned)} lora_B matrices are zero", folder)
    if problem := _problem_in_peft(folder, tensors, config):
        raise UserError(
            f"the trained adapter in {folder} does not load in PEFT: {problem}. Its state is kept: train on."
        )


def _refuse(what: str, folder: Path) -> None:
    raise UserError(
        f"the trained adapter is not usable: {what}. Raise learning_rate or max_steps (a warm-up alone trains nothing), "
        f"and look at the loss in {folder}."
    )


def _problem_in_peft(folder: Path, tensors: dict[str, Any], config: Any) -> str | None:
    """What keeps PEFT from loading the adapter; None if nothing does."""
    from accelerate import init_empty_weights
    from peft import PeftConfig, get_peft_model, set_peft_model_state_dict
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING

    with init_empty_weights():
        base = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)](config)  # `from_config` would shard it in a DeepSpeed run
    model = get_peft_model(base, PeftConfig.from_pretrained(folder), low_cpu_mem_usage=True)
    try:
        loaded = set_peft_model_state_dict(model, tensors, low_cpu_mem_usage=True)
    except RuntimeError as error:
        if "size mismatch" not in str(error):
            raise
        return "its matrices have another shape than its configuration and the base say"
    missing = [name for name in loaded.missing_keys if "lora_" in name]
    for name in (*missing, *loaded.unexpected_keys):
        return f"{name} is {'missing' if name in missing else 'nowhere in the model'}"
    return None
