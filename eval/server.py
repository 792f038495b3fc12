"""Starts a vLLM server for one base model and its LoRA adapters, watches over it, and sees that it is gone afterwards.

    async with Server("checkpoints/base", {"tuned": Path("checkpoints/tuned")}) as server:
        ...  # server.base_url, server.names; await server.ensure_alive() when it no longer answers

The server is a process group of its own: vLLM's engine processes outlive a killed front end and must go with it.
"""

import asyncio
import atexit
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx
from rich.console import Console
from rich.text import Text

from compass.errors import UserError
from eval.vllm_command import ServeSettings, command, environment, serve_python

_GRACE_S = 15.0  # between asking the server to stop and killing it
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
_CAUSE = re.compile(r"^(?!.* WARNING ).*\b(?:\w+Error|\w+Exception): \S")


class _DiedEarly(UserError):
    """The server ended before it answered."""


class Server:
    """A vLLM server on 127.0.0.1. Start it from the main thread: the kernel stops it when the starting thread ends.

    Attributes:
        names: The models it answers for: the base first, then the adapters.
        log: Its log file; in a temporary folder, removed after a clean stop, unless a folder was given.
        start_seconds: How long the last start took.
    """

    def __init__(
        self,
        model: str | Path,
        adapters: Mapping[str, Path] | None = None,
        port: int | None = None,
        settings: ServeSettings | None = None,
        log_folder: Path | None = None,
        name: str | None = None,
    ) -> None:
        """Checks everything that can be checked without starting; a free port is taken if none is given.

        Raises:
            UserError: No vLLM, no such model, an adapter that does not fit it, or a port in use.
        """
        self.settings = settings or ServeSettings()
        self.port = _free_port(port)
        base = name or str(model).rstrip("/").rsplit("/", 1)[-1]
        adapters = {key: Path(folder) for key, folder in (adapters or {}).items()}
        python = serve_python()
        self._command = command(python, str(model), base, adapters, self.port, self.settings)
        self._environment = environment(python, self.settings)
        self.names = (base, *adapters)
        self.start_seconds = 0.0
        self._restarts_left = self.settings.restarts
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = asyncio.Lock()
        self._console = Console(stderr=True)
        self._log_folder = log_folder
        self.log = Path()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pid(self) -> int | None:
        """Of the front end; also the id of its process group."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop(keep_log=kind is not None)

    async def start(self) -> None:
        """Starts the server and waits until it answers.

        Raises:
            UserError: It died or was not ready in time; the message ends with the end of its log.
        """
        _free_port(self.port)
        folder = self._log_folder or Path(tempfile.mkdtemp(prefix="compass-vllm-"))
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "vllm.log"
        atexit.register(self.stop)
        try:
            await self._launch()
        except BaseException:
            self.stop(keep_log=True)
            raise

    def stop(self, keep_log: bool = False) -> None:
        """Ends the server and everything it started; does nothing when there is none."""
        atexit.unregister(self.stop)
        if self._process is not None:
            _end_group(self._process)
            self._process = None
        if self._log_folder is None and self.log.is_file() and not keep_log:
            shutil.rmtree(self.log.parent)

    async def ensure_alive(self) -> None:
        """Starts the server again if it died; for callers that could not reach it, however many at once.

        Raises:
            UserError: It died more often than `settings.restarts`, or did not come up again.
        """
        async with self._lock:
            if self._process is None:
                raise UserError("The server was stopped, so there is nothing to ask.")
            while await self._state() == "down":
                await self._start_again()

    async def _start_again(self) -> None:
        """Once more, if any start is left; a server that dies before it is ready is left down."""
        _end_group(self._process)
        if self._restarts_left == 0:
            raise UserError(f"vLLM died again; giving up. {_log_end(self.log)}")
        self._restarts_left -= 1
        self._console.print("vLLM died; starting it again", style="yellow")
        try:
            await self._launch()
        except _DiedEarly:
            if self._restarts_left == 0:
                raise

    async def _launch(self) -> None:
        started = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        await self._until_ready(started)
        self.start_seconds = time.monotonic() - started
        self._console.print(f"vLLM serves {', '.join(self.names)} ({self.start_seconds:.0f} s to start)", markup=False)

    async def _until_ready(self, started: float) -> None:
        with self._console.status("starting vLLM") as line:
            while True:
                if self._process is None or self._process.poll() is not None:
                    raise _DiedEarly(f"vLLM stopped before it was ready. {_log_end(self.log)}")
                if await self._state() == "ready" and (served := await self._served()) is not None:
                    return self._check_names(served)
                waited = time.monotonic() - started
                if waited > self.settings.start_timeout_s:
                    raise UserError(f"vLLM was not ready after {waited:.0f} s. {_log_end(self.log)}")
                line.update(Text(f"starting vLLM, {waited:.0f} s: {''.join(_last_lines(self.log, 1))[:100]}"))
                await asyncio.sleep(0.25)

    async def _state(self) -> str:
        """`ready`; `busy` when it is there but does not answer in time; `down`."""
        if self._process is None or self._process.poll() is not None:
            return "down"
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5.0) as http:
                answer = await http.get(f"http://127.0.0.1:{self.port}/health")
        except httpx.TimeoutException:
            return "busy"
        except httpx.TransportError:
            return "down"
        return "ready" if answer.status_code == 200 else "down"

    async def _served(self) -> set[str] | None:
        """The names it serves; None if it went away meanwhile."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=60.0) as http:
                return {entry["id"] for entry in (await http.get(f"{self.base_url}/models")).json()["data"]}
        except httpx.TransportError:
            return None

    def _check_names(self, served: set[str]) -> None:
        if missing := set(self.names) - served:
            raise UserError(
                f"The server on port {self.port} does not serve {', '.join(sorted(missing))}; it is not the one that was"
                f" started here, or an adapter did not load. {_log_end(self.log)}"
            )


def _free_port(port: int | None) -> int:
    """The port itself if nobody listens there, any free one for None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port or 0))
        except (OSError, OverflowError) as error:
            raise UserError(
                f"Port {port} cannot be used ({error}). Stop what listens there, or leave the port out: a free one is taken."
            ) from None
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Runs in the child before vLLM: a SIGKILL of ours must not leave it behind, and no handler of ours could run then."""
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Asks the process group to end, then kills what is left of it."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(_GRACE_S)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass  # already gone, or deaf to it: either way the next signal settles it
    finally:
        _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _last_lines(log: Path, count: int) -> list[str]:
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 200_000))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return [line.rstrip() for line in lines if line.strip()][-count:]


def _log_end(log: Path) -> str:
    """The log's last lines, and before them the errors that led there: vLLM's own last words only point back."""
    lines = _last_lines(log, 1000)
    causes = [line for line in lines[:-8] if _CAUSE.search(line)][-3:]
    shown = "\n".join(f"  {line[:300]}" for line in [*causes, *lines[-8:]])
    return f"The end of its log, {log}:\n{shown}"
