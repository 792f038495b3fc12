"""A crash-safe keyed journal: what is finished is on disk before the next item begins; kill -9 loses nothing finished.

One JSON object a line: first `{"signature": …}`, then `{"key": …, "value": …}`. Failures are never written. Values stay
on disk; in memory there is a key and a place for each.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compass.errors import UserError


class Finished(Mapping[str, Any]):
    """Finished values by key, in the order of their finishing, read from the file when asked for."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        self._file = -1

    def opened(self, path: Path) -> None:
        """Reads from this file from now on, for as long as the object lives."""
        self._file = os.open(path, os.O_RDONLY)

    def note(self, key: str, start: int, length: int) -> None:
        """The line of `key` begins at byte `start`."""
        self._places[key] = (start, length)

    def __getitem__(self, key: str) -> Any:
        start, length = self._places[key]
        return json.loads(os.pread(self._file, length, start))["value"]

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)


class Journal:
    """Opens or continues a journal.

    Args:
        path: The journal file; made if missing.
        signature: Hash of everything the values depend on.

    Raises:
        UserError: The file belongs to another signature, is in use, or a line in its middle is damaged.
    """

    def __init__(self, path: Path, signature: str) -> None:
        self.path = path
        self.done = Finished()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._lock()
        self._end = self._read(signature)
        self._file.truncate(self._end)  # a line cut short by a crash was never finished
        self._file.seek(self._end)
        self.done.opened(path)
        if not self._end:
            self._append([{"signature": signature}])

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # goes when the file is closed or the process dies
        except BlockingIOError:
            raise UserError(f"{self.path} is in use by another run. Wait for it, or stop it.") from None

    def _read(self, signature: str) -> int:
        """Notes finished items and returns the length in bytes of the undamaged part."""
        good = 0
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    break
                try:
                    entry = json.loads(line)
                except ValueError:
                    raise UserError(
                        f"{self.path}:{number}: the journal is damaged. Delete the file to start over."
                    ) from None
                if number == 1 and entry.get("signature") != signature:
                    raise UserError(
                        f"{self.path} was begun with another recipe, prompt or code. Delete the file to start over."
                    )
                if number > 1:
                    self.done.note(entry["key"], good, len(line))
                good += len(line)
        return good

    def _append(self, entries: list[dict[str, Any]]) -> list[tuple[int, int]]:
        """Writes lines and waits for the disk once; returns start and length in bytes of each."""
        lines = [json.dumps(entry, ensure_ascii=False).encode() + b"\n" for entry in entries]
        self._file.write(b"".join(lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        places = []
        for line in lines:
            places.append((self._end, len(line)))
            self._end += len(line)
        return places

    def add(self, key: str, value: Any) -> None:
        """Records a finished item; on return it is on disk.

        Raises:
            ValueError: The key is there already (work done twice is our bug).
        """
        self.add_all({key: value})

    def add_all(self, values: Mapping[str, Any]) -> None:
        """Records several finished items for one wait for the disk; raises as `add` does."""
        if known := [key for key in values if key in self.done]:
            raise ValueError(f"{known[0]} is already in {self.path}")
        places = self._append([{"key": key, "value": value} for key, value in values.items()])
        for key, place in zip(values, places):
            self.done.note(key, *place)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
