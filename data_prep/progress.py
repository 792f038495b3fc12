"""One progress bar for every long step."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

T = TypeVar("T")


@contextmanager
def bar(total: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar on the terminal; calling what it gives counts one item."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        task = progress.add_task(what.ljust(13), total=total)
        yield lambda: progress.advance(task)


def tracked(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, counted on the terminal while they are worked through."""
    with bar(total, what) as advance:
        for item in items:
            yield item
            advance()
