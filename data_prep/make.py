"""`make data`: everything a data recipe describes.

    python -m data_prep.make --recipe recipes/data/tiny.yaml [--out data/tiny] [--fresh] [--key value …]
    python -m data_prep.make --for recipes/qwen3_8b_lora.yaml    what a training recipe asks for, if it is not there yet

Writes bench, trajectories, SFT examples, pairs, `format.json` and `report.json`. Finished people are in a journal: a run
that was stopped goes on where it was, and ends with the same bytes.
"""

import argparse
import json
import sys
from itertools import chain
from pathlib import Path

import yaml

from compass import jsonl
from compass.errors import UserError, need_file, run
from compass.format import Format
from compass.journal import Journal
from data_prep.asking import Losses
from data_prep.assemble import assemble
from data_prep.bill import bill, dry_run
from data_prep.build import make_people, teach
from data_prep.data_recipe import DataRecipe, load, load_tokenizer

RULES = (
    "{out} is written by rules, not by a model: it teaches the format and the use of the apps, not much of how people talk. "
    "For a companion to talk to, name a data recipe with `teacher: openai` (a teacher model writes, recipes/data/teacher.yaml) "
    "or `teacher: published` (the published records, recipes/data/published.yaml)."
)


def main() -> None:
    """Reads the command line and makes the data."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.make", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--recipe", type=Path, help="a data recipe, such as recipes/data/tiny.yaml")
    which.add_argument("--for", type=Path, dest="training", help="a training recipe whose data is made if missing")
    parser.add_argument("--out", type=Path, help="folder to write (default: data/<name of the recipe>)")
    begun = parser.add_mutually_exclusive_group()
    begun.add_argument("--fresh", action="store_true", help="forget what an earlier, different run has finished")
    begun.add_argument(
        "--mix", action="store_true", help="keep it, and make what is missing by today's recipe and code"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show a teacher model's first prompts and the bill to expect"
    )
    options, overrides = parser.parse_known_args()
    path = options.recipe or data_recipe_of(options.training)
    recipe = load(path, overrides)
    if options.dry_run:
        dry_run(recipe)
        return
    out = options.out or Path("data") / path.stem
    if options.training is None or not (out / "report.json").exists():
        make(recipe, out, options.fresh, options.mix)
    if options.training is not None and recipe.teacher == "offline":
        print(f"note: {RULES.format(out=out)}", file=sys.stderr)


def data_recipe_of(training: Path) -> Path:
    """The data recipe that a training recipe names.

    Raises:
        UserError: The file is missing or names none.
    """
    text = need_file(training, "the training recipe", "Name a YAML file, such as recipes/qwen3_tiny_cpu.yaml.")
    values = yaml.safe_load(text.read_text(encoding="utf-8"))
    if not isinstance(values, dict) or not isinstance(values.get("data"), str):
        raise UserError(f"{training} names no data recipe. Add a line such as `data: recipes/data/offline.yaml`.")
    return Path(values["data"])


def make(recipe: DataRecipe, out: Path, fresh: bool = False, mix: bool = False) -> None:
    """Makes people, trajectories and examples in `out`; `fresh` and `mix` say what to do with what another recipe has begun."""
    for name in filter(None, (recipe.records, recipe.profiles)):  # before a tokenizer is fetched over a network
        need_file(Path(name), "a file of published records", "Put it there, or say in the data recipe where it is.")
    tokenizer = load_tokenizer(recipe.tokenizer, recipe.tokenizer_revision) if recipe.tokenizer else None
    if fresh:
        forget(recipe, out)
    with journal(recipe, out, "people", mix) as people, journal(recipe, out, "trajectories", mix) as taught:
        make_people(recipe, people)
        summary = assemble(recipe, out, people.done, teach(recipe, people.done, taught), tokenizer)
        if recipe.teacher == "openai":
            summary["teacher"] = bill(
                recipe, chain(people.done.values(), taught.done.values()), Losses(out / "journal").spent()
            )
    if tokenizer is not None:
        name, revision = recipe.tokenizer or "", recipe.tokenizer_revision
        Format.of(tokenizer, name, revision, recipe.prompt_style, recipe.enable_thinking).save(out / "format.json")
    jsonl.write_json(out / "report.json", summary)
    refused = sum(summary["rejected"].values())
    made = summary["trajectories"]["count"]
    print(f"{out}: {summary['people']['count']} people, {made} trajectories, {refused} refused", file=sys.stderr)
    if stale := summary["review"]["stale"]:
        print(f"note: {stale} review decisions are about texts that these data no longer hold", file=sys.stderr)


def forget(recipe: DataRecipe, out: Path) -> None:
    """Clears the journals away; those that a teacher model was paid for get `.old` to their names."""
    for path in [*(out / "journal").glob("*.jsonl")]:
        if recipe.teacher == "openai":
            path.replace(path.with_suffix(".jsonl.old"))
        else:
            path.unlink()


def journal(recipe: DataRecipe, out: Path, step: str, mix: bool) -> Journal:
    """Opens or continues the journal of a step.

    Raises:
        UserError: It belongs to another recipe or other code, and `mix` is not set.
    """
    path, signature = out / "journal" / f"{step}.jsonl", recipe.signature()
    try:
        return Journal(path, adopted(path) if mix and path.exists() else signature)
    except UserError as error:
        raise UserError(f"{error} (--fresh does that; --mix keeps what is finished and goes on)") from None


def adopted(path: Path) -> str:
    """The signature that a journal was begun with."""
    with path.open("rb") as file:
        try:
            return str(json.loads(file.readline())["signature"])
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{path}:1: the journal is damaged. Delete the file to start over.") from None


if __name__ == "__main__":
    run(main)
