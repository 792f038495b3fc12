"""A real MCP client meets the twelve apps."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from compass.tools import names, schemas

pytest.importorskip("mcp", reason="the optional package mcp is not installed")

from mcp import Client, StdioServerParameters, stdio_client


def test_a_client_lists_calls_and_keeps_its_world() -> None:
    """What one call books, the next one of the session finds; another session starts afresh."""

    async def session() -> tuple[list[str], dict, dict, dict, bool]:
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "compass.tools", "mcp"], cwd=str(Path(__file__).parents[2])
        )
        async with Client(stdio_client(server)) as client:
            listed = (await client.list_tools()).tools
            entry = {
                "operation": "add",
                "time": "tomorrow 20:00",
                "event": "Walk",
                "location": "park",
                "duration": "1 hour",
            }
            added = await client.call_tool("schedule_manager", entry)
            found = await client.call_tool("schedule_manager", {"operation": "query", "event": "walk"})
            refused = await client.call_tool("schedule_manager", {"operation": "delete", "schedule_id": "sch_99"})
            assert [each.input_schema for each in listed] == [
                each["function"]["parameters"] for each in schemas("full")
            ]
            results = (json.loads(each.content[0].text) for each in (added, found, refused))
            return [each.name for each in listed], *results, refused.is_error

    for _ in range(2):
        listed, added, found, refused, is_error = asyncio.run(session())
        assert listed == list(names())
        assert added["added"]["schedule_id"] == "sch_4" and found["total"] == 1
        assert is_error and refused["error"] == "not_found"
