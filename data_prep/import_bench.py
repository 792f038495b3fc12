"""Turns a bench, published or ours, into our JSON lines.

python -m data_prep.import_bench FILE -o OUT [--labels CSV]
"""

import argparse
from pathlib import Path

from compass import jsonl
from compass.bench import load_bench
from compass.errors import UserError, run
from compass.schema import User


def _without_tastes(users: list[User]) -> list[str]:
    """The preference texts of which no app was read, as `user/scene`."""
    return [
        f"{user.id}/{scene}"
        for user in users
        for scene, preference in user.preferences.items()
        if not preference.likes and not preference.dislikes
    ]


def _summary(users: list[User], out: Path) -> str:
    situations = [situation for user in users for situation in user.situations]
    preferences = [preference for user in users for preference in user.preferences.values()]
    likes = sum(len(preference.likes) for preference in preferences)
    dislikes = sum(len(preference.dislikes) for preference in preferences)
    labelled = sum(situation.scene is not None for situation in situations)
    return (
        f"{out}: {len(users)} users, {len(situations)} situations ({labelled} with a scene), "
        f"{len(preferences)} preference texts ({likes} likes, {dislikes} dislikes)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Turns a bench, published or ours, into JSON lines.")
    parser.add_argument("file", type=Path, help="the published ComPASS-Bench test file, or users as JSON lines")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the file to write")
    parser.add_argument("--labels", type=Path, help="CSV of scenes: user,index,scene,second")
    args = parser.parse_args()
    if args.out.is_dir():
        raise UserError(f"{args.out} is a folder. Name the file to write: -o {args.out / 'test.jsonl'}")
    if args.out.exists() and args.file.exists() and args.out.samefile(args.file):
        raise UserError(f"{args.out} is the file that is read. Name another file to write.")
    users = load_bench(args.file, args.labels)
    jsonl.write(args.out, users)
    print(_summary(users, args.out))
    if silent := _without_tastes(users):
        print(f"no liked or disliked app was found in {len(silent)} texts: {', '.join(silent)}")


if __name__ == "__main__":
    run(main)
