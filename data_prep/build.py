"""The two long steps of every teacher: who the people are and what they say, then the trajectories of those in training."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compass.bench import load_bench
from compass.journal import Journal
from compass.schema import User
from data_prep import offline, openai_teacher, published
from data_prep.data_recipe import DataRecipe, load
from data_prep.leaks import Said


def make_people(recipe: DataRecipe, journal: Journal) -> None:
    """Puts everybody into the journal: {"user", …} by user id, those held out first."""
    if recipe.teacher == "published":
        published.make_people(recipe, journal)
        return
    said = Said()
    for user in guarded(recipe):
        said.add_user(user)
    teacher = openai_teacher if recipe.teacher == "openai" else offline
    teacher.make_people(recipe, said, journal)
    said.close()


def teach(recipe: DataRecipe, people: Mapping[str, Any], journal: Journal) -> Mapping[str, Any]:
    """Finishes the journal of trajectories of everybody outside the test split; {"kept", "rejected"} by user id."""
    students = [user_id for user_id in people if people[user_id]["user"]["split"] != "test"]
    if recipe.teacher == "openai":
        return openai_teacher.teach(recipe, people, students, journal)
    teacher = published if recipe.teacher == "published" else offline
    teacher.teach(recipe, students, people, journal)
    return journal.done


def guarded(recipe: DataRecipe) -> Iterator[User]:
    """The held-out people of the benches and data recipes under `guard`."""
    for place in recipe.guard:
        if Path(place).suffix in (".yaml", ".yml"):
            other = load(Path(place))
            said = Said()
            for user in guarded(other):
                said.add_user(user)
            yield from offline.test_people(other, said)
            said.close()
        else:
            yield from load_bench(Path(place))
