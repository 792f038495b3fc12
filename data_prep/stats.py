"""A page of plots of a data set.

    python -m data_prep.stats data/tiny [-o page.html]

Lengths, apps by part of life, emotions, diversity, what was refused. Writes one HTML file that needs no network, by
default `stats.html` in the folder of the data set.
"""

import argparse
import sys
from pathlib import Path

from compass import jsonl
from compass.encode import Encoder
from compass.errors import run
from compass.format import Format
from data_prep.data_recipe import load_tokenizer
from data_prep.finished import REMEDY, Finished
from data_prep.progress import tracked
from data_prep.stats_figures import Figures
from data_prep.stats_page import page

CACHED_PIECES = 4_096


def main() -> None:
    """Reads the command line and writes the page."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.stats", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="a folder that `make data` wrote, such as data/tiny")
    parser.add_argument("-o", "--out", type=Path, help="the file to write (default: stats.html in that folder)")
    options = parser.parse_args()
    data = Finished(options.data)
    out = options.out or options.data / "stats.html"
    with jsonl.writing(out) as file:
        file.write(page(f"Data set {options.data.name}", data.report, gather(data)))
    print(out, file=sys.stderr)


def gather(data: Finished) -> Figures:
    """Counts everything."""
    figures = Figures()
    situations = figures.people(data.users().values())
    made = data.report["trajectories"]
    for setting in data.settings:
        for trajectory in tracked(data.trajectories(setting), made.get(setting, 0), setting):
            figures.conversation(trajectory, situations)
    for entry in data.rejected():
        figures.refused(entry)
    if (data.folder / "format.json").exists():
        _tokens(data, figures)
    return figures


def _tokens(data: Finished, figures: Figures) -> None:
    """Lengths in tokens of the data set's own tokenizer."""
    made = Format.load(data.folder / "format.json", REMEDY)
    encoder = Encoder(load_tokenizer(made.tokenizer, made.tokenizer_revision), CACHED_PIECES)
    for split in ("train", "val"):
        counts = data.report["sft"][split]
        if counts:
            for example in tracked(data.examples(split), sum(counts.values()), f"tokens {split}"):
                figures.example(example, lambda text: len(encoder.encode(text)))


if __name__ == "__main__":
    run(main)
