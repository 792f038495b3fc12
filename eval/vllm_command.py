"""Which vLLM to run and with what: the interpreter, the checked adapters, the command line and its environment."""

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from compass.errors import UserError
from eval.adapter import RANKS, check_adapter

_SERVE_PYTHON = "COMPASS_SERVE_PYTHON"


class ServeSettings(BaseModel):
    """How a server of ours is started; the defaults suit one GPU, and the tiny model on a CPU."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    """`auto` serves float32 weights in bfloat16; say float32 to compare with an in-process float32 model."""
    max_model_len: int | None = Field(None, ge=1)
    max_num_seqs: int = Field(64, ge=1)
    """Requests computed together. Kept fixed, since another batch size may change a score."""
    tensor_parallel_size: int = Field(1, ge=1)
    data_parallel_size: int = Field(1, ge=1)
    gpu_memory_utilization: float = Field(0.9, gt=0.0, le=1.0)
    cpu_kv_cache_gib: int = Field(1, ge=1)
    """The CPU build's cache for keys and values; a CUDA build ignores it."""
    revision: str | None = None
    """The model's revision on the hub."""
    seed: int = 0
    start_timeout_s: float = Field(1800.0, gt=0.0)
    restarts: int = Field(5, ge=0)
    """How often a server that dies in the middle of a run is started again."""


def serve_python() -> str:
    """The interpreter that has vLLM: `COMPASS_SERVE_PYTHON`, else this one, else `.venv-vllm` of the working directory.

    Raises:
        UserError: None of them.
    """
    if named := os.environ.get(_SERVE_PYTHON):
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise UserError(f"{_SERVE_PYTHON} is {named}, which is no program. Set it to a Python that has vLLM.")
        return str(Path(named).absolute())
    found = importlib.util.find_spec("vllm")
    if found and found.origin:  # a bare folder of that name has no origin
        return sys.executable
    beside = Path(".venv-vllm/bin/python").absolute()  # not resolved: the link is what makes it a virtual environment
    if beside.exists():
        return str(beside)
    raise UserError(
        "vLLM is not installed. Run `make setup-serve`, or set COMPASS_SERVE_PYTHON to a Python that has it,"
        " or use a server that is already there (--base-url), or the in-process engine (--engine hf)."
    )


def check_model(model: str) -> str:
    """The model as vLLM should get it: a folder's absolute path, or a hub name as it is.

    Raises:
        UserError: A folder without a model in it, or a path to nothing.
    """
    folder = Path(model)
    if (folder / "config.json").is_file():
        return str(folder.absolute())
    if (folder / "adapter_config.json").is_file():
        raise UserError(f"{model} holds a LoRA adapter, not a whole model. Serve its base and give this as an adapter.")
    if folder.exists():
        raise UserError(
            f"{model} holds no model (config.json is missing). Give a model's folder or its name on the hub."
        )
    if folder.is_absolute() or model.startswith(".") or model.count("/") != 1 or folder.parent.is_dir():
        raise UserError(f"The model {model} does not exist. Give a model's folder or its name on the hub (owner/name).")
    return model


def command(
    python: str, model: str, name: str, adapters: Mapping[str, Path], port: int, settings: ServeSettings
) -> list[str]:
    """The command line; `vllm serve` would do on CUDA, but the CPU build only has the module.

    Raises:
        UserError: The model or an adapter cannot be served (see `check_model`, `check_adapter`).
    """
    if name in adapters:
        raise UserError(f"The base and an adapter are both named {name}. Give the adapter another name.")
    flags: dict[str, object] = {
        "model": check_model(model),
        "served-model-name": name,
        "host": "127.0.0.1",
        "port": port,
        "generation-config": "vllm",
        "load-format": "safetensors",
        "dtype": settings.dtype,
        "max-num-seqs": settings.max_num_seqs,
        "tensor-parallel-size": settings.tensor_parallel_size,
        "data-parallel-size": settings.data_parallel_size,
        "gpu-memory-utilization": settings.gpu_memory_utilization,
        "seed": settings.seed,
    }
    if settings.max_model_len:
        flags["max-model-len"] = settings.max_model_len
    if settings.revision:
        flags |= {"revision": settings.revision, "tokenizer-revision": settings.revision}
    line = [python, "-m", "vllm.entrypoints.openai.api_server"]
    line += [part for flag, value in flags.items() for part in (f"--{flag}", str(value))]
    line += ["--enable-prefix-caching", "--enable-prompt-tokens-details", "--disable-uvicorn-access-log"]
    return line + _lora_flags(adapters, model)


def _lora_flags(adapters: Mapping[str, Path], model: str) -> list[str]:
    if not adapters:  # LoRA kernels cost speed even for requests to the base
        return []
    rank = max(check_adapter(folder, model) for folder in adapters.values())
    allowed = next(step for step in RANKS if step >= rank)
    modules = [json.dumps({"name": name, "path": str(folder.absolute())}) for name, folder in adapters.items()]
    limits = ["--max-lora-rank", str(allowed), "--max-loras", str(len(adapters))]
    return ["--enable-lora", *limits, "--lora-modules", *modules]


def environment(python: str, settings: ServeSettings) -> dict[str, str]:
    """This process's variables without API keys (`VLLM_API_KEY` would lock us out, the others are not the server's)."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("API_KEY")}
    return kept | {
        "PATH": f"{Path(python).parent}{os.pathsep}{kept.get('PATH', '')}",  # its own ninja, for kernels built at start
        "PYTHONSAFEPATH": "1",  # the folders beside us are no packages of the server's
        "PYTHONUNBUFFERED": "1",
        "VLLM_CPU_KVCACHE_SPACE": str(settings.cpu_kv_cache_gib),
        "VLLM_HOST_IP": "127.0.0.1",
        "VLLM_NO_USAGE_STATS": "1",
    }
