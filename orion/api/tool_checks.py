"""A tool that an admin writes: checked field by field, its secrets sealed, its MCP server asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import BaseModel, ValidationError

from orion.agents.apart import apart
from orion.agents.prepared import NO_ARGUMENTS, ready
from orion.agents.tool_fields import ALL, HttpConfig, McpConfig, ToolFields, problems
from orion.agents.tool_rows import names, origin, refused
from orion.api.access import Parts
from orion.api.field_errors import MOST_PROBLEMS, in_words, pointer
from orion.api.tool_bodies import KEPT, secrets_of
from orion.domain.tool import ToolKind, ToolRow
from orion.errors import FieldProblem, Invalid


async def checked(parts: Parts, fields: ToolFields, before: ToolRow) -> ToolRow:
    """The row with these fields, its secrets sealed, its server asked. Raises Invalid with pointers."""
    outside = parts.calls.shared.catalogue.outside
    kind = ToolKind(fields.kind)
    model = HttpConfig if kind is ToolKind.HTTP else McpConfig
    try:
        config: HttpConfig | McpConfig = model.model_validate(fields.config)
    except ValidationError as error:
        raise invalid(error, "/config", model) from error
    found = await apart(problems, config, fields, outside.client.allowed, outside.commands)
    if found:
        raise Invalid("some fields are not acceptable", problems=found)
    plain = {
        name: value
        for name, value in config.model_dump(exclude={"headers", "env"}).items()
        if value is not None and value != "" and value is not False
    }
    row = replace(
        before,
        name=fields.name,
        description=fields.description,
        kind=kind,
        config=plain,
        updated_at=datetime.now(UTC),
        parameters={} if kind is ToolKind.MCP else fields.parameters or NO_ARGUMENTS,
        examples=tuple(fields.examples),
        say=fields.say,
        risk=fields.risk,
        timeout_secs=fields.timeout_secs,
        enabled=fields.enabled,
    )
    row = replace(row, sealed_headers=_sealed(parts, config.secrets, row, before))
    if kind is ToolKind.HTTP:
        return replace(row, offered=[await apart(ready, row.name, row.description, row.parameters)])
    renamed = row.name != before.name and row.config["allow"] == [ALL]
    if renamed or (row.config, row.sealed_headers) != (before.config, before.sealed_headers):
        row = replace(row, offered=await outside.offered(row))
        _refuse_missing(row)
    return row


def _refuse_missing(row: ToolRow) -> None:
    """Raise Invalid where a tool that is allowed by its name cannot be used, or where none can."""
    lost = {one["name"]: one["reason"] for one in refused(row)}
    found = [
        FieldProblem(f"/config/allow/{index}", lost[name])
        for index, name in enumerate(row.config["allow"])
        if name in lost
    ]
    if not found and not names(row):
        found = [FieldProblem("/config/allow", "none of the server's tools can be used")]
    if found:
        raise Invalid("the server does not offer what is allowed", problems=found)


def _sealed(parts: Parts, secrets: Mapping[str, str], row: ToolRow, before: ToolRow) -> dict[str, str]:
    """The values of headers or variables, sealed; a kept one only goes where it went before."""
    keys = parts.calls.shared.catalogue.outside.keys
    known = {name.lower(): value for name, value in before.sealed_headers.items()}
    moved = bool(before.config) and origin(before.config) != origin(row.config)
    kept = [name for name, value in secrets.items() if value == KEPT]
    lost = [name for name in kept if moved or name.lower() not in known]
    if lost:
        detail = (
            "the value is not known here; write it anew"
            if not moved
            else "a new address needs the value anew"
        )
        at = secrets_of(row)
        raise Invalid(detail, problems=[FieldProblem(f"/config/{at}/{name}", detail) for name in lost])
    return {
        name: known[name.lower()] if value == KEPT else keys.seal(value, row.place(name))
        for name, value in secrets.items()
    }


def invalid(error: ValidationError, prefix: str, model: type[BaseModel]) -> Invalid:
    """What is wrong with fields of a tool, pointed to from the body's root."""
    found = [
        FieldProblem(f"{prefix}{pointer(one['loc'])}", in_words(one, list(one["loc"]), model))
        for one in error.errors(include_input=False, include_url=False)[:MOST_PROBLEMS]
    ]
    return Invalid("some fields are not acceptable", problems=found)
