"""The runnable tools that rows make, over what they may reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from orion.agents import parameters
from orion.agents.tool_fields import mcp_name
from orion.domain.guardrail import Channel, Utterance
from orion.domain.tool import Risk, Tool, ToolContext, ToolKind, ToolRow
from orion.errors import FieldProblem, Invalid
from orion.guardrails import invisible_characters
from orion.net import http_tool, mcp_tool
from orion.net.client import GuardedClient, UnreachableTarget
from orion.net.http_tool import Exchange
from orion.net.mcp_tool import McpServer, Offered
from orion.store.secrets import SecretKeys
from orion.tools import RunnableTool

_MAX_DESCRIPTION_CHARS = 1000
_DESCRIBES = frozenset({"description", "title", "$comment"})


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
        found = [Offered(one["name"], one["description"], one["parameters"]) for one in row.offered]
        # What people say to a server is known for its one tool only.
        examples = row.examples if len(found) == 1 else ()
        return [self._mcp(row, tool, examples) for tool in found]

    async def offered(self, row: ToolRow) -> list[dict[str, Any]]:
        """What the server of a row offers of what it allows, checked, as the row keeps it.

        Raises:
            Invalid: A tool is not offered, or its schema is not acceptable.
            ProviderError, ProviderTimeout: The server cannot be used.
        """
        try:
            tools = {
                tool.name: tool
                for tool in await mcp_tool.offered(self.client, self._server(row), row.timeout_secs)
            }
        except UnreachableTarget as error:
            raise Invalid(error.detail, problems=[FieldProblem("/config/url", error.detail)]) from error
        problems: list[FieldProblem] = []
        for index, name in enumerate(row.config["allow"]):
            at = f"/config/allow/{index}"
            if name not in tools:
                known = ", ".join(sorted(tools))[:300]
                problems.append(FieldProblem(at, f"the server offers no such tool; it offers: {known}"))
            elif bad := parameters.problems(tools[name].parameters, at):
                problems.append(FieldProblem(at, f"its schema is not acceptable: {bad[0].detail}"))
        if problems:
            raise Invalid("the server does not offer what is allowed", problems=problems)
        return [
            {
                "name": name,
                "description": visible(tools[name].description),
                "parameters": _described(tools[name].parameters),
            }
            for name in row.config["allow"]
        ]

    def _headers(self, row: ToolRow) -> dict[str, str]:
        return {name: self.keys.open(value, row.place(name)) for name, value in row.sealed_headers.items()}

    def _server(self, row: ToolRow) -> McpServer:
        if row.config["transport"] == "stdio":
            # A command that the settings no longer list cannot be started any more.
            return McpServer(program=self.commands.get(str(row.config["command"]), ("/nonexistent",)))
        return McpServer(url=str(row.config["url"]), headers=self._headers(row))

    def _http(self, row: ToolRow) -> RunnableTool:
        async def run(arguments: dict[str, Any], call: ToolContext) -> Any:
            config = row.config
            exchange = Exchange(config["method"], config["url"], self._headers(row), config.get("select", ""))
            return await http_tool.run(
                self.client,
                exchange,
                arguments,
                call.call_id,
                row.timeout_secs,
                changes=row.risk is not Risk.READ,
            )

        return RunnableTool(_tool(row, row.name, row.description, row.parameters, row.examples), run)

    def _mcp(self, row: ToolRow, tool: Offered, examples: tuple[str, ...]) -> RunnableTool:
        async def run(arguments: dict[str, Any], _call: ToolContext) -> Any:
            server, changes = self._server(row), row.risk is not Risk.READ
            return await mcp_tool.call(
                self.client, server, tool.name, arguments, row.timeout_secs, changes=changes
            )

        shown = tool.description or row.description
        return RunnableTool(_tool(row, mcp_name(row.name, tool.name), shown, tool.parameters, examples), run)


def _tool(
    row: ToolRow, name: str, description: str, schema: dict[str, Any], examples: tuple[str, ...]
) -> Tool:
    return Tool(
        name=name,
        description=description,
        parameters={"type": "object", "properties": {}, "additionalProperties": False, **schema},
        examples=examples,
        say=row.say,
        confirm=row.risk is Risk.DANGER,
        side_effects=row.risk is not Risk.READ,
        risk=row.risk,
        idempotent=bool(row.config.get("idempotent", False)),
        timeout_secs=row.timeout_secs,
        untrusted=True,
    )


def visible(text: str) -> str:
    """Text from outside as a model may read it: nothing invisible, a thousand characters at most."""
    for finding in reversed(invisible_characters.check(Utterance(text, Channel.TOOL_RESULT), {})):
        text = text[: finding.start] + text[finding.end :]
    return text.strip()[:_MAX_DESCRIPTION_CHARS]


def _described(schema: Any) -> Any:
    """The schema with its descriptions visible."""
    if isinstance(schema, list):
        return [_described(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: visible(value) if key in _DESCRIBES and isinstance(value, str) else _described(value)
        for key, value in schema.items()
    }


def names(row: ToolRow) -> list[str]:
    """The names that a row's tools take."""
    if row.kind is ToolKind.HTTP:
        return [row.name]
    return [mcp_name(row.name, str(name)) for name in row.config["allow"]]


def origin(config: Mapping[str, Any]) -> str:
    """Where a config's secrets go: a kept secret stays with it."""
    if config.get("command"):
        return f"command {config['command']}"
    url = httpx2.URL(http_tool.place_free(str(config.get("url", ""))))
    return f"{url.scheme}://{url.host}:{url.port}"
