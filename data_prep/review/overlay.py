"""The overlay file of decisions: append-only, on disk before the page hears of it."""

import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from compass.errors import UserError
from compass.jsonl import problems_of
from data_prep.review.decisions import Decision

NAME = Path("review") / "decisions.jsonl"


def read(path: Path) -> list[Decision]:
    """The decisions of a file in order; none if there is no file.

    Raises:
        UserError: A line is damaged.
    """
    return _complete(path)[0] if path.exists() else []


def _complete(path: Path) -> tuple[list[Decision], int]:
    """The decisions, and the length in bytes of the lines that hold them."""
    found: list[Decision] = []
    length = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):  # cut short by a crash: nobody was told that it is saved
                break
            try:
                found.append(Decision.model_validate_json(line))
            except ValidationError as error:
                raise UserError(f"{path}:{number}: not a decision: {problems_of(error)}. Mend the line.") from None
            if found[-1].number != number:
                raise UserError(f"{path}:{number}: holds decision {found[-1].number}. Put back the lines as they were.")
            length += len(line)
    return found, length


class Overlay:
    """The overlay opened to be continued; one process at a time.

    Raises:
        UserError: Another page has it open, or a line is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.decisions, self._end = _complete(path)
            os.ftruncate(self._file, self._end)
            _sync_folder(path.parent)
        except BlockingIOError:
            os.close(self._file)
            raise UserError(f"{path} is in use by another review page. Open that page, or stop it.") from None
        except BaseException:
            os.close(self._file)
            raise

    def add(self, decision: Decision) -> None:
        """Saves a decision; on return it is on disk.

        Raises:
            OSError: It could not be written (a full disk); the file is then as it was.
        """
        line = json.dumps(decision.model_dump(mode="json"), ensure_ascii=False).encode() + b"\n"
        try:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError(f"only {written} of {len(line)} bytes could be written")
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end += len(line)
        self.decisions.append(decision)

    def close(self) -> None:
        """Lets another page open it."""
        os.close(self._file)


def by_record(decisions: Sequence[Decision]) -> dict[str, list[Decision]]:
    """The decisions of each record, in order."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.id, []).append(decision)
    return found


def _sync_folder(folder: Path) -> None:
    """Makes a new file's name as lasting as its bytes."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
