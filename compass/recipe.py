"""Recipes: plain YAML checked against typed fields, with every problem shown at once, each with its place.

The fields come from whoever reads the recipe (TRL's dataclasses, a pydantic model), so keys keep the names people know.
PyYAML reads `2e-5` as a string; fields that want a number take it as the number it means.
"""

import dataclasses
import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from compass.errors import UserError, need_file


def fields_of(*classes: type) -> dict[str, Any]:
    """Field name to type annotation, of dataclasses and pydantic models; later classes win."""
    fields: dict[str, Any] = {}
    for cls in classes:
        if issubclass(cls, BaseModel):
            fields |= {name: field.annotation for name, field in cls.model_fields.items()}
        else:
            hints = get_type_hints(cls)
            fields |= {field.name: hints[field.name] for field in dataclasses.fields(cls) if field.init}
    return fields


def nearest(word: str, known: Collection[str]) -> str:
    """` Did you mean 'x'?` or nothing."""
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean {match[0]!r}?" if match else ""


def _read_yaml(path: Path) -> tuple[dict[str, Any], dict[str, int], list[str]]:
    """(values, line of each key, duplicate-key problems)."""
    text = need_file(path, "the recipe", "Name a YAML file, such as recipes/qwen3_tiny_cpu.yaml.").read_text(
        encoding="utf-8"
    )
    try:
        node, values = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise UserError(f"{path}: a recipe is a list of `key: value` lines, this one is a {type(values).__name__}.")
    lines: dict[str, int] = {}
    problems = []
    for key, _ in node.value:
        if key.value in lines:
            problems.append(
                f"{path}:{key.start_mark.line + 1}: {key.value} stands twice (first on line {lines[key.value]})"
            )
        lines.setdefault(key.value, key.start_mark.line + 1)
    return values, lines, problems


def _read_overrides(arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """`--key value`, `--key=value` and `--flag` (true), values read as YAML."""
    values: dict[str, Any] = {}
    problems = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            problems.append(f"command line: {word!r} stands alone; write --key value")
            continue
        key, equals, text = word[2:].partition("=")
        if not equals:
            text = rest.pop(0) if rest and not rest[0].startswith("--") else "true"
        try:
            values[key.replace("-", "_")] = yaml.safe_load(text)
        except yaml.YAMLError:
            problems.append(f"command line: --{key} {text!r} is not a YAML value")
    return values, problems


def _checked(value: Any, annotation: Any) -> Any:
    try:
        adapter = TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError:  # pydantic models bring their own config
        adapter = TypeAdapter(annotation)
    return adapter.validate_python(value)


def _type_problems(error: ValidationError, key: str, value: Any) -> list[str]:
    problems = []
    for item in error.errors(include_url=False):
        inside = ".".join(str(part) for part in item["loc"] if not str(part).startswith(("function-", "lax-")))
        got = item["input"] if inside else value
        problems.append(f"{key}{'.' + inside if inside else ''}: {item['msg']}, got {got!r} ({type(got).__name__})")
    return problems[:3]


def load(
    path: Path,
    fields: Mapping[str, Any],
    overrides: Sequence[str] = (),
    required: Collection[str] = (),
    contradictions: Callable[[dict[str, Any]], list[str]] = lambda values: [],
) -> dict[str, Any]:
    """Reads a recipe, lays command-line overrides on it and checks both.

    Args:
        path: The YAML file.
        fields: Known keys and their types (see `fields_of`).
        overrides: Leftover command-line words, `--learning_rate 2e-4`.
        required: Keys that must be there.
        contradictions: Problems between values that are fine alone; called only if each is.

    Returns:
        Checked values, only of the keys that were given.

    Raises:
        UserError: Lists every problem, one a line.
    """
    values, lines, problems = _read_yaml(path)
    given, override_problems = _read_overrides(overrides)
    problems += override_problems
    checked: dict[str, Any] = {}
    for key, value in (values | given).items():
        place = f"command line: --{key}" if key in given else f"{path}:{lines[str(key)]}"
        if key not in fields:
            problems.append(f"{place}: unknown key {key!r}.{nearest(str(key), fields)}")
            continue
        try:
            checked[key] = _checked(value, fields[key])
        except ValidationError as error:
            problems += [f"{place}: {problem}" for problem in _type_problems(error, key, value)]
    problems += [f"{path}: {key} is missing" for key in required if key not in values | given]
    problems = problems or [f"{path}: {problem}" for problem in contradictions(checked)]
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise UserError(f"{count} in the recipe:\n  " + "\n  ".join(problems))
    return checked
