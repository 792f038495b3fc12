"""`make data`: everything a data recipe describes.

    python -m data_prep.make --recipe recipes/data/tiny.yaml [--out data/tiny] [--fresh] [--key value …]

Writes bench, trajectories, SFT examples, pairs, `format.json` and `report.json`. Finished people are in a journal: a run
that was stopped goes on where it was, and ends with the same bytes.
"""

import argparse
import sys
from pathlib import Path

from compass import jsonl
from compass.errors import UserError, run
from compass.format import Format
from compass.journal import Journal
from data_prep.assemble import assemble
from data_prep.build import make_people, teach
from data_prep.data_recipe import DataRecipe, load, load_tokenizer


def main() -> None:
    """Reads the command line and makes the data."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.make", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True, help="a data recipe, such as recipes/data/tiny.yaml")
    parser.add_argument("--out", type=Path, help="folder to write (default: data/<name of the recipe>)")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier, different run has finished")
    options, overrides = parser.parse_known_args()
    recipe = load(options.recipe, overrides)
    make(recipe, options.out or Path("data") / options.recipe.stem, options.fresh)


def make(recipe: DataRecipe, out: Path, fresh: bool = False) -> None:
    """Makes people, trajectories and examples in `out`."""
    tokenizer = load_tokenizer(recipe.tokenizer, recipe.tokenizer_revision) if recipe.tokenizer else None
    with journal(recipe, out, "people", fresh) as people, journal(recipe, out, "trajectories", fresh) as taught:
        make_people(recipe, people)
        teach(recipe, people.done, taught)
        summary = assemble(recipe, out, people.done, taught.done, tokenizer)
    if tokenizer is not None:
        name, revision = recipe.tokenizer or "", recipe.tokenizer_revision
        Format.of(tokenizer, name, revision, recipe.prompt_style, recipe.enable_thinking).save(out / "format.json")
    jsonl.write_json(out / "report.json", summary)
    refused = sum(summary["rejected"].values())
    made = summary["trajectories"]["count"]
    print(f"{out}: {summary['people']['count']} people, {made} trajectories, {refused} refused", file=sys.stderr)


def journal(recipe: DataRecipe, out: Path, step: str, fresh: bool) -> Journal:
    """Opens or continues the journal of a step.

    Raises:
        UserError: It belongs to another recipe or other code, and `fresh` is not set.
    """
    path = out / "journal" / f"{step}.jsonl"
    if fresh:
        path.unlink(missing_ok=True)
    try:
        return Journal(path, recipe.signature())
    except UserError as error:
        raise UserError(f"{error} (--fresh does that)") from None


if __name__ == "__main__":
    run(main)
