"""Recipes: every problem at once, each with its place and the nearest known key."""

from dataclasses import dataclass, field
from typing import Literal

import pytest
from pydantic import BaseModel

from compass import recipe
from compass.errors import UserError


@dataclass
class Training:
    learning_rate: float = 1e-4
    max_length: int | None = 1024
    bf16: bool | None = None
    target_modules: list[str] | None = None
    optim: str = "adamw_torch"
    extra: dict = field(default_factory=dict)


class People(BaseModel):
    model_config = {"extra": "forbid"}
    train: int
    test: int


class Ours(BaseModel):
    packing: Literal["tree", "none"]
    people: People


FIELDS = recipe.fields_of(Training, Ours)


def load(tmp_path, text, overrides=(), **more):
    path = tmp_path / "r.yaml"
    path.write_text(text)
    return recipe.load(path, FIELDS, overrides, **more)


def test_numbers_that_yaml_reads_as_strings_are_numbers(tmp_path):
    values = load(tmp_path, "learning_rate: 2e-5\nmax_length: null\nbf16: true\npeople: {train: 2, test: 1}\n")
    assert values == {"learning_rate": 2e-5, "max_length": None, "bf16": True, "people": People(train=2, test=1)}


def test_all_problems_are_shown_at_once_each_with_its_place(tmp_path):
    text = "learning_rat: 1e-4\nmax_length: many\npacking: leaf\npeople:\n  train: 2\n  tset: 1\noptim: a\noptim: b\n"
    with pytest.raises(UserError) as caught:
        load(tmp_path, text, ["--bf16", "perhaps", "stray", "--targetmodules", "[a]"], required=["packing"])
    message = str(caught.value)
    for part in (
        "problems in the recipe",
        "r.yaml:1: unknown key 'learning_rat'. Did you mean 'learning_rate'?",
        "r.yaml:2: max_length",
        "'many' (str)",
        "r.yaml:3: packing",
        "people.test: Field required",
        "people.tset",
        "r.yaml:8: optim stands twice (first on line 7)",
        "command line: --bf16",
        "'stray' stands alone",
        "unknown key 'targetmodules'. Did you mean 'target_modules'?",
    ):
        assert part in message, f"{part!r} is missing from:\n{message}"


def test_the_command_line_wins_and_takes_both_spellings(tmp_path):
    values = load(
        tmp_path, "learning_rate: 1e-4\n", ["--learning-rate", "3e-4", "--optim=sgd", "--bf16", "--max_length", "null"]
    )
    assert values == {"learning_rate": 3e-4, "optim": "sgd", "bf16": True, "max_length": None}


def test_missing_keys_and_contradictions_stop_the_run(tmp_path):
    with pytest.raises(UserError, match="packing is missing"):
        load(tmp_path, "optim: a\n", required=["packing"])
    with pytest.raises(UserError, match="packing tree needs max_length null"):
        load(tmp_path, "packing: tree\n", contradictions=lambda values: ["packing tree needs max_length null"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("- a\n", "is a list"),
        ("a: [\n", "not valid YAML"),
        ("x: !!python/name:os.system\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_recipe_is_one_sentence(tmp_path, text, complaint):
    with pytest.raises(UserError, match=complaint):
        load(tmp_path, text)
