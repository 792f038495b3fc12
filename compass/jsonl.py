"""Records to and from JSON lines: errors name file and line, files are written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from pydantic import BaseModel, ValidationError

from compass.errors import UserError, need_file

Record = TypeVar("Record", bound=BaseModel)


def problems_of(error: ValidationError) -> str:
    """One line for all problems pydantic found, each with its place inside the record."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg']}" for e in error.errors(include_url=False))


def read_dicts(
    path: Path, what: str = "the file", remedy: str = "Check the path."
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields (line number from 1, object) for each line.

    Raises:
        UserError: File missing or empty, or a line that is not a JSON object.
    """
    with need_file(path, what, remedy).open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                value = json.loads(raw)
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                raise UserError(
                    f"{path}:{number}: not valid JSON ({error}). Each line must be one JSON object."
                ) from None
            if not isinstance(value, dict):
                raise UserError(
                    f"{path}:{number}: holds a {type(value).__name__}, but each line must be one JSON object."
                )
            yield number, value


def read(path: Path, model: type[Record], what: str = "the file", remedy: str = "Check the path.") -> Iterator[Record]:
    """Yields validated records, in file order.

    Raises:
        UserError: As `read_dicts`, or a record that breaks the schema (all its problems in one message).
    """
    for number, value in read_dicts(path, what, remedy):
        try:
            yield model.model_validate(value)
        except ValidationError as error:
            raise UserError(f"{path}:{number}: not a valid {model.__name__}: {problems_of(error)}") from None


@contextmanager
def writing(path: Path) -> Iterator[IO[str]]:
    """Opens a temporary file beside `path` that takes its name only if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write(path: Path, records: Iterable[BaseModel | dict[str, Any]]) -> int:
    """Writes one record a line and returns how many; fields that were never set to anything are left out of messages."""
    count = 0
    with writing(path) as file:
        for record in records:
            value = record.model_dump(mode="json", exclude_none=False) if isinstance(record, BaseModel) else record
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
            count += 1
    return count


def write_json(path: Path, value: Any) -> None:
    """Writes one indented JSON document, whole or not at all."""
    with writing(path) as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
