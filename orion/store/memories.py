"""What is kept about a user, and how it is found again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, cast, delete, func, insert, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal
from orion.domain.memory import Memory, MemoryType
from orion.errors import NotFound
from orion.store.tables import memories


class Memories:
    """Rows of `memories`: nobody sees them but the user they are about."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def add(self, memory: Memory) -> Memory:
        """Keep something about the principal."""
        values = {
            "id": memory.id,
            "workspace_id": self._principal.workspace_id,
            "user_id": memory.user_id,
            "session_id": memory.session_id,
            "type": memory.type.value,
            "content": memory.content,
            "metadata": memory.metadata,
            "created_at": memory.created_at,
        }
        await self._connection.execute(insert(memories).values(values))
        return memory

    async def search(self, query: str, *, limit: int = 5) -> list[Memory]:
        """What fits the query, best first: all of its words if anything has them, else any of them.

        PostgreSQL full text search (12.3): English stems, stop words left out.
        """
        strict = func.websearch_to_tsquery("english", query)
        found = await self._matching(strict, limit)
        if found:
            return found
        # `&` to `|` on the parsed query keeps it well formed, whatever the user wrote.
        loose = cast(func.replace(cast(func.plainto_tsquery("english", query), Text), "&", "|"), TSQUERY)
        return await self._matching(loose, limit)

    async def newest(self, *, limit: int = 50, kind: MemoryType | None = None) -> list[Memory]:
        """The newest memories first."""
        wanted = select(memories).order_by(memories.c.id.desc()).limit(limit)
        if kind is not None:
            wanted = wanted.where(memories.c.type == kind.value)
        return await self._read(wanted)

    async def delete(self, memory_id: UUID) -> None:
        """Forget one thing. Raises NotFound where there is none."""
        gone = await self._connection.execute(delete(memories).where(memories.c.id == memory_id))
        if gone.rowcount == 0:
            raise NotFound("no such memory")

    async def _matching(self, query: ColumnElement[Any], limit: int) -> list[Memory]:
        rank = func.ts_rank(memories.c.words, query)
        wanted = select(memories).where(memories.c.words.op("@@")(query))
        return await self._read(wanted.order_by(rank.desc(), memories.c.id.desc()).limit(limit))

    async def _read(self, wanted: Select[Any]) -> list[Memory]:
        return [_memory(row) for row in await self._connection.execute(wanted)]


def _memory(row: Row[Any]) -> Memory:
    return Memory(
        id=row.id,
        user_id=row.user_id,
        session_id=row.session_id,
        type=MemoryType(row.type),
        content=row.content,
        created_at=row.created_at,
        metadata=row._mapping["metadata"],  # noqa: SLF001 - SQLAlchemy's public name for it
    )
