"""A review page served from this process, and what tests ask of it."""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from data_prep.data_recipe import load
from data_prep.review.desk import Desk
from data_prep.review.overlay import NAME
from data_prep.review.server import ReviewServer


class Page:
    """A page that is being served."""

    def __init__(self, server: ReviewServer, out: Path) -> None:
        self.server, self.out = server, out
        self.address = f"http://127.0.0.1:{server.port}"
        self.http = httpx.Client(base_url=self.address, timeout=60)

    def get(self, path: str, **values: str) -> Any:
        answer = self.http.get(path, params=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def find(self, **wanted: str) -> list[str]:
        return self.get("/api/find", **wanted)["ids"]

    def record(self, id: str, reviewer: str = "Ann") -> dict[str, Any]:
        return self.get("/api/record", id=id, reviewer=reviewer)

    def decide(
        self, id: str, action: str, reviewer: str = "Ann", seen: int | None = None, **more: Any
    ) -> httpx.Response:
        seen = self.record(id)["seen"] if seen is None else seen
        return self.http.post(
            "/api/decide", json={"id": id, "action": action, "reviewer": reviewer, "seen": seen, **more}
        )

    def edit(self, id: str, *edits: dict[str, Any], reviewer: str = "Ann") -> httpx.Response:
        return self.decide(id, "edit", reviewer, edits=edits)

    def overlay(self) -> bytes:
        return (self.out / NAME).read_bytes()

    def decisions(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.overlay().splitlines()]


@contextmanager
def serving(recipe_file: Path, out: Path) -> Iterator[Page]:
    """Serves the data of a folder on a free port."""
    desk = Desk(load(recipe_file), out, "Make it first.")
    server = ReviewServer(desk, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    page = Page(server, out)
    try:
        yield page
    finally:
        page.http.close()
        server.shutdown()
        thread.join()
        server.server_close()
        desk.overlay.close()


def messages(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a shown record, in order."""
    return list(itertools.chain.from_iterable(each["messages"] for each in record["rounds"]))


def codes(answer: httpx.Response) -> set[str]:
    """Which checks refused it."""
    return {each["reason"] for each in answer.json()["problems"]}
