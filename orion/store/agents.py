"""Agents as data: a workspace's members read them, its admins write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.agent import AgentRow
from orion.domain.identity import Principal, new_id
from orion.errors import NotFound
from orion.store.tables import agents


class Agents:
    """Rows of `agents`."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def all(self) -> list[AgentRow]:
        """All agents that the principal sees, by name."""
        rows = await self._connection.execute(select(agents).order_by(agents.c.name, agents.c.id))
        return [_agent(row) for row in rows]

    async def put(self, name: str, body: dict[str, Any]) -> AgentRow:
        """Keep an agent under a name, new or in place of the row of that name."""
        now = datetime.now(UTC)
        values = {
            "id": new_id(),
            "workspace_id": self._principal.workspace_id,
            "name": name,
            "version": 1,
            "body": body,
            "created_at": now,
            "updated_at": now,
        }
        changed = {"version": agents.c.version + 1, "body": body, "updated_at": now}
        statement = upsert(agents).values(values)
        kept = statement.on_conflict_do_update(index_elements=["workspace_id", "name"], set_=changed)
        return _agent((await self._connection.execute(kept.returning(agents))).one())

    async def delete(self, name: str) -> None:
        """Delete the row of an agent. Raises NotFound where there is none."""
        gone = await self._connection.execute(delete(agents).where(agents.c.name == name))
        if gone.rowcount == 0:
            raise NotFound("no such agent")


def _agent(row: Row[Any]) -> AgentRow:
    return AgentRow(row.name, row.version, row.body, row.updated_at)
