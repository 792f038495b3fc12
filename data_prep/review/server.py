"""The page over HTTP on loopback: a few files, a few JSON answers, and nothing for other sites.

A page of another site could reach a server on loopback through the browser. So requests must name this very host (a
rebound DNS name does not), decisions must be JSON (a form cannot send that) and come from this page's origin, and the
page itself may load and run nothing but its own files.
"""

import json
import sys
import traceback
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from compass.errors import UserError
from compass.jsonl import problems_of
from data_prep.review.desk import Ask, Desk, Refused, Wanted

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
FILES = {
    "/": ("review.html", "text/html"),
    "/review.css": ("review.css", "text/css"),
    "/review.js": ("review.js", "text/javascript"),
    "/record.js": ("record.js", "text/javascript"),
    "/card.js": ("card.js", "text/javascript"),
    "/api.js": ("api.js", "text/javascript"),
}
LARGEST_BODY = 1_000_000  # bytes
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class ReviewServer(ThreadingHTTPServer):
    """Serves one desk.

    Args:
        desk: What it serves.
        port: 0 takes a free one.

    Raises:
        UserError: The port is in use or may not be used.
    """

    daemon_threads = True

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk = desk
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            raise UserError(f"port {port} cannot be used ({error}). Name another with --port, or --port 0.") from None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says what went wrong, but not that somebody closed the page while it loaded."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: ReviewServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "review", ""
    timeout = 30  # seconds in which a request must have arrived

    def do_GET(self) -> None:
        """The page's files and everything that only looks."""
        self._answer(self._look)

    def do_POST(self) -> None:
        """Decisions."""
        self._answer(self._decide)

    def _answer(self, act: Callable[[], None]) -> None:
        try:
            self._act(act)
        except (ConnectionError, TimeoutError):  # nobody is there to be told
            self.close_connection = True

    def _act(self, act: Callable[[], None]) -> None:
        try:
            self._guard()
            act()
        except Refused as error:
            found = [each.model_dump() for each in error.found]
            self._json({"error": str(error), "problems": found}, error.status)
        except UserError as error:
            self._json({"error": str(error), "problems": []}, HTTPStatus.SERVICE_UNAVAILABLE)
        except (ConnectionError, TimeoutError):
            raise
        except OSError as error:  # a full disk
            self._json({"error": f"not saved: {error}", "problems": []}, HTTPStatus.INSUFFICIENT_STORAGE)
        except Exception:
            traceback.print_exc()
            told = "not saved: a fault of the review page; the terminal shows it"
            self._json({"error": told, "problems": []}, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _guard(self) -> None:
        hosts = {f"{name}:{self.server.port}" for name in (HOST, "localhost")}
        if self.headers.get("Host") not in hosts or self.headers.get_all("Host", []) != [self.headers["Host"]]:
            raise self._closing(HTTPStatus.MISDIRECTED_REQUEST, f"this server answers to http://{HOST} only")

    def _closing(self, status: int, text: str) -> Refused:
        """A refusal of a request whose body is not looked at; it is read all the same, else the answer may not arrive."""
        length = self.headers.get("Content-Length", "")
        self.rfile.read(min(int(length), 2 * LARGEST_BODY) if length.isascii() and length.isdigit() else 0)
        self.close_connection = True
        return Refused(status, text)

    def _look(self) -> None:
        address = urlsplit(self.path)
        asked = dict(parse_qsl(address.query))
        if address.path in FILES:
            name, kind = FILES[address.path]
            self._send((PAGE / name).read_bytes(), f"{kind}; charset=utf-8", HTTPStatus.OK)
        elif address.path == "/api/choices":
            self._json(self.server.desk.choices())
        elif address.path == "/api/find":
            self._json({"ids": self.server.desk.find(_wanted(asked))})
        elif address.path == "/api/record":
            self._json(self.server.desk.show(asked.get("id", ""), asked.get("reviewer", "")))
        elif address.path == "/api/progress":
            self._json(self.server.desk.progress(asked.get("reviewer", "")))
        else:
            raise Refused(HTTPStatus.NOT_FOUND, "there is nothing under this address")

    def _decide(self) -> None:
        if self.headers.get_content_type() != "application/json":
            raise self._closing(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a decision is sent as application/json")
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site")
        if origin not in (None, f"http://{self.headers['Host']}") or site not in (None, "same-origin"):
            raise self._closing(HTTPStatus.FORBIDDEN, "decisions come from the review page only")
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            raise self._closing(HTTPStatus.LENGTH_REQUIRED, "a decision says how long it is (Content-Length)")
        if int(length) > LARGEST_BODY:
            raise self._closing(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LARGEST_BODY} bytes")
        body = self.rfile.read(int(length))
        if urlsplit(self.path).path != "/api/decide":
            raise Refused(HTTPStatus.NOT_FOUND, "there is nothing under this address")
        try:
            ask = Ask.model_validate_json(body)
        except ValidationError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, f"not a decision: {problems_of(error)}") from None
        self._json(self.server.desk.decide(ask))

    def _json(self, value: Any, status: int = HTTPStatus.OK) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the terminal is for faults."""


def _wanted(asked: dict[str, str]) -> Wanted:
    try:
        return Wanted.model_validate(asked)
    except ValidationError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, f"not a filter: {problems_of(error)}") from None
