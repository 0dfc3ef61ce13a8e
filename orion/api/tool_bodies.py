"""Tools as the API shows them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from orion.agents.tool_fields import EXAMPLE_TOOL
from orion.agents.tool_rows import names, refused
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Timestamp, example
from orion.domain import wire
from orion.domain.tool import Risk, Tool, ToolKind, ToolRow

KEPT = "***"
"""Stands for a header's value: it is never shown, and kept where it comes back in a change."""
_TOOL = {
    **EXAMPLE_TOOL,
    "id": EXAMPLE_ID,
    "say": "",
    "enabled": True,
    "tools": ["weather"],
    "refused": [],
    "created_at": EXAMPLE_TIME,
    "updated_at": EXAMPLE_TIME,
}


class RefusedTool(BaseModel):
    """A tool of an MCP server, by its name there, that cannot be used."""

    name: str
    reason: str


class ToolBody(BaseModel):
    """A tool; of those of files the id is the name, and nothing can be changed."""

    model_config = example(_TOOL)

    id: str
    name: str
    description: str
    examples: list[str]
    parameters: dict[str, Any]
    kind: ToolKind
    config: dict[str, Any]
    say: str
    risk: Risk
    timeout_secs: float
    enabled: bool
    tools: list[str]
    """What models call it; of an MCP server one name for each of its tools."""
    refused: list[RefusedTool] = []
    """Of an MCP server: which of its tools cannot be used, and why."""
    created_at: Timestamp | None
    updated_at: Timestamp | None


class ToolPage(BaseModel):
    """One page of tools, by name; `next_cursor` is null on the last."""

    model_config = example({"items": [_TOOL], "next_cursor": None})

    items: list[ToolBody]
    next_cursor: str | None


def secrets_of(row: ToolRow) -> str:
    """Where in a config its secrets are."""
    return "env" if row.config.get("command") else "headers"


def body_of(row: ToolRow) -> dict[str, Any]:
    """A tool as data, its secrets as KEPT."""
    kept = {secrets_of(row): dict.fromkeys(row.sealed_headers, KEPT)} if row.sealed_headers else {}
    return {
        "id": str(row.id),
        "name": row.name,
        "description": row.description,
        "examples": list(row.examples),
        "parameters": row.parameters,
        "kind": row.kind.value,
        "config": {**row.config, **kept},
        "say": row.say,
        "risk": row.risk.value,
        "timeout_secs": row.timeout_secs,
        "enabled": row.enabled,
        "tools": names(row),
        "refused": refused(row),
        "created_at": wire.timestamp(row.created_at),
        "updated_at": wire.timestamp(row.updated_at),
    }


def body_of_file(tool: Tool) -> dict[str, Any]:
    """A tool of a file of the server."""
    return {
        "id": tool.name,
        "name": tool.name,
        "description": tool.description,
        "examples": list(tool.examples),
        "parameters": tool.parameters,
        "kind": ToolKind.BUILTIN.value,
        "config": {},
        "say": tool.say,
        "risk": tool.risk.value,
        "timeout_secs": tool.timeout_secs,
        "enabled": True,
        "tools": [tool.name],
        "refused": [],
        "created_at": None,
        "updated_at": None,
    }
