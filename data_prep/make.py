"""`make data`: everything a data recipe describes.

    python -m data_prep.make --recipe recipes/data/tiny.yaml [--out data/tiny] [--fresh] [--key value …]

Writes bench, trajectories, SFT examples, pairs, `format.json` and `report.json` (design of the folder: README). Finished
people are in a journal: a run that was stopped goes on where it was, and ends with the same bytes.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compass import jsonl
from compass.encode import Encoder
from compass.errors import UserError, run
from compass.format import Format
from compass.journal import Journal
from compass.schema import SftExample, Trajectory
from data_prep import convert, report
from data_prep.checks import problems
from data_prep.data_recipe import DataRecipe, load, load_tokenizer
from data_prep.history import history
from data_prep.leaks import Said
from data_prep.people import Exhausted, Persona, persona
from data_prep.progress import tracked
from data_prep.teacher import Teacher, answered_directly, profile

SPLITS = ("test", "val", "train")  # in this order, so that more people in training change nobody in the bench
FIRST = {"test": "t", "val": "v", "train": "u"}


def main() -> None:
    """Reads the command line and makes the data."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.make", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True, help="a data recipe, such as recipes/data/tiny.yaml")
    parser.add_argument("--out", type=Path, help="folder to write (default: data/<name of the recipe>)")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier, different run left unfinished")
    options, overrides = parser.parse_known_args()
    recipe = load(options.recipe, overrides)
    make(recipe, options.out or Path("data") / options.recipe.stem, options.fresh)


def make(recipe: DataRecipe, out: Path, fresh: bool = False) -> None:
    """Makes people, trajectories and examples in `out`."""
    tokenizer = load_tokenizer(recipe.tokenizer, recipe.tokenizer_revision) if recipe.tokenizer else None
    personas = make_people(recipe, _journal(recipe, out, "people", fresh))
    taught = teach(recipe, personas, _journal(recipe, out, "trajectories", fresh))
    write_bench(out, personas)
    kept = write_trajectories(recipe, out, taught)
    summary: dict[str, Any] = {
        "recipe": recipe.model_dump(mode="json"),
        "people": report.of_people([each.user for each in personas]),
        "trajectories": report.of_trajectories(kept),
        "rejected": _rejected(taught),
    }
    if tokenizer is not None:
        summary["sft"] = write_examples(recipe, out, personas, kept, tokenizer)
        name, revision = recipe.tokenizer or "", recipe.tokenizer_revision
        Format.of(tokenizer, name, revision, recipe.prompt_style, recipe.enable_thinking).save(out / "format.json")
    jsonl.write_json(out / "report.json", summary)
    print(
        f"{len(personas)} people, {len(kept)} trajectories, {sum(summary['rejected'].values())} refused: {out}/",
        file=sys.stderr,
    )


def _journal(recipe: DataRecipe, out: Path, step: str, fresh: bool) -> Journal:
    path = out / "journal" / f"{step}.jsonl"
    if fresh:
        path.unlink(missing_ok=True)
    try:
        return Journal(path, recipe.signature())
    except UserError as error:
        raise UserError(f"{error} (--fresh does that)") from None


def make_people(recipe: DataRecipe, journal: Journal) -> list[Persona]:
    """Steps 1 to 6 for everybody, test people first."""
    wanted = [
        (split, f"{FIRST[split]}{number:04d}") for split in SPLITS for number in range(getattr(recipe.people, split))
    ]
    said = Said(map(Path, recipe.guard))
    made = []
    with journal:
        for split, user_id in tracked(wanted, len(wanted), "people"):
            if user_id not in journal.done:
                try:
                    new = persona(recipe.seed, user_id, split, recipe.situations_per_person, said.taken)
                except Exhausted as error:
                    raise UserError(
                        f"no new utterance was found for {error}: the rules know too few words for so many people. Ask for fewer."
                    ) from None
                journal.add(user_id, new.model_dump(mode="json"))
            made.append(Persona.model_validate(journal.done[user_id]))
            said.add(user_id, made[-1].user)
    return made


