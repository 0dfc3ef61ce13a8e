"""OpenAPI links: which answer names what another operation asks for (OpenAPI 3.1, 4.8.20).

Readers see what leads where, and tests that follow the links meet things that exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """An answer that names a thing: the `parameter` of the paths under which the thing is found."""

    operation_id: str
    status: str
    parameter: str
    expression: str = "$response.body#/id"
    under: str = "/"


SOURCES = (
    Source("auth_register", "201", "user_id", "$response.body#/user/id"),
    Source("auth_make_key", "201", "key_id", "$response.body#/api_key/id"),
    Source("sessions_create", "201", "session_id"),
    Source("connect_connect", "201", "session_id", "$response.body#/session_id"),
    Source("memory_add", "201", "memory_id"),
    Source("webhooks_create", "201", "webhook_id"),
    Source("tools_create", "201", "tool_id"),
    Source("agents_put_agent", "200", "name", "$request.path.name", under="/api/v1/agents/"),
)


def add_links(description: dict[str, Any]) -> None:
    """Link each source with every operation on the thing that it names."""
    operations = {operation["operationId"]: (path, operation) for path, operation in _operations(description)}
    for source in SOURCES:
        origin, operation = operations[source.operation_id]
        place = f"{{{source.parameter}}}"
        operation["responses"][source.status]["links"] = {
            target: {"operationId": target, "parameters": _parameters(source, origin, path)}
            for target, (path, _) in operations.items()
            if place in path and path.startswith(source.under) and target != source.operation_id
        }


def _parameters(source: Source, origin: str, path: str) -> dict[str, str]:
    """What the target's path needs, as far as the source knows it."""
    shared = [name for name in ("session_id",) if f"{{{name}}}" in origin and f"{{{name}}}" in path]
    known = {name: f"$request.path.{name}" for name in shared}
    return {**known, source.parameter: source.expression}


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in description["paths"].items():
        for operation in operations.values():
            yield path, operation
