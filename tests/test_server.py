"""The care of a server: checked before it starts, explained when it dies, started again once, and never left behind.

A stand-in program plays vLLM here (tests/fake_server.py); tests/vllm does the same with the real one.
"""

import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compass.errors import UserError
from compass.llm import Client, Endpoint, Sampling
from eval.server import Server
from eval.vllm_command import ServeSettings, command, environment, serve_python
from tests.fake_adapter import write_adapter

ROOT = Path(__file__).parent.parent


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets `python -m vllm…` start the stand-in."""
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/fake_server.py "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("COMPASS_SERVE_PYTHON", str(script))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def engine_of(server: Server) -> int:
    """The process that the stand-in started, as vLLM starts its engine."""
    return int(server.log.read_text().rsplit("engine ", 1)[1].split()[0])


def gone(*pids: int, within_s: float = 5.0) -> bool:
    """Whether all of them end in time."""
    end = time.monotonic() + within_s
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(alive, pids))


def test_one_server_answers_for_base_and_adapters_and_is_gone_afterwards(
    model: Path, tmp_path: Path, stand_in: None
) -> None:
    """A server left behind holds its port and the GPU's memory until somebody finds it."""
    server = Server(model, {"tuned": write_adapter(tmp_path / "tuned")})

    async def main() -> tuple[int, int]:
        async with (
            server,
            Client(Endpoint(base_urls=(server.base_url,)), server.names[1], server.ensure_alive) as client,
        ):
            assert (await client.complete([{"role": "user", "content": "hi"}], None, Sampling())).text == "hello"
            assert server.names == ("base", "tuned") and server.pid
            return server.pid, engine_of(server)

    assert gone(*asyncio.run(main()))
    assert not server.log.parent.exists()


