"""What the offline agent keeps between turns, made sound: a store, or an older version, gave it back.

A JSON object:
`{"agent", "tool", "arguments", "asked", "phase": "ask" | "confirm" | "choose", "options", "text", "waiting",
"missed", "done": {"tool", "arguments", "said", "number", "day", "failed"}, "changed", "last", "count"}`.
`done` is the last call, `changed` the last that changed something, `count` the turns, `missed` those that did
not answer the open question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orion.domain.tool import Tool

State = dict[str, Any]
_MOST_TURNS = 10**6


@dataclass(frozen=True, slots=True)
class Do:
    """What to do next: say `text`, then call `tool` with `arguments` unless it is None."""

    text: str = ""
    tool: str | None = None
    arguments: Mapping[str, Any] | None = None


def sound(state: Mapping[str, Any], tools: Mapping[str, Tool]) -> State:
    """The state without what has another type, or speaks of a tool or a property that there is not."""
    kept: State = {
        name: state[name] for name in ("agent", "text", "last") if isinstance(state.get(name), str)
    }
    if waiting := [clause for clause in _list(state.get("waiting")) if isinstance(clause, str)]:
        kept["waiting"] = waiting
    count = state.get("count")
    if isinstance(count, int) and 0 <= count < _MOST_TURNS:
        kept["count"] = int(count)
    for name in ("done", "changed"):
        done = state.get(name)
        if isinstance(done, dict) and (tool := _tool(done, tools)):
            kept[name] = {"tool": tool.name, "arguments": _arguments(done, tool), **_outcome(done)}
    return kept | _question(state, tools)


def _outcome(done: Mapping[str, Any]) -> State:
    """What a call came to, as far as it is known."""
    found: State = {name: done[name] for name in ("said", "number", "day") if isinstance(done.get(name), str)}
    return {**found, **({"failed": True} if done.get("failed") is True else {})}


def _question(state: Mapping[str, Any], tools: Mapping[str, Tool]) -> State:
    """The open question, if all that belongs to it is there."""
    phase = state.get("phase")
    if phase == "choose":
        options = [name for name in _list(state.get("options")) if isinstance(name, str) and name in tools]
        return {"phase": phase, "options": options} if options else {}
    tool = _tool(state, tools)
    if tool is None or phase not in ("ask", "confirm"):
        return {}
    found: State = {"phase": phase, "tool": tool.name, "arguments": _arguments(state, tool)}
    if phase == "confirm":
        return found
    asked = state.get("asked")
    if isinstance(missed := state.get("missed"), int) and 0 <= missed < _MOST_TURNS:
        found["missed"] = int(missed)
    return {**found, "asked": asked} if isinstance(asked, str) and asked in _properties(tool) else {}


def _tool(holder: Mapping[str, Any], tools: Mapping[str, Tool]) -> Tool | None:
    name = holder.get("tool")
    return tools.get(name) if isinstance(name, str) else None


def _arguments(holder: Mapping[str, Any], tool: Tool) -> dict[str, Any]:
    arguments = holder.get("arguments")
    known = _properties(tool)
    return (
        {name: value for name, value in arguments.items() if name in known}
        if isinstance(arguments, dict)
        else {}
    )


def _properties(tool: Tool) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = tool.parameters.get("properties", {})
    return properties


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