def teach(recipe: DataRecipe, personas: list[Persona], journal: Journal) -> list[dict[str, Any]]:
    """Trajectories of everybody who is not in the test split: {"kept", "rejected"} for each person."""
    teacher = Teacher(recipe.seed, recipe.prompt_style)
    students = [each for each in personas if each.user.split != "test"]
    taught = []
    with journal:
        for student in tracked(students, len(students), "trajectories"):
            if student.user.id not in journal.done:
                journal.add(student.user.id, _checked(recipe, teacher, student))
            taught.append(journal.done[student.user.id])
    return taught


def _checked(recipe: DataRecipe, teacher: Teacher, student: Persona) -> dict[str, Any]:
    kept, rejected = [], []
    for trajectory in _trajectories(recipe, teacher, student):
        found = problems(trajectory, student.user, recipe.prompt_style)
        if found:
            rejected += [{"stage": "trajectory", "id": trajectory.id, **each.model_dump()} for each in found]
        else:
            kept.append(trajectory.model_copy(update={"checks": {"passed": True}}).model_dump(mode="json"))
    return {"kept": kept, "rejected": rejected}


def _trajectories(recipe: DataRecipe, teacher: Teacher, student: Persona) -> Iterator[Trajectory]:
    for plot in student.plots:
        if "profile" in recipe.settings:
            yield profile(teacher, student, plot, "preferred")
            if recipe.pairs and plot.scene:
                yield profile(teacher, student, plot, "dispreferred")
        if "direct" in recipe.settings:
            yield answered_directly(teacher, student, plot)
    if "history" in recipe.settings:
        told = history(teacher, student, recipe.history_rounds)
        if told:
            yield told


def write_bench(out: Path, personas: list[Persona]) -> None:
    """The people, by split."""
    for split in SPLITS:
        jsonl.write(out / "bench" / f"{split}.jsonl", [each.user for each in personas if each.user.split == split])


def write_trajectories(recipe: DataRecipe, out: Path, taught: list[dict[str, Any]]) -> list[Trajectory]:
    """Kept trajectories by setting, and the ledger of refused ones."""
    kept = [Trajectory.model_validate(each) for person in taught for each in person["kept"]]
    for setting in recipe.settings:
        jsonl.write(out / "trajectories" / f"{setting}.jsonl", [each for each in kept if each.setting == setting])
    jsonl.write(out / "rejected.jsonl", [each for person in taught for each in person["rejected"]])
    return kept


def _rejected(taught: list[dict[str, Any]]) -> dict[str, int]:
    reasons = [each["reason"] for person in taught for each in person["rejected"]]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def write_examples(
    recipe: DataRecipe, out: Path, personas: list[Persona], kept: list[Trajectory], tokenizer: Any
) -> dict[str, Any]:
    """SFT examples of train and val, pairs of train, and their figures."""
    users = {each.user.id: each.user for each in personas}
    encoder = Encoder(tokenizer)
    examples: dict[str, list[SftExample]] = {"train": [], "val": []}
    for trajectory in tracked(kept, len(kept), "examples"):
        user = users[trajectory.user_id]
        examples[user.split] += convert.examples(
            trajectory, user, tokenizer, recipe.prompt_style, recipe.enable_thinking
        )
    figures = {}
    for split, made in examples.items():
        jsonl.write(out / "sft" / f"{split}.jsonl", made)
        lengths = {each.id: (len(encoder.encode(each.prompt)), len(encoder.encode(each.completion))) for each in made}
        figures[split] = report.of_examples(made, lengths)
    twins = {each.id: each for each in kept}
    both = [(each, twins[f"{each.id}-dispreferred"]) for each in kept if f"{each.id}-dispreferred" in twins]
    train = [(one, other) for one, other in both if users[one.user_id].split == "train"]
    pairs = (
        convert.pair(one, other, users[one.user_id], tokenizer, recipe.prompt_style, recipe.enable_thinking)
        for one, other in train
    )
    figures["pairs"] = jsonl.write(out / "pairs.jsonl", pairs)
    return figures


if __name__ == "__main__":
    run(main)
