"""The tokenizer and the model a recipe names, loaded the way the run needs them."""

from typing import Any

from compass.errors import UserError
from compass.format import Format
from train.settings import TrainRecipe


def load_tokenizer(chosen: TrainRecipe) -> Any:
    """The model's own tokenizer, with pad and end tokens that differ.

    Raises:
        UserError: No tokenizer there, or one that cannot mark the end of a turn.
    """
    from transformers import AutoTokenizer

    name, revision = chosen.model_name, chosen.model.get("model_revision", "main")
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, revision=revision)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"no tokenizer in {name!r} (revision {revision}): {reason}") from None
    if tokenizer.chat_template is None:
        raise UserError(f"the tokenizer of {name} has no chat template; use an instruct model of the Qwen3 family.")
    if tokenizer.pad_token_id is None or tokenizer.pad_token_id == tokenizer.eos_token_id:
        raise UserError(
            f"the tokenizer of {name} has no padding token of its own, so the model could not learn to stop."
        )
    return tokenizer


def load_format(chosen: TrainRecipe, tokenizer: Any) -> Format:
    """The format the data was rendered in, once it is known to be this tokenizer's.

    Raises:
        UserError: No format file, or another tokenizer, another template or other guides; lists what differs.
    """
    wanted = Format.load(chosen.data_folder / "format.json", f"Make the data: make data DATA={chosen.ours.data}")
    revision = chosen.model.get("model_revision")
    mine = Format.of(tokenizer, chosen.model_name, revision, wanted.prompt_style, wanted.enable_thinking)
    differences = mine.differences(wanted)
    if differences:
        raise UserError(
            f"the data in {chosen.data_folder} was made for another format than {chosen.model_name} has here "
            f"(here / data): {'; '.join(differences)}. Make the data again: make data DATA={chosen.ours.data}"
        )
    return wanted


def load_model(chosen: TrainRecipe) -> Any:
    """The base model in the recipe's precision, with attention that understands prefix trees.

    Raises:
        UserError: No model there, or its weights are not safetensors.
    """
    import torch
    from accelerate import PartialState
    from transformers import AutoModelForCausalLM
    from trl import ModelConfig, get_quantization_config

    from train.attention import implementation

    config = ModelConfig(**chosen.model)
    quantization = get_quantization_config(config)
    device = "cpu" if chosen.sft.get("use_cpu") else "cuda"
    placed = {"device_map": {"": PartialState().local_process_index}} if quantization and device == "cuda" else {}
    try:
        model = AutoModelForCausalLM.from_pretrained(
            config.model_name_or_path,
            revision=config.model_revision,
            dtype=config.dtype if config.dtype == "auto" else getattr(torch, config.dtype),
            quantization_config=quantization,
            attn_implementation=implementation(device),
            use_safetensors=True,
            **placed,
        )
    except OSError as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"no model in {config.model_name_or_path!r} (revision {config.model_revision}): {reason}"
        ) from None
    if quantization and device == "cpu":
        _keep_gradients(model)
    return model


def _keep_gradients(model: Any) -> None:
    """On CPUs with bf16 instructions, bitsandbytes repacks 4-bit weights at the first evaluation; those have no backward pass."""
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
