"""A model server that costs nothing: one process on loopback that answers every chat request at once, for `eval.bench`.

python -m eval.bench_server    # prints the port it listens on; ends when its standard input does
"""

import asyncio
import json
import sys

from compass.chat import CALL_CLOSE, CALL_OPEN

NAME = "bench"
_CALL = f'{CALL_OPEN}\n{{"name": "strength_card", "arguments": {{"situation": "a long day"}}}}\n{CALL_CLOSE}<|im_end|>'
_REPLY = (
    "That sounds like a long day, and you got through it. This card is for you; it says what carried you.<|im_end|>"
)


def _answer(text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    body = json.dumps({"choices": [choice], "usage": {"prompt_tokens": 4000, "completion_tokens": 40}}).encode()
    return _whole(body)


def _whole(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


_FIRST, _SECOND = _answer(_CALL), _answer(_REPLY)
_MODELS = _whole(json.dumps({"data": [{"id": NAME}]}).encode())


class _Door(asyncio.Protocol):
    """Reads one request after another from a connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._buffer = transport, bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            if head.startswith(b"get"):
                self._transport.write(_MODELS)
            else:  # a result stands in the conversation only after a call
                self._transport.write(_SECOND if b'"tool_call_id"' in body else _FIRST)


async def main() -> None:
    """Serves until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Door, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
