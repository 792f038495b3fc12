"""A world to call apps in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from compass.tools import ToolResult, call
from compass.tools.world import Person, World

AT = "2026-03-14T18:20"  # a Saturday


@pytest.fixture
def person() -> Person:
    return Person("James Lopez", "+1-555-010-0142", "12071 Amber Corner, North Nicholasbury, NC 51206")


@pytest.fixture
def world(person: Person) -> World:
    return World(7, AT, person)


@pytest.fixture
def run(world: World) -> Callable[..., dict[str, Any]]:
    """Calls an app and returns its result; the call must succeed."""

    def go(app: str, /, **arguments: Any) -> dict[str, Any]:
        result = call(world, app, json.dumps(arguments))
        assert result.ok, result.content
        return json.loads(result.content)

    return go


@pytest.fixture
def refused(world: World) -> Callable[..., tuple[ToolResult, dict[str, Any]]]:
    """Calls an app that must refuse, and checks that the world is as it was."""

    def go(app: str, /, **arguments: Any) -> tuple[ToolResult, dict[str, Any]]:
        before = world.digest()
        result = call(world, app, json.dumps(arguments))
        assert not result.ok, result.content
        assert world.digest() == before
        return result, json.loads(result.content)

    return go
