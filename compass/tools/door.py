"""One door to the apps: a name and a JSON string in, a JSON string out."""

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from compass.errors import UserError
from compass.tools.answer import pick
from compass.tools.crisis import crisis_lines, emergency_number
from compass.tools.danger import danger_in
from compass.tools.declare import Tool
from compass.tools.emergency import emergency_now, emergency_services
from compass.tools.fault import ToolError, nearest, shown
from compass.tools.place import home_of
from compass.tools.world import World

# Marks that change the direction of the text around them: harmless to read, a trick in a list of names.
ANSWERS_DANGER = frozenset({"psyweb_recommender", "role_play", "medical_appointment"})  # these speak of it themselves
RULES = {
    "type": "be of type {}",
    "minimum": "be at least {}",
    "maximum": "be at most {}",
    "pattern": "match {}",
}  # every keyword that a declaration uses, but for those that `_told` tells at more length
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DIRECTION = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))


@dataclass(frozen=True)
class ToolResult:
    """What came of a call.

    Args:
        content: JSON object for the caller, `json.dumps(obj, ensure_ascii=False)`.
        ok: Whether the call was carried out.
        error: Kind of mistake if it was not: unknown_tool, bad_arguments, schema, or a code of the app.
        schema_ok: Whether the name is an app's and the arguments pass its full JSON Schema.
    """

    content: str
    ok: bool
    error: str | None
    schema_ok: bool


def run_call(tools: dict[str, Tool], world: World, name: str, arguments: str) -> ToolResult:
    """Runs one call; a mistake of the caller's becomes a result, and the world is then as it was.

    Args:
        tools: The apps by name.
        world: Where the call happens.
        name: Name of an app.
        arguments: JSON object of its arguments.

    Raises:
        RuntimeError: A defect of ours, with the call that showed it.
        UserError: The model behind an app could not be asked (`compass.tools.richer`).
    """
    schema_ok = False
    before = world.image
    try:
        tool = _named(tools, name)
        given = _read_arguments(arguments)
        _validate(tool, given)
        schema_ok = True
        fitted = _fitted(tool, given)
        body = {**_safety(world, tool, fitted), **tool.run(world, **fitted)}
    except ToolError as error:
        world.image = before
        return ToolResult(_dump(error.body()), False, error.code, schema_ok)
    except UserError:  # the model behind an app could not be asked
        world.image = before
        raise
    except Exception as error:
        world.image = before
        raise RuntimeError(f"defect in the app behind this call: {name[:80]!r} {arguments[:2000]!r}") from error
    return ToolResult(_dump(body), True, None, True)


def _safety(world: World, tool: Tool, given: dict[str, Any]) -> dict[str, Any]:
    """A crisis line on top of any result whose request speaks of danger to life: nobody is sent a joke and nothing else."""
    if tool.name in ANSWERS_DANGER:
        return {}
    said = " ".join(
        text
        for value in given.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    )
    if danger_in(said) != "suicide":
        return _emergency(world, said) if emergency_now(said) else {}
    country = home_of(world.person.address, said)
    line = crisis_lines("suicide", said, country, "Adult")[0]
    note = f"The words speak of danger to life: ask openly and offer this line first; if it is now: {emergency_number(country)}."
    return {"safety": {"note": note, **pick(line, "name", "phone", "text_line", "url")}}


def _emergency(world: World, said: str) -> dict[str, Any]:
    note = "The words may speak of an emergency of the body: ask, and name this number before anything else."
    return {"safety": {"note": note, **emergency_services(world.person, said)}}


def _named(tools: dict[str, Tool], name: str) -> Tool:
    if name not in tools:
        raise ToolError("unknown_tool", "no app has this name", "name", name, nearest(name, list(tools)))
    return tools[name]


def _read_arguments(arguments: str) -> dict[str, Any]:
    try:
        given = json.loads(arguments, object_pairs_hook=_object, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # RecursionError: a hundred thousand opening brackets
        reason = str(error)[:120] or type(error).__name__
        raise ToolError("bad_arguments", f"arguments are not a JSON object: {reason}", "arguments", arguments) from None
    if not isinstance(given, dict):
        raise ToolError("bad_arguments", "arguments are JSON but not an object", "arguments", arguments)
    return given


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _validate(tool: Tool, given: dict[str, Any]) -> None:
    """Checks arguments against the full schema; the first mistake in the order of the parameters is told in full."""
    problems = sorted(
        tool.validator.iter_errors(given),
        key=lambda problem: (list(map(str, problem.absolute_path)), problem.validator),
    )
    if problems:
        raise _told(tool, given, problems[0], len(problems))


def _told(tool: Tool, given: dict[str, Any], problem: ValidationError, count: int) -> ToolError:
    parameters = tool.schema["function"]["parameters"]["properties"]
    more = f" ({count - 1} more)" if count > 1 else ""
    where = str(problem.absolute_path[0]) if problem.absolute_path else None
    if problem.validator == "required":
        missing = [name for name in problem.validator_value if name not in given]
        after = f" for operation {shown(given['operation'])}" if problem.parent else ""
        return ToolError(
            "schema", f"missing: {', '.join(missing)} (required{after}){more}", missing[0], None, tuple(missing)
        )
    if problem.validator == "additionalProperties":
        extra = next(name for name in given if name not in parameters)
        return ToolError(
            "schema", f"{tool.name} has no such parameter{more}", "arguments", extra, nearest(extra, list(parameters))
        )
    if problem.validator == "enum":
        choices = nearest(problem.instance, problem.validator_value)
        return ToolError(
            "schema",
            f"{where} is none of its {len(choices)} values; nearest first{more}",
            where,
            problem.instance,
            choices,
        )
    rule = RULES[problem.validator].format(problem.validator_value)
    return ToolError("schema", f"{where} must {rule}{more}", where, problem.instance)


def _fitted(tool: Tool, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments as the app's function takes them: text without control and direction marks, 2.0 as 2 where whole numbers stand."""
    properties = tool.schema["function"]["parameters"]["properties"]
    return {name: _fit(value, properties[name]["type"]) for name, value in given.items()}


def _fit(value: Any, kind: str) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean(each) for each in value]
    return int(value) if kind == "integer" else value


def clean(text: str) -> str:
    """A text with line ends and tabs as spaces, without control characters, marks of direction and lone surrogates."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    spaced = unicodedata.normalize("NFC", whole.translate(_DIRECTION))
    return " ".join(_CONTROL.sub(" ", spaced).split())


def _dump(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
