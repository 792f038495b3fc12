"""The two long steps, person by person: who they are and what they say, then the trajectories of those in training."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from compass.bench import load_bench
from compass.errors import UserError
from compass.journal import Journal
from compass.schema import Trajectory, User
from data_prep.checks import problems
from data_prep.data_recipe import DataRecipe, load
from data_prep.history import history
from data_prep.leaks import Said
from data_prep.parallel import in_order
from data_prep.people import Exhausted, Persona, persona
from data_prep.progress import tracked
from data_prep.teacher import Teacher, answered_directly, profile

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("test", "val", "train")  # so that more people in training change nobody in the bench
FIRST = {"test": "t", "val": "v", "train": "u"}


def wanted(recipe: DataRecipe) -> list[tuple[Split, str]]:
    """(split, user id) of everybody the recipe asks for, in the order of their making."""
    return [
        (split, f"{FIRST[split]}{number:04d}") for split in SPLITS for number in range(getattr(recipe.people, split))
    ]


def make_people(recipe: DataRecipe, journal: Journal) -> None:
    """Makes everybody who is not in the journal yet; nobody says what somebody, or a guarded bench, says already."""
    said = Said()
    for user in guarded(recipe):
        said.add_user(user)
    everybody = wanted(recipe)
    for split, user_id in tracked(everybody, len(everybody), "people"):
        if user_id not in journal.done:
            journal.add(user_id, _person(recipe, user_id, split, said).model_dump(mode="json"))
        said.add_user(Persona.model_validate(journal.done[user_id]).user)
    said.close()


def _person(recipe: DataRecipe, user_id: str, split: Split, said: Said) -> Persona:
    try:
        return persona(recipe.seed, user_id, split, recipe.situations_per_person, said.taken)
    except Exhausted as error:
        raise UserError(
            f"no new utterance was found for {error}: the rules know too few words for so many people. Ask for fewer."
        ) from None


def guarded(recipe: DataRecipe) -> Iterator[User]:
    """The held-out people of the benches and data recipes under `guard`."""
    for place in recipe.guard:
        if Path(place).suffix in (".yaml", ".yml"):
            yield from _test_people(load(Path(place)))
        else:
            yield from load_bench(Path(place))


def _test_people(recipe: DataRecipe) -> Iterator[User]:
    """The test people that a recipe would make, without its files."""
    said = Said()
    for user in guarded(recipe):
        said.add_user(user)
    for split, user_id in wanted(recipe):
        if split == "test":
            made = _person(recipe, user_id, split, said).user
            said.add_user(made)
            yield made
    said.close()


def teach(recipe: DataRecipe, people: Mapping[str, Any], journal: Journal) -> None:
    """Writes and checks the trajectories of everybody outside the test split: {"kept", "rejected"} for each person."""
    students = [user_id for split, user_id in wanted(recipe) if split != "test"]
    todo = [user_id for user_id in students if user_id not in journal.done]
    made = in_order(partial(taught, recipe), (people[user_id] for user_id in todo), len(todo))
    for user_id in tracked(students, len(students), "trajectories"):
        if user_id not in journal.done:
            journal.add(user_id, next(made))


def taught(recipe: DataRecipe, student: dict[str, Any]) -> dict[str, Any]:
    """The checked trajectories of one persona, as the journal keeps them."""
    teacher, persona = Teacher(recipe.seed, recipe.prompt_style), Persona.model_validate(student)
    kept, rejected = [], []
    for trajectory in trajectories(recipe, teacher, persona):
        found = problems(trajectory, persona.user, recipe.prompt_style)
        if found:
            rejected += [{"stage": "trajectory", "id": trajectory.id, **each.model_dump()} for each in found]
        else:
            kept.append(trajectory.model_copy(update={"checks": {"passed": True}}).model_dump(mode="json"))
    return {"kept": kept, "rejected": rejected}


def trajectories(recipe: DataRecipe, teacher: Teacher, student: Persona) -> Iterator[Trajectory]:
    """Everything the teacher writes for one person."""
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
