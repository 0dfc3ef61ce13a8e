"""The runnable tools that rows make, over what they may reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from orion.agents import mcp_offers
from orion.agents.prepared import NO_ARGUMENTS, parts, parts_of, told
from orion.agents.tool_fields import mcp_name
from orion.domain.schemas.shown import Shown
from orion.domain.tool import Risk, Tool, ToolContext, ToolKind, ToolRow
from orion.errors import FieldProblem, Invalid
from orion.net import http_tool, mcp_tool
from orion.net.client import GuardedClient, UnreachableTarget
from orion.net.http_tool import Exchange
from orion.net.mcp_tool import McpServer
from orion.store.secrets import SecretKeys
from orion.tools import RunnableTool


class Outside:
    """What rows may reach, and what it takes: the network, the programs, the keys of their secrets."""

    def __init__(
        self, client: GuardedClient, keys: SecretKeys, commands: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.client = client
        self.keys = keys
        self.commands = commands

    def runnables(self, row: ToolRow) -> list[RunnableTool]:
        """The tools that a row makes: one, or those of an MCP server that it allows."""
        if row.kind is ToolKind.HTTP:
            return [self._http(row)]
        found = [one for one in row.offered if "refused" not in one]
        # What people say to a server is known for its one tool only.
        examples = row.examples if len(found) == 1 else ()
        return [self._mcp(row, one, examples) for one in found]

    async def offered(self, row: ToolRow) -> list[dict[str, Any]]:
        """What the server of a row offers of what it allows, and what is refused, as the row keeps it.

        Raises:
            Invalid: Its URL leads where tools may not go.
            ProviderError, ProviderTimeout: The server cannot be used.
        """
        try:
            listed = await mcp_tool.offered(self.client, self._server(row), row.timeout_secs)
        except UnreachableTarget as error:
            raise Invalid(error.detail, problems=[FieldProblem("/config/url", error.detail)]) from error
        return await mcp_offers.taken(row.name, row.config["allow"], listed)

    def _secrets(self, row: ToolRow) -> dict[str, str]:
        """What is sent along or given to a program, by name."""
        return {name: self.keys.open(value, row.place(name)) for name, value in row.sealed_headers.items()}

    def _server(self, row: ToolRow) -> McpServer:
        if row.config["transport"] == "stdio":
            # A command that the settings no longer list cannot be started any more.
            program = self.commands.get(str(row.config["command"]), ("/nonexistent",))
            return McpServer(program=program, env=self._secrets(row))
        return McpServer(url=str(row.config["url"]), headers=self._secrets(row))

    def _http(self, row: ToolRow) -> RunnableTool:
        async def run(arguments: dict[str, Any], call: ToolContext) -> Any:
            config = row.config
            exchange = Exchange(config["method"], config["url"], self._secrets(row), config.get("select", ""))
            return await http_tool.run(
                self.client,
                exchange,
                arguments,
                call.call_id,
                row.timeout_secs,
                changes=row.risk is not Risk.READ,
            )

        kept = parts(row.offered[0]) if row.offered else parts_of(row.parameters or NO_ARGUMENTS)
        return RunnableTool(_tool(row, row.name, row.description, kept, row.examples), run)

    def _mcp(self, row: ToolRow, entry: Mapping[str, Any], examples: tuple[str, ...]) -> RunnableTool:
        name = str(entry["name"])

        async def run(arguments: dict[str, Any], _call: ToolContext) -> Any:
            server, changes = self._server(row), row.risk is not Risk.READ
            return await mcp_tool.call(
                self.client, server, name, arguments, row.timeout_secs, changes=changes
            )

        description = entry["description"] or row.description
        tool = _tool(row, mcp_name(row.name, name), description, parts(entry), examples)
        return RunnableTool(tool, run)


def _tool(
    row: ToolRow,
    name: str,
    description: str,
    kept: tuple[dict[str, Any], Shown | None],
    examples: tuple[str, ...],
) -> Tool:
    schema, shown = kept
    return Tool(
        name=name,
        description=told(description, shown),
        parameters=schema,
        shown=shown,
        examples=examples,
        say=row.say,
        confirm=row.risk is Risk.DANGER,
        side_effects=row.risk is not Risk.READ,
        risk=row.risk,
        idempotent=bool(row.config.get("idempotent", False)),
        timeout_secs=row.timeout_secs,
        untrusted=True,
    )


def names(row: ToolRow) -> list[str]:
    """The names that a row's tools take."""
    if row.kind is ToolKind.HTTP:
        return [row.name]
    return [mcp_name(row.name, name) for name in offered_names(row)]


def offered_names(row: ToolRow) -> list[str]:
    """The same tools by the names that their server gives them."""
    return [str(one["name"]) for one in row.offered if "refused" not in one]


def refused(row: ToolRow) -> list[dict[str, str]]:
    """Which tools of a server cannot be used, each with the reason."""
    return [
        {"name": str(one["name"]), "reason": str(one["refused"])} for one in row.offered if "refused" in one
    ]


def origin(config: Mapping[str, Any]) -> str:
    """Where a config's secrets go: a kept secret stays with it."""
    if config.get("command"):
        return f"command {config['command']}"
    url = httpx2.URL(http_tool.place_free(str(config.get("url", ""))))
    return f"{url.scheme}://{url.host}:{url.port}"
