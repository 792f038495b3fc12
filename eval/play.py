"""Plays all episodes of a run at once, keeps what is finished, and says how it goes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from compass.endpoint import InfrastructureError
from compass.errors import UserError
from compass.journal import Journal

Job = Callable[[], Awaitable[BaseModel]]
_TOO_MANY = 50
"""So many failures in a row mean that the server is gone."""


def journal_path(folder: Path, signature: str) -> Path:
    """Where finished episodes of an unfinished run wait."""
    return folder / f".journal-{signature}.jsonl"


async def play_all(jobs: Mapping[str, Job], journal: Journal, concurrency: int, title: str) -> None:
    """Does what the journal does not hold yet; the outcomes are in the journal.

    What came to nothing is tried again when everything else is done, as long as a pass gets something done.

    Args:
        jobs: Key to a function that starts the work and gives its outcome.
        journal: Keeps each outcome as soon as it is there.
        concurrency: Jobs under way at once.
        title: What is done, for the progress bar.

    Raises:
        UserError: Some jobs came to nothing for reasons that are not the model's; the others are kept.
    """
    with Progress(title, len(jobs), sum(key in journal.done for key in jobs)) as progress:
        todo = [key for key in jobs if key not in journal.done]
        while todo:
            faults = _Faults(title, len(jobs))
            await _play_once(todo, jobs, journal, concurrency, faults, progress)
            left = [key for key in todo if key not in journal.done]
            if len(left) == len(todo):
                raise faults.as_user_error()
            todo = left


async def _play_once(
    todo: Sequence[str],
    jobs: Mapping[str, Job],
    journal: Journal,
    concurrency: int,
    faults: "_Faults",
    progress: "Progress",
) -> None:
    """Each job once; what comes to nothing is noted."""
    waiting, keeper = iter(todo), _Keeper(journal)

    async def work() -> None:
        for key in waiting:
            try:
                outcome = await jobs[key]()
            except InfrastructureError as error:
                faults.note(error)
            else:
                faults.in_a_row = 0
                await keeper.keep(key, outcome.model_dump(mode="json"))
                progress.advance()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(todo))):
                group.create_task(work())
    except BaseExceptionGroup as group_of:  # the first error is the cause; the others were cancelled with it
        raise group_of.exceptions[0] from None


class _Keeper:
    """Writes outcomes beside the event loop: what is finished while the disk is busy goes there together."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._pending, self._writing = journal, dict[str, Any](), asyncio.Lock()

    async def keep(self, key: str, value: Any) -> None:
        """On return it is on disk."""
        self._pending[key] = value
        async with self._writing:
            if key in self._pending:  # else it went with another's
                batch, self._pending = self._pending, {}
                await asyncio.to_thread(self._journal.add_all, batch)


class _Faults:
    """Jobs that came to nothing; after too many in a row the rest is not even tried."""

    def __init__(self, title: str, total: int) -> None:
        self._title, self._total = title, total
        self._first: InfrastructureError | None = None
        self._count = 0
        self.in_a_row = 0

    def note(self, error: InfrastructureError) -> None:
        """One more; raises UserError when they no longer end."""
        self._first = self._first or error
        self._count += 1
        self.in_a_row += 1
        if self.in_a_row == _TOO_MANY:
            raise self.as_user_error()

    def as_user_error(self) -> UserError:
        return UserError(
            f"{self._title}: {self._count} of {self._total} came to nothing, not by the model's fault; the first: {self._first}."
            f" The finished ones are kept: see to the server and run the same command again."
        )


class Progress:
    """A bar on stderr; where there is no terminal, a line at every tenth."""

    def __init__(self, title: str, total: int, done: int) -> None:
        self._console = Console(stderr=True)
        self._title, self._total, self._done = title, total, done
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        shown = self._console.is_terminal
        self._bar = Bar(TextColumn("{task.description}"), *columns, console=self._console, disable=not shown)
        self._task = self._bar.add_task(title, total=total, completed=done)

    def __enter__(self) -> "Progress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self) -> None:
        """One more episode is finished."""
        self._done += 1
        self._bar.advance(self._task)
        tenth = max(self._total // 10, 1)
        if not self._console.is_terminal and (self._done % tenth == 0 or self._done == self._total):
            self._console.print(f"{self._title}: {self._done}/{self._total}", markup=False, highlight=False)
