"""One real server for all tests that need one: the start takes a minute."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eval.server import Server
from eval.vllm_command import ServeSettings
from tests.vllm import tiny
from tests.vllm.need import need_vllm


@dataclass
class Served:
    """A running server, with the folders it was started on."""

    server: Server
    base: Path
    adapters: dict[str, Path]
    tokenizer: Any


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The tiny random base with two adapters, in float32; skips without vLLM unless `COMPASS_REQUIRE_VLLM=1`."""
    need_vllm()
    base, adapters = tiny.build(tmp_path_factory.mktemp("models"))
    settings = ServeSettings(dtype="float32", max_num_seqs=16)
    server = Server(base, adapters, settings=settings, log_folder=tmp_path_factory.mktemp("logs"))
    asyncio.run(server.start())
    yield Served(server, base, adapters, tiny.tokenizer())
    server.stop()
