"""How varied the utterances of benches are, side by side.

python -m data_prep.diversity data/offline/bench/train.jsonl their_test_file.json
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from compass.bench import load_bench
from compass.errors import run
from data_prep.report import SAMPLE, distinct, diversity


def main() -> None:
    """Reads the command line and prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.diversity", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", nargs="+", type=Path, help="bench/*.jsonl of a data set, or the published test file")
    options = parser.parse_args()
    said = {
        str(path): [situation.utterance for user in load_bench(path) for situation in user.situations]
        for path in options.bench
    }
    texts = min(SAMPLE, *map(len, said.values()))
    compared = {name: diversity(each[:texts]) for name, each in said.items()}
    table = Table(title=f"the first {texts:,} utterances of each")
    table.add_column("figure")
    for name in compared:
        table.add_column(Path(name).name, overflow="fold")
    for figure in next(iter(compared.values())):
        if figure != "frequent_5_grams":
            table.add_row(figure, *(str(each[figure]) for each in compared.values()))
    words = min(sum(len(text.split()) for text in each[:texts]) for each in said.values())
    table.add_row(
        f"distinct_2, first {words:,} words", *(str(distinct(_cut(each, words), 2)) for each in said.values())
    )
    table.add_section()
    shown = [[f"{share:.2%} {gram}" for gram, share in each["frequent_5_grams"].items()] for each in compared.values()]
    for place, row in enumerate(zip(*shown), start=1):
        table.add_row(f"5-gram {place}, share of texts", *row)
    Console().print(table, markup=False)


def _cut(texts: list[str], words: int) -> Iterator[str]:
    """The first texts that hold so many words together: distinct-n falls as texts grow longer."""
    for text in texts:
        if words <= 0:
            return
        yield " ".join(text.split()[:words])
        words -= len(text.split())


if __name__ == "__main__":
    run(main)
