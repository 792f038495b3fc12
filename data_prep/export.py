"""A data set for other trainers and the Hub.

    python -m data_prep.export data/tiny -o exported/tiny

Writes one folder: `messages/*.jsonl` (OpenAI's `messages` and `tools`), `sharegpt/*.jsonl` with the `dataset_info.json`
that LLaMA-Factory reads, `parquet/` and a README.md with which `datasets.load_dataset` opens the folder and the Hub shows
it. Whoever trains on it needs nothing of this repository.
"""

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from compass import jsonl
from compass.errors import UserError, run
from compass.schema import Trajectory, User
from data_prep.export_card import card, dataset_info
from data_prep.export_files import Lines, Table
from data_prep.export_views import View, conversation, messages_row, pair_rows, person_row, sharegpt_rows, turn_rows
from data_prep.finished import Finished
from data_prep.progress import tracked

SPLITS = {"train": "train", "val": "validation", "test": "test"}
LEARNED = ("train", "validation")


def main() -> None:
    """Reads the command line and exports."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="a folder that `make data` wrote, such as data/tiny")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder to write; it must not exist")
    options = parser.parse_args()
    counts = export(Finished(options.data), options.out)
    shown = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"{options.out}: {shown}", file=sys.stderr)


def export(data: Finished, out: Path) -> dict[str, int]:
    """Writes the folder, whole or not at all; returns how many rows each part holds.

    Raises:
        UserError: `out` exists, or the data set is not finished.
    """
    if out.exists():
        raise UserError(f"{out} exists. Name another folder, or delete it first.")
    out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        counts = _write(data, made)
        os.chmod(made, 0o755)
        os.rename(made, out)
    except BaseException:
        shutil.rmtree(made)
        raise
    return counts


def _write(data: Finished, out: Path) -> dict[str, int]:
    users = data.users()
    with ExitStack() as stack:
        lines = {
            f"{folder}/{name}": stack.enter_context(Lines(out / folder / f"{name}.jsonl"))
            for folder in ("messages", "sharegpt")
            for name in (*LEARNED, "pairs")
        }
        tables = {
            f"{part}/{split}": stack.enter_context(Table(out / "parquet" / part / f"{split}.parquet", part))
            for part in ("turns", "conversations", "pairs", "people")
            for split in (SPLITS.values() if part == "people" else LEARNED)
        }
        for user in users.values():
            tables[f"people/{SPLITS[user.split]}"].add(person_row(user))
        for user, kept in tracked(data.by_person(users), len(users), "export"):
            _add(lines, tables, user, kept, View(data.style, data.enable_thinking))
    counts = {name: sink.count for name, sink in (lines | tables).items()}
    jsonl.write_json(out / "sharegpt" / "dataset_info.json", dataset_info(counts))
    (out / "README.md").write_text(card(data, counts), encoding="utf-8")
    return counts


def _add(lines: dict[str, Lines], tables: dict[str, Table], user: User, kept: list[Trajectory], view: View) -> None:
    """One person's trajectories in every form."""
    split = SPLITS[user.split]
    for trajectory in kept:
        tables[f"conversations/{split}"].add(conversation(trajectory, user, view))
        if not trajectory.train_on:
            continue
        lines[f"messages/{split}"].add(messages_row(trajectory, user, view))
        for row in sharegpt_rows(trajectory, user, view):
            lines[f"sharegpt/{split}"].add(row)
        for row in turn_rows(trajectory, user, view):
            tables[f"turns/{split}"].add(row)
    for row, sharegpt in pair_rows(kept, user, view):
        tables[f"pairs/{split}"].add(row)
        if split == "train":
            lines["messages/pairs"].add(row)
            lines["sharegpt/pairs"].add(sharegpt)


if __name__ == "__main__":
    run(main)
