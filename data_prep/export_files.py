"""Where exported rows go: JSON lines and Parquet.

A few hundred rows are in memory at a time. Columns whose objects differ from row to row are `datasets.Json`: a struct
column would fill the holes with nulls, which a model then learns to write.
"""

import json
from pathlib import Path
from typing import Any, Self

from compass import jsonl

ROWS_A_GROUP = 256
TEXT, NUMBERS, OBJECT, OBJECTS = "text", "numbers", "object", "objects"
COLUMNS: dict[str, dict[str, str]] = {
    "turns": {
        "id": TEXT, "user_id": TEXT, "situation_id": TEXT, "setting": TEXT, "prompt": OBJECTS, "completion": OBJECTS,
        "tools": OBJECTS, "chat_template_kwargs": OBJECT,
    },
    "conversations": {
        "id": TEXT, "user_id": TEXT, "setting": TEXT, "rounds": OBJECTS, "messages": OBJECTS, "train_on": NUMBERS,
        "checks": OBJECT, "source": OBJECT, "review": OBJECT, "system": "texts", "tools": OBJECTS,
    },
    "pairs": {
        "id": TEXT, "user_id": TEXT, "situation_id": TEXT, "prompt": OBJECTS, "chosen": OBJECTS, "rejected": OBJECTS,
        "tools": OBJECTS, "chat_template_kwargs": OBJECT,
    },
    "people": {"id": TEXT, "split": TEXT, "profile": OBJECT, "preferences": OBJECT, "situations": OBJECTS},
}  # fmt: skip


def features(part: str) -> Any:
    """The `datasets.Features` of a part."""
    from datasets import Features, Json, List, Value  # takes a second to import

    kinds = {
        TEXT: Value("string"), "texts": List(Value("string")), NUMBERS: List(Value("int32")), OBJECT: Json(),
        OBJECTS: List(Json()),
    }  # fmt: skip
    return Features({name: kinds[kind] for name, kind in COLUMNS[part].items()})


class Lines:
    """A JSON lines file that takes its name when it is closed without an error."""

    def __init__(self, path: Path) -> None:
        self.count, self._writing = 0, jsonl.writing(path)

    def __enter__(self) -> Self:
        self._file = self._writing.__enter__()
        return self

    def add(self, row: dict[str, Any]) -> None:
        """Writes one row."""
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.count += 1

    def __exit__(self, *error: Any) -> None:
        self._writing.__exit__(*error)


class Table:
    """A Parquet file of a part."""

    def __init__(self, path: Path, part: str) -> None:
        self.count, self._path, self._part = 0, path, part
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        import pyarrow.parquet

        self._schema = features(
            self._part
        ).arrow_schema  # carries the features, so that readers know which text is JSON
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pyarrow.parquet.ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def add(self, row: dict[str, Any]) -> None:
        """Takes one row."""
        self._rows.append({name: _cell(row[name], kind) for name, kind in COLUMNS[self._part].items()})
        self.count += 1
        if len(self._rows) == ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow
        from datasets.table import table_cast

        texts = pyarrow.table({name: [row[name] for row in self._rows] for name in self._rows[0]})
        self._writer.write_table(table_cast(texts, self._schema))
        self._rows = []

    def __exit__(self, kind: type | None, *error: Any) -> None:
        if self._rows and kind is None:
            self._flush()
        self._writer.close()


def _cell(value: Any, kind: str) -> Any:
    if kind == OBJECT:
        return json.dumps(value, ensure_ascii=False)
    return [json.dumps(each, ensure_ascii=False) for each in value] if kind == OBJECTS else value
