"""What happened in a session, for those who come later or lost their connection."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.session import Event
from orion.store.owners import owned
from orion.store.tables import events
from orion.store.webhooks import Outbox


class Events:
    """Rows of `events`. Owner and workspace are those of the session."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._outbox = Outbox(connection)

    async def add(self, happened: Iterable[Event]) -> None:
        """Write events, and what webhooks are to be told of them; written again, they stay as they are.

        Those of a deleted session are dropped.
        """
        for event in happened:
            values = {"id": event.id, "name": event.name, "body": event.body, "created_at": event.created_at}
            statement = upsert(events).from_select(*owned(events, event.session_id, values))
            await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
            await self._outbox.put(event)

    async def after(self, session_id: UUID, event_id: UUID | None, limit: int = 500) -> list[Event]:
        """Events of a session with greater ids than `event_id` (None: from the first), in order."""
        wanted = select(events).where(events.c.session_id == session_id)
        if event_id is not None:
            wanted = wanted.where(events.c.id > event_id)
        rows = await self._connection.execute(wanted.order_by(events.c.id).limit(limit))
        return [Event(row.id, row.session_id, row.name, row.body, row.created_at) for row in rows]
