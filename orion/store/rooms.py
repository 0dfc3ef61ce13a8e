"""Room tokens that were spent: each admits once, on whatever node it comes first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.store.owners import owned
from orion.store.tables import room_tokens


class Rooms:
    """Rows of `room_tokens`. Owner and workspace are those of the session."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def spend(self, token_id: UUID, session_id: UUID) -> bool:
        """Spend a token, once; whether it was good still."""
        values = {"id": token_id, "spent_at": datetime.now(UTC)}
        statement = upsert(room_tokens).from_select(*owned(room_tokens, session_id, values))
        done = await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
        return done.rowcount == 1

    async def give_back(self, token_id: UUID) -> None:
        """Let a token be good again, after an offer that came to nothing."""
        await self._connection.execute(delete(room_tokens).where(room_tokens.c.id == token_id))
