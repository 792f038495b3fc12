"""A chat server on loopback that answers at once and fails on demand; as a program, a stand-in for vLLM's.

with FakeServer(script=["429", "hang", "ok"]) as server: ...   # one entry for each request, then "ok" for ever
python tests/fake_server.py -m any.module --port 8000 --served-model-name base --lora-modules '{"name": "tuned"}'
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

Reply = Callable[[dict[str, Any]], str]


def chat_body(text: str | None, finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion's body in OpenAI's form, with the fields that vLLM adds."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": finish_reason,
                "stop_reason": None,
            }
        ],
        "usage": {
            "prompt_tokens": 11,
            "completion_tokens": 3,
            "total_tokens": 14,
            "prompt_tokens_details": {"cached_tokens": 8},
        },
    }


class FakeServer:
    """Serves `/v1/chat/completions`, `/tokenize`, `/v1/models` and `/health`.

    Attributes:
        requests: What was asked of the two POST doors, in order: path, headers (lower-case names), body.
    """

    def __init__(self, script: Iterable[Any] = (), reply: Reply = lambda body: "hello", port: int = 0) -> None:
        """Entries of `script`: `ok`, `hang` (a second and a half, then nothing), `cut` (half a body), `drop` (no answer at all),
        a number (that HTTP status), `(status, headers, message)`, bytes (that body), a dict (that JSON)."""
        self.script, self.reply, self.names = list(script), reply, ["fake"]
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def next_step(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Any:
        """Notes a request and returns what the script says to do with it."""
        with self._lock:
            self.requests.append((path, headers, body))
            return self.script.pop(0) if self.script else "ok"

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request that nothing is wrong with."""
        if path == "/tokenize":
            tokens = list(json.dumps(body.get("messages")).encode())
            return {"count": len(tokens), "max_model_len": 4096, "tokens": tokens}
        return chat_body(self.reply(body))


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is no error; a traceback would land in what the tested command says."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            """Keeps the tests' output clean."""

        def do_GET(self) -> None:
            self._send(200, {"data": [{"id": name} for name in server.names]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._follow(server.next_step(self.path, headers, body), body)

        def _follow(self, step: Any, body: dict[str, Any]) -> None:
            if step in ("hang", "drop"):
                time.sleep(1.5 if step == "hang" else 0)
                self.close_connection = True
            elif step == "cut":
                self._send(200, server.answer(self.path, body), keep=0.5)
            elif isinstance(step, int):
                self._send(step, {"error": {"message": f"scripted {step}"}})
            elif isinstance(step, tuple):
                self._send(step[0], {"error": {"message": step[2]}}, step[1])
            else:
                self._send(200, server.answer(self.path, body) if step == "ok" else step)

        def _send(self, status: int, body: Any, headers: dict[str, str] | None = None, keep: float = 1.0) -> None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": len(raw),
                **(headers or {}),
            }.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(raw[: int(len(raw) * keep)])
            self.wfile.flush()
            self.close_connection = keep < 1.0

    return Handler


class Killer:
    """Answers four requests, then the process dies without a word; in its sixth life it lives on."""

    def __init__(self, deaths: Path) -> None:
        self._deaths, self._asked, self._lock = deaths, 0, threading.Lock()

    def __call__(self, body: dict[str, Any]) -> str:
        with self._lock:
            self._asked += 1
            died = len(self._deaths.read_text()) if self._deaths.exists() else 0
            if self._asked == 5 and died < 5:
                self._deaths.write_text("x" * (died + 1))
                os.kill(os.getpid(), signal.SIGKILL)
        return "hello"


def main() -> None:
    """Plays vLLM's part for one process: `FAKE_VLLM` = `dies`, `deaf` (to SIGTERM), `slow`, `killed PATH` (by the fifth
    request, five times in all, noted in the file) or unset."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--served-model-name")
    parser.add_argument("--lora-modules", nargs="*", default=[])
    options, _ = parser.parse_known_args()
    mode = os.environ.get("FAKE_VLLM", "")
    print("loading the model", flush=True)
    if mode == "dies":
        print("(Engine) ValueError: the weights are of the wrong shape")
        print("\n".join(f"  frame {number}" for number in range(20)))
        sys.exit("RuntimeError: Engine core initialization failed")
    if mode == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "slow":
        time.sleep(60)
    engine = subprocess.Popen(["sleep", "600"])  # as vLLM's engine, it does not notice that its parent was killed
    print(f"engine {engine.pid}", flush=True)
    server = FakeServer(port=options.port)
    if mode.startswith("killed "):
        server.reply = Killer(Path(mode.removeprefix("killed ")))
    server.names = [options.served_model_name, *(json.loads(module)["name"] for module in options.lora_modules)]
    with server:
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
