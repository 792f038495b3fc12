"""A crash-safe keyed journal: what is finished is on disk before the next item begins; kill -9 loses nothing finished.

One JSON object a line: first `{"signature": …}`, then `{"key": …, "value": …}`. Failures are never written.
"""

import json
import os
from pathlib import Path
from typing import Any

from compass.errors import UserError


class Journal:
    """Opens or continues a journal.

    Args:
        path: The journal file; made if missing.
        signature: Hash of everything the values depend on.

    Raises:
        UserError: The file belongs to another signature, or a line in its middle is damaged.
    """

    def __init__(self, path: Path, signature: str) -> None:
        self.path = path
        self.done: dict[str, Any] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        good = self._read(signature) if path.exists() else 0
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(good)  # a line cut short by a crash was never finished
        self._file.seek(good)
        if not good:
            self._append({"signature": signature})

    def _read(self, signature: str) -> int:
        """Loads finished items and returns the length in bytes of the undamaged part."""
        good = 0
        for number, line in enumerate(self.path.read_bytes().splitlines(keepends=True), start=1):
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
                self.done[entry["key"]] = entry["value"]
            good += len(line)
        return good

    def _append(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def add(self, key: str, value: Any) -> None:
        """Records a finished item; on return it is on disk.

        Raises:
            ValueError: The key is there already (work done twice is our bug).
        """
        if key in self.done:
            raise ValueError(f"{key} is already in {self.path}")
        self._append({"key": key, "value": value})
        self.done[key] = value

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
