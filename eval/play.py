"""Plays all episodes of a run at once, keeps what is finished, and says how it goes."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from compass.endpoint import InfrastructureError
from compass.errors import UserError
from compass.journal import Journal
from compass.rollout import Complete
from eval.episode import Episode, Stage, Task, play


def journal_path(folder: Path, signature: str) -> Path:
    """Where finished episodes of an unfinished run wait."""
    return folder / f".journal-{signature}.jsonl"


async def play_all(
    door: Callable[[int], Complete], tasks: Sequence[Task], stage: Stage, journal: Journal, concurrency: int, title: str
) -> list[Episode]:
    """Plays what the journal does not hold yet; returns all episodes in the order of `tasks`.

    Args:
        door: Trial number to the way to ask the model in it.

    Raises:
        UserError: Some episodes came to nothing for reasons that are not the model's; the others are kept.
    """
    todo = [task for task in tasks if task.id not in journal.done]
    failures: list[InfrastructureError] = []
    waiting = iter(todo)

    async def work(progress: Progress) -> None:
        for task in waiting:
            try:
                episode = await play(door(task.trial), task, stage)
            except InfrastructureError as error:
                failures.append(error)
            else:
                journal.add(task.id, episode.model_dump(mode="json"))
            progress.advance()

    try:
        with Progress(title, len(tasks), len(tasks) - len(todo)) as progress:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(concurrency, len(todo))):
                    group.create_task(work(progress))
    except BaseExceptionGroup as group_of:  # the first error is the cause; the others were cancelled with it
        raise group_of.exceptions[0] from None
    if failures:
        raise UserError(
            f"{len(failures)} of {len(tasks)} episodes of {title} came to nothing, not by the model's fault; the first: {failures[0]}."
            " The finished ones are kept: see to the server and run the same command again."
        )
    return [Episode.model_validate(journal.done[task.id]) for task in tasks]


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
            self._console.print(f"{self._title}: {self._done}/{self._total} episodes", markup=False, highlight=False)
