"""What a workspace takes of the tools that an MCP server lists: each is offered, or refused with a reason."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from orion.agents.apart import apart
from orion.agents.prepared import ready
from orion.agents.tool_fields import ALL, MAX_ALLOWED, MAX_NAME_CHARS, mcp_name
from orion.domain.effort import OutOfTime
from orion.domain.schemas.modern import NotSupported
from orion.net.mcp_tool import Offered

_CHECKING_SECS = 10.0
"""For all schemas of a server."""


async def taken(row_name: str, allowed: Sequence[str], listed: Sequence[Offered]) -> list[dict[str, Any]]:
    """What is allowed of what a server lists, as the row keeps it: ready to be shown to models.

    Returns:
        One entry for each, `{name, description, parameters, shown?}`, or `{name, refused}` with the reason.
    """
    tools = {tool.name: tool for tool in listed}
    wanted = list(tools) if list(allowed) == [ALL] else allowed
    found: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    until = time.monotonic() + _CHECKING_SECS
    for name in wanted:
        reason = _refusal(name, mcp_name(row_name, name), tools, names)
        entry = {"name": name, "refused": reason} if reason else await _checked(tools[name], until)
        if "refused" not in entry:
            names[mcp_name(row_name, name)] = name
        found.append(entry)
    return found


def _refusal(name: str, shown: str, tools: Mapping[str, Offered], names: Mapping[str, str]) -> str:
    """Why a tool cannot be taken, without a look at its schema; empty if it can."""
    if name not in tools:
        known = ", ".join(sorted(tools))
        return f"the server offers no such tool; it offers {len(tools)}: {known[:300]}"
    if tools[name].fault:
        return tools[name].fault
    if len(shown) > MAX_NAME_CHARS:
        return f"its name with the tool's is longer than {MAX_NAME_CHARS} characters"
    if shown in names:
        return f"models would call it {shown}, as {names[shown]!r} already"
    if len(names) >= MAX_ALLOWED:
        return f"models take {MAX_ALLOWED} tools at most; name those that you need in `allow`"
    return ""


async def _checked(tool: Offered, until: float) -> dict[str, Any]:
    if time.monotonic() > until:
        return {"name": tool.name, "refused": "the schemas of this server take too long to check"}
    try:
        return await apart(ready, tool.name, tool.description, tool.parameters)
    except NotSupported as error:
        return {
            "name": tool.name,
            "refused": f"its schema is not acceptable at {error.pointer or '/'}: {error}",
        }
    except OutOfTime:
        return {"name": tool.name, "refused": "its schema takes too long to check"}
