"""One typed function an app: its signature and docstring are the JSON Schema, its body is the app."""

import inspect
import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from jsonschema import Draft202012Validator

Effect = Literal["read", "write"]
Support = Literal["emotional", "informational", "instrumental", "companionship"]

JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True, eq=False)
class Tool:
    """An app: what a model is told about it and the function that runs it."""

    name: str
    effect: Effect
    support: Support
    run: Callable[..., dict[str, Any]]
    schema: dict[str, Any]
    compact_schema: dict[str, Any]
    validator: Draft202012Validator


def tool(
    *, effect: Effect, support: Support, short: str, needs: dict[str, tuple[str, ...]] | None = None
) -> Callable[[Callable[..., dict[str, Any]]], Tool]:
    """Declares the function below as an app.

    The first parameter of the function is the world; the others are the app's. A parameter without a default is
    required, `T | None = None` is optional, `Literal` becomes an enum, and `Annotated[T, {...}]` adds JSON Schema keywords.

    Args:
        effect: "write" if a call may change the world.
        support: The kind of social support the app gives.
        short: One line for the compact schema.
        needs: For each value of the parameter `operation`, the parameters that it cannot do without.

    Raises:
        TypeError: A parameter without type or description, or a function without a description.
    """

    def declare(function: Callable[..., dict[str, Any]]) -> Tool:
        name = function.__name__
        about, said = read_docstring(function)
        properties, required = read_signature(function, said)
        full: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
        if needs:
            full["allOf"] = [_rule(operation, names) for operation, names in needs.items()]
        full["additionalProperties"] = False
        always = {*required, *(each for names in (needs or {}).values() for each in names)}
        small = {
            key: {word: value for word, value in rules.items() if word in ("type", "enum", "items")}
            for key, rules in properties.items()
            if key in always or "enum" in rules
        }
        compact = {"type": "object", "properties": small, "required": required}
        schemas = _outer(name, about, full), _outer(name, short, compact)
        return Tool(name, effect, support, function, *schemas, Draft202012Validator(full))

    return declare


def read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The description of a function and of each argument, from a Google-style docstring."""
    text = inspect.getdoc(function) or ""
    about, _, rest = text.partition("\nArgs:\n")
    if not about.strip():
        raise TypeError(f"{function.__name__}: the app needs a docstring that describes it")
    arguments: dict[str, str] = {}
    name = ""
    for line in rest.split("\n\n")[0].splitlines():
        start = re.match(r" {4}(\w+): (.+)", line)
        if start:
            name = start[1]
            arguments[name] = start[2].strip()
        elif name:
            arguments[name] += " " + line.strip()
    return " ".join(about.split()), arguments


def read_signature(function: Callable[..., Any], said: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """JSON Schema properties and required names of a function's parameters after the first."""
    hints = get_type_hints(function, include_extras=True)
    properties: dict[str, Any] = {}
    required: list[str] = []
    parameters = list(inspect.signature(function).parameters.values())[1:]
    for parameter in parameters:
        where = f"{function.__name__}({parameter.name})"
        if parameter.name not in hints:
            raise TypeError(f"{where}: the parameter needs a type")
        if parameter.name not in said:
            raise TypeError(f"{where}: the parameter needs a line under Args")
        rules = {**json_type(hints[parameter.name], where), "description": said[parameter.name]}
        if parameter.default is inspect.Parameter.empty:
            required.append(parameter.name)
        elif parameter.default is not None:
            rules["default"] = parameter.default
        properties[parameter.name] = rules
    unknown = said.keys() - properties.keys()
    if unknown:
        raise TypeError(f"{function.__name__}: Args describes {sorted(unknown)}, which the signature lacks")
    return properties, required


def json_type(hint: Any, where: str) -> dict[str, Any]:
    """A Python type as JSON Schema keywords.

    Raises:
        TypeError: A type that has no plain JSON form.
    """
    if get_origin(hint) is Annotated:
        base, extra = get_args(hint)[:2]
        return {**json_type(base, where), **extra}
    if get_origin(hint) in (Union, types.UnionType):
        inner = [part for part in get_args(hint) if part is not type(None)]
        if len(inner) == 1:
            return json_type(inner[0], where)
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if get_origin(hint) is list:
        return {"type": "array", "items": json_type(get_args(hint)[0], where)}
    if hint in JSON_TYPES:
        return {"type": JSON_TYPES[hint]}
    raise TypeError(f"{where}: no JSON Schema for the type {hint!r}")


def _rule(operation: str, names: tuple[str, ...]) -> dict[str, Any]:
    chosen = {"properties": {"operation": {"const": operation}}, "required": ["operation"]}
    return {"if": chosen, "then": {"required": list(names)}}


def _outer(name: str, about: str, parameters: dict[str, Any]) -> dict[str, Any]:
    # vLLM rebuilds a tool from exactly these keys in this order; any other shape would be served differently.
    return {"type": "function", "function": {"name": name, "description": about, "parameters": parameters}}
