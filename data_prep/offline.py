"""The offline teacher's two steps: people by rules who say nothing twice, and their trajectories on all cores."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Literal

from compass.errors import UserError
from compass.journal import Journal
from compass.schema import Trajectory, User
from data_prep.checks import problems
from data_prep.data_recipe import DataRecipe
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


def make_people(recipe: DataRecipe, said: Said, journal: Journal) -> None:
    """Makes everybody who is not in the journal yet; nobody says what was `said` already."""
    everybody = wanted(recipe)
    for split, user_id in tracked(everybody, len(everybody), "people"):
        if user_id not in journal.done:
            journal.add(user_id, person(recipe, user_id, split, said).model_dump(mode="json"))
        said.add_user(User.model_validate(journal.done[user_id]["user"]))


def person(recipe: DataRecipe, user_id: str, split: Split, said: Said) -> Persona:
    """One person.

    Raises:
        UserError: The rules know too few words for one more.
    """
    try:
        return persona(recipe.seed, user_id, split, recipe.situations_per_person, said.taken)
    except Exhausted as error:
        raise UserError(
            f"no new utterance was found for {error}: the rules know too few words for so many people. Ask for fewer."
        ) from None


def test_people(recipe: DataRecipe, said: Said) -> Iterator[User]:
    """The test people that a recipe would make, without its files."""
    for split, user_id in wanted(recipe):
        if split == "test":
            made = person(recipe, user_id, split, said).user
            said.add_user(made)
            yield made


def teach(recipe: DataRecipe, students: list[str], people: Mapping[str, Any], journal: Journal) -> None:
    """Writes and checks the trajectories of the students: {"kept", "rejected"} for each."""
    todo = [user_id for user_id in students if user_id not in journal.done]
    made = in_order(partial(taught, recipe), (people[user_id] for user_id in todo), len(todo))
    for user_id in tracked(students, len(students), "trajectories"):
        if user_id not in journal.done:
            journal.add(user_id, next(made))


def taught(recipe: DataRecipe, student: dict[str, Any]) -> dict[str, Any]:
    """The checked trajectories of one persona, as the journal keeps them."""
    teacher, made = Teacher(recipe.seed, recipe.prompt_style, recipe.richer_model), Persona.model_validate(student)
    kept, rejected = [], []
    for trajectory in trajectories(recipe, teacher, made):
        found = problems(trajectory, made.user, recipe.prompt_style)
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
