"""A real MCP server of the official SDK: `python mcp_server.py` speaks over stdin and stdout, with a
port over streamable HTTP on loopback."""

import asyncio
import os
import sys
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

server = MCPServer("harbour")


@server.tool()
def tide(port: Annotated[str, Field(description="A port.\u200b\U000e0041")]) -> dict[str, Any]:
    """Tells when the next high tide is in a port."""
    return {"port": port, "time": "half past nine"}


@server.tool()
def greet(name: str) -> str:
    """Greets."""
    return f"Ahoy {name}"


@server.tool()
def sink() -> str:
    """Fails."""
    raise ToolError("The ship is at sea." + " x" * 1000)


@server.tool()
def flood() -> str:
    """Answers with far too much."""
    return "x" * 100_000


@server.tool()
def vanish() -> str:
    """Takes the call, and dies of it."""
    os._exit(1)


@server.tool()
async def wait() -> str:
    """Never answers."""
    await asyncio.Event().wait()
    return ""


@server.tool()
def secrets() -> str:
    """What it knows of the server that started it."""
    return " ".join(sorted(name for name in os.environ if name.startswith("ORION") or "KEY" in name))  # noqa: TID251


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run("stdio")
