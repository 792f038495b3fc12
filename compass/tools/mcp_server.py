"""The twelve apps over the Model Context Protocol: official Python SDK, standard input and output, one world a session."""

import asyncio
import json

import mcp_types as types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server

from compass.tools import TOOLS, call
from compass.tools.when import spoken
from compass.tools.world import World


def tool_list() -> list[types.Tool]:
    """The apps as the protocol describes them."""
    return [
        types.Tool(
            name=tool.name,
            description=tool.schema["function"]["description"],
            input_schema=tool.schema["function"]["parameters"],
            annotations=types.ToolAnnotations(read_only_hint=tool.effect == "read", open_world_hint=False),
        )
        for tool in TOOLS
    ]


def make_server(world: World) -> Server:
    """A server whose one session lives in `world`; a refused call is a result marked as an error, for the model to read."""

    async def list_tools(_: ServerRequestContext, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tool_list())

    async def call_tool(_: ServerRequestContext, params: types.CallToolRequestParams) -> types.CallToolResult:
        result = call(world, params.name, json.dumps(params.arguments or {}, ensure_ascii=False))
        text = types.TextContent(type="text", text=result.content)
        return types.CallToolResult(content=[text], is_error=not result.ok)

    person = world.person
    about = f"A simulated world. It is {spoken(world.clock)}. The person is {person.name}, {person.address}."
    return Server("compass-tools", instructions=about, on_list_tools=list_tools, on_call_tool=call_tool)


def serve(world: World) -> None:
    """Serves until the client closes standard input."""

    async def run() -> None:
        server = make_server(world)
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    asyncio.run(run())
