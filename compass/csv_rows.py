"""Rows of a CSV that a person wrote: the columns are checked, empty lines passed over."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from compass.errors import UserError, need_file


def csv_rows(path: Path, columns: Sequence[str], what: str, remedy: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row after the head.

    Args:
        path: The file, UTF-8.
        columns: What its first line must be.
        what: What the file is, for the error if it is missing.
        remedy: A sentence on what such a file looks like.

    Raises:
        UserError: Missing, not a CSV, or other columns.
    """
    need_file(path, what, remedy)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: not a CSV in UTF-8 ({error}). {remedy}") from None
    if rows[:1] != [list(columns)]:
        raise UserError(f"{path}:1: the columns are {','.join(rows[0])[:80] if rows else 'missing'}. {remedy}")
    for number, row in enumerate(rows[1:], start=2):
        if row:
            yield number, row
