"""Tools as data: a workspace's members read them, its admins write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.tool import Risk, ToolKind, ToolRow
from orion.errors import Conflict, NotFound
from orion.store.tables import tools

_FINGERPRINT = text(
    """
    select md5(coalesce(string_agg(id || stamp, ',' order by id), '')) from (
        select cast(id as text) id, cast(updated_at as text) stamp from orion.tools
        union all select cast(id as text), cast(updated_at as text) from orion.agents
        union all select provider, cast(updated_at as text) from orion.provider_keys
        union all select cast(id as text), cast(budget_micros as text) from orion.workspaces
            where budget_micros is not null
    ) as rows
    """
)


_LOCK = text("select pg_advisory_xact_lock(68223008, hashtext(:workspace))")
"""Names of a workspace's tools are compared before one is written; the number is this lock's own."""


class Tools:
    """Rows of `tools`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[ToolRow]:
        """All tools that the principal sees, by name."""
        rows = await self._connection.execute(select(tools).order_by(tools.c.name, tools.c.id))
        return [_tool(row) for row in rows]

    async def get(self, tool_id: UUID) -> ToolRow:
        """One tool. Raises NotFound where the principal sees none."""
        row = (await self._connection.execute(select(tools).where(tools.c.id == tool_id))).first()
        if row is None:
            raise NotFound("no such tool")
        return _tool(row)

    async def add(self, row: ToolRow) -> ToolRow:
        """Keep a new tool. Raises Conflict where its name is taken."""
        values = {
            "id": row.id,
            "workspace_id": row.workspace_id,
            "created_at": row.created_at,
            **_changeable(row),
        }
        try:
            await self._connection.execute(insert(tools).values(values))
        except IntegrityError as error:
            raise Conflict(f"there is a tool {row.name!r} already") from error
        return row

    async def lock(self, workspace_id: UUID) -> None:
        """Let no other transaction that asks for it name tools of the workspace before this one ends."""
        await self._connection.execute(_LOCK, {"workspace": str(workspace_id)})

    async def replace(self, row: ToolRow, *, before: ToolRow | None = None) -> bool:
        """Write a tool anew; False, and nothing is written, if it is not as it was in `before` any more.

        Raises:
            NotFound: There is none any more.
            Conflict: Its name is taken.
        """
        changed = update(tools).where(tools.c.id == row.id).values(_changeable(row))
        if before is not None:
            changed = changed.where(tools.c.updated_at == before.updated_at)
        try:
            done = await self._connection.execute(changed)
        except IntegrityError as error:
            raise Conflict(f"there is a tool {row.name!r} already") from error
        if done.rowcount == 0:
            await self.get(row.id)
        return done.rowcount == 1

    async def offer(self, row: ToolRow, offered: list[dict[str, Any]]) -> ToolRow | None:
        """Keep what a tool's server offers, and nothing else of `row`; the tool as it is now.

        None, and nothing is written, if the tool leads elsewhere by now: to another server, or with other
        headers. Raises NotFound where there is none any more.
        """
        asked = (tools.c.id == row.id, tools.c.config == row.config, tools.c.headers == row.sealed_headers)
        values = {"offered": offered, "updated_at": datetime.now(UTC)}
        done = await self._connection.execute(update(tools).where(*asked).values(values).returning(tools))
        if (found := done.first()) is not None:
            return _tool(found)
        await self.get(row.id)
        return None

    async def delete(self, tool_id: UUID) -> None:
        """Delete a tool. Raises NotFound where there is none."""
        gone = await self._connection.execute(delete(tools).where(tools.c.id == tool_id))
        if gone.rowcount == 0:
            raise NotFound("no such tool")

    async def fingerprint(self) -> str:
        """A text that changes with every change of the workspace's tools, agents, keys and budget."""
        return str((await self._connection.execute(_FINGERPRINT)).scalar_one())


def _changeable(row: ToolRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "kind": row.kind.value,
        "config": row.config,
        "headers": row.sealed_headers,
        "parameters": row.parameters,
        "examples": list(row.examples),
        "offered": row.offered,
        "say": row.say,
        "risk": row.risk.value,
        "timeout_secs": row.timeout_secs,
        "enabled": row.enabled,
        "updated_at": row.updated_at,
    }


def _tool(row: Row[Any]) -> ToolRow:
    return ToolRow(
        id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        description=row.description,
        kind=ToolKind(row.kind),
        config=row.config,
        created_at=row.created_at,
        updated_at=row.updated_at,
        parameters=row.parameters,
        examples=tuple(row.examples),
        say=row.say,
        risk=Risk(row.risk),
        timeout_secs=row.timeout_secs,
        enabled=row.enabled,
        sealed_headers=row.headers,
        offered=row.offered,
    )
