"""The apps from the shell: `python -m compass.tools [list | schema NAME | call NAME JSON | mcp]`.

python -m compass.tools
python -m compass.tools schema schedule_manager
python -m compass.tools call music_recommendation '{"keywords": ["calm"]}' --at 2026-03-14T18:20
python -m compass.tools mcp
"""

import argparse
import json
from importlib.util import find_spec
from pathlib import Path

from compass.errors import UserError, run
from compass.tools import TOOLS, call, names
from compass.tools.fault import nearest
from compass.tools.world import Person, World, seed_of


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m compass.tools", description="The twelve simulated apps.")
    commands = made.add_subparsers(dest="command")
    commands.add_parser("list", help="the apps, one a line (the default)")
    schema = commands.add_parser("schema", help="the JSON Schema of an app")
    schema.add_argument("name")
    schema.add_argument("--style", choices=("full", "compact"), default="full")
    caller = commands.add_parser("call", help="one call in a fresh world; exit status 1 if the call was refused")
    caller.add_argument("name")
    caller.add_argument("arguments", help="JSON object")
    server = commands.add_parser(
        "mcp", help="serve the apps over the Model Context Protocol on standard input and output"
    )
    for command in (caller, server):
        command.add_argument("--id", default="shell", help="situation id: decides the seed of the world")
        command.add_argument("--at", default="2026-03-14T18:20", help="the world's clock, ISO local time")
        command.add_argument("--name", dest="person", default="Alex Reed", help="name of the person")
        command.add_argument("--phone", default="+1-555-010-0199", help="phone of the person")
        command.add_argument(
            "--address", default="14 Maple Street, Springfield, IL 62704", help="address of the person"
        )
        command.add_argument(
            "--richer", type=Path, help="recipe of a model behind some apps (recipes/tools/richer.yaml)"
        )
    return made


def main() -> int:
    """Runs one command."""
    asked = parser().parse_args()
    if asked.command == "schema":
        print(json.dumps(_schema(asked.name, asked.style), ensure_ascii=False, indent=2))
    elif asked.command == "call":
        result = call(_world(asked), asked.name, asked.arguments)
        print(result.content)
        return 0 if result.ok else 1
    elif asked.command == "mcp":
        if find_spec("mcp") is None:
            raise UserError("the package mcp is not installed. Run: pip install 'mcp>=2.3,<3'")
        from compass.tools.mcp_server import serve

        serve(_world(asked))
    else:
        for tool in TOOLS:
            print(f"{tool.name:<22}{tool.effect:<7}{tool.support:<15}{tool.compact_schema['function']['description']}")
    return 0


def _schema(name: str, style: str) -> dict[str, object]:
    tool = next((tool for tool in TOOLS if tool.name == name), None)
    if tool is None:
        raise UserError(
            f"no app is named {name!r}. Nearest: {', '.join(nearest(name, names())[:3])}. `python -m compass.tools` lists all."
        )
    return tool.schema if style == "full" else tool.compact_schema


def _world(asked: argparse.Namespace) -> World:
    richer = None
    if asked.richer is not None:
        from compass.tools import richer as backing  # pydantic and YAML, which the apps alone do without

        richer = backing.load(asked.richer)
    try:
        return World(seed_of(asked.id), asked.at, Person(asked.person, asked.phone, asked.address), richer)
    except ValueError:
        raise UserError(f"--at {asked.at!r} is no ISO time; write for example 2026-03-14T18:20") from None


if __name__ == "__main__":
    run(main)
