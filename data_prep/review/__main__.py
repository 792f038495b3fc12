"""`make review`: a page on which people accept, edit or reject the records of a data recipe.

    python -m data_prep.review --recipe recipes/data/tiny.yaml [--out data/tiny] [--port 8765]

Decisions are appended to `data/<recipe>/review/decisions.jsonl`; the next `make data` applies them.
"""

import argparse
from pathlib import Path

from compass.errors import run
from data_prep.data_recipe import load
from data_prep.review.desk import Desk
from data_prep.review.server import HOST, ReviewServer


def main() -> None:
    """Reads the command line and serves until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.review", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True, help="the data recipe, such as recipes/data/tiny.yaml")
    parser.add_argument("--out", type=Path, help="folder of its data (default: data/<name of the recipe>)")
    parser.add_argument("--port", type=int, default=8765, help="on 127.0.0.1 (default: 8765; 0 takes a free one)")
    options, overrides = parser.parse_known_args()
    recipe, out = load(options.recipe, overrides), options.out or Path("data") / options.recipe.stem
    desk = Desk(recipe, out, f"Make it first: make data DATA={options.recipe}")
    with ReviewServer(desk, options.port) as server:
        print(f"{len(desk.records.entries)} records of {out}: http://{HOST}:{server.port}  (Ctrl-C stops)", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    run(main)