def test_a_server_that_ignores_the_signal_is_killed(
    model: Path, stand_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hung engine does not answer SIGTERM."""
    monkeypatch.setenv("FAKE_VLLM", "deaf")
    monkeypatch.setattr("eval.server._GRACE_S", 0.2)
    server = Server(model)
    asyncio.run(server.start())
    pids = (server.pid or 0, engine_of(server))
    assert all(map(alive, pids))
    server.stop()
    assert gone(*pids)


def test_a_server_that_dies_at_the_start_is_explained(
    model: Path, tmp_path: Path, stand_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """vLLM's last line only says that something failed above; the cause must be in what the person sees."""
    monkeypatch.setenv("FAKE_VLLM", "dies")
    server = Server(model, log_folder=tmp_path / "logs")
    with pytest.raises(UserError) as caught:
        asyncio.run(server.start())
    assert "weights are of the wrong shape" in str(caught.value) and "Engine core" in str(caught.value)
    assert str(server.log) in str(caught.value) and server.log.exists() and server.pid is None


def test_a_server_that_never_comes_up_is_given_up(model: Path, stand_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run would wait for ever on a server that hangs while it loads."""
    monkeypatch.setenv("FAKE_VLLM", "slow")
    server = Server(model, settings=ServeSettings(start_timeout_s=1.0))
    with pytest.raises(UserError, match="not ready after 1 s"):
        asyncio.run(server.start())
    assert server.pid is None


def test_a_killed_server_is_started_again_once(model: Path, stand_in: None) -> None:
    """Many requests fail together when a server dies: one restart for all of them, its engine cleared away, then no more."""
    server = Server(model, settings=ServeSettings(restarts=1))

    async def main() -> None:
        async with server:
            first, engine = server.pid or 0, engine_of(server)
            await server.ensure_alive()
            assert server.pid == first
            os.kill(first, signal.SIGKILL)
            assert gone(first) and alive(engine)
            await asyncio.gather(*(server.ensure_alive() for _ in range(20)))
            assert server.pid != first and gone(engine)
            os.kill(server.pid or 0, signal.SIGKILL)
            assert gone(server.pid or 0)
            with pytest.raises(UserError, match="died again"):
                await server.ensure_alive()

    asyncio.run(main())


def test_requests_survive_the_servers_death(model: Path, stand_in: None) -> None:
    """The client and the server together: kills in the middle of a run cost time, not episodes."""
    server = Server(model, settings=ServeSettings(restarts=3))
    texts: list[str] = []

    async def ask_until(client: Client, over: asyncio.Event) -> None:
        while not over.is_set():
            texts.append((await client.complete([{"role": "user", "content": "hi"}], None, Sampling())).text)

    async def main() -> int:
        endpoint, over = Endpoint(base_urls=(server.base_url,), longest_wait_s=0.05), asyncio.Event()
        async with server, Client(endpoint, "base", server.ensure_alive) as client:
            asking = asyncio.gather(*(ask_until(client, over) for _ in range(4)))
            for _ in range(3):
                await asyncio.sleep(0.2)
                await server.ensure_alive()
                os.kill(server.pid or 0, signal.SIGKILL)
            await asyncio.sleep(0.2)
            over.set()
            await asking
            return client.faults["connection"]

    assert asyncio.run(main()) >= 3
    assert set(texts) == {"hello"} and len(texts) > 20


HARNESS = """
import asyncio, sys
from eval.server import Server
async def main():
    async with Server(sys.argv[1], log_folder=__import__("pathlib").Path(sys.argv[2])) as server:
        print(server.pid, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_the_program_that_started_it(
    how: signal.Signals, model: Path, tmp_path: Path, stand_in: None
) -> None:
    """Ctrl-C, a scheduler's SIGTERM, and a kill that leaves no time to clean up."""
    harness = subprocess.Popen(
        [sys.executable, "-c", HARNESS, str(model), str(tmp_path / "logs")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert harness.stdout
    server = int(harness.stdout.readline())
    try:
        assert alive(server)
        harness.send_signal(how)
        assert gone(harness.pid, server)
    finally:
        harness.kill()
        harness.communicate()
        engine = int((tmp_path / "logs" / "vllm.log").read_text().rsplit("engine ", 1)[1].split()[0])
        if alive(engine):  # the stand-in, unlike vLLM, does not stop its engine when it is told to stop
            os.kill(engine, signal.SIGKILL)


def test_a_port_in_use_is_a_sentence(model: Path, stand_in: None) -> None:
    """Otherwise the harness would talk to whatever listens there and score another model."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} cannot be used"):
            Server(model, port=port)
    with pytest.raises(UserError, match="Port 99999"):
        Server(model, port=99999)


def test_a_base_and_an_adapter_of_one_name_are_refused(model: Path, tmp_path: Path, stand_in: None) -> None:
    """The server would answer for one of them under that name, and nobody could tell which."""
    with pytest.raises(UserError, match="both named base"):
        Server(model, {"base": write_adapter(tmp_path / "tuned")})


@pytest.mark.parametrize("name", ["no/such/folder", "./nothing", "checkpoints/nothing", "nothing"])
def test_a_model_that_does_not_exist_is_not_looked_for_on_the_hub(name: str, tmp_path: Path, stand_in: None) -> None:
    """A mistyped folder would end, after retries, in an error about somebody else's server."""
    with pytest.raises(UserError, match="does not exist"):
        Server(name)
    with pytest.raises(UserError, match="Serve its base"):
        Server(write_adapter(tmp_path / "tuned"))


def test_the_command_holds_what_the_comparison_rests_on(tmp_path: Path) -> None:
    """Sampling defaults from the model's files, a rank below the adapters', a reasoning parser or an open address."""
    adapters = {
        "soft": write_adapter(tmp_path / "soft", r=4),
        "strong": write_adapter(tmp_path / "strong", r=16, rank_pattern={"q_proj": 40}),
    }
    settings = ServeSettings(tensor_parallel_size=2, dtype="float32", max_model_len=4096, revision="abc")
    line = command("python", "Owner/base", "base", adapters, 8123, settings)
    flags = dict(itertools.pairwise(line))
    assert flags["--host"] == "127.0.0.1" and flags["--port"] == "8123" and flags["--model"] == "Owner/base"
    assert flags["--generation-config"] == "vllm" and flags["--load-format"] == "safetensors"
    assert (flags["--max-lora-rank"], flags["--max-loras"]) == ("64", "2")
    assert (
        flags["--tensor-parallel-size"] == "2" and flags["--dtype"] == "float32" and flags["--max-model-len"] == "4096"
    )
    assert flags["--revision"] == flags["--tokenizer-revision"] == "abc"
    assert {"--enable-lora", "--enable-prefix-caching", "--enable-prompt-tokens-details"} <= set(line)
    assert json.loads(line[-1]) == {"name": "strong", "path": str(tmp_path / "strong")}
    assert not [flag for flag in line if "reasoning" in flag or "trust" in flag]
    assert "--enable-lora" not in command("python", "Owner/base", "base", {}, 8123, settings)


def test_the_server_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """`VLLM_API_KEY` would make it refuse us; the judge's key is none of its business."""
    monkeypatch.setenv("VLLM_API_KEY", "x")
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    variables = environment("/venv/bin/python", ServeSettings(cpu_kv_cache_gib=2))
    assert not [name for name in variables if "KEY" in name and variables[name] == "x"]
    assert variables["VLLM_CPU_KVCACHE_SPACE"] == "2" and variables["PATH"].startswith("/venv/bin:")


def test_the_interpreter_is_the_named_one_or_the_one_with_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The serving build has a virtual environment of its own on a machine without CUDA."""
    monkeypatch.setenv("COMPASS_SERVE_PYTHON", str(tmp_path / "missing"))
    with pytest.raises(UserError, match="COMPASS_SERVE_PYTHON"):
        serve_python()
    monkeypatch.delenv("COMPASS_SERVE_PYTHON")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="make setup-serve"):
        serve_python()
    beside = tmp_path / ".venv-vllm" / "bin" / "python"
    beside.parent.mkdir(parents=True)
    beside.symlink_to(sys.executable)
    assert serve_python() == str(beside)
