"""What happened in a session, for those who come later or lost their connection."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.session import Event
from orion.store.tables import events
from orion.store.webhooks import Outbox

_ADD = text(
    """
    insert into orion.events (workspace_id, user_id, session_id, id, name, body, created_at)
    select s.workspace_id, s.user_id, s.id, e.id, e.name, cast(e.body as jsonb), e.created_at
    from unnest(
        cast(:ids as uuid[]), cast(:sessions as uuid[]), cast(:names as text[]),
        cast(:bodies as text[]), cast(:times as timestamptz[])
    ) as e (id, session_id, name, body, created_at)
    join orion.sessions s on s.id = e.session_id
    on conflict (id) do nothing
    """
)
"""One statement for all; owner and workspace are those of the session."""


class Events:
    """Rows of `events`. Owner and workspace are those of the session."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._outbox = Outbox(connection)

    async def add(self, happened: Iterable[Event]) -> None:
        """Write events, and what webhooks are to be told of them; written again, they stay as they are.

        Those of a deleted session are dropped.
        """
        listed = list(happened)
        if listed:
            await self._connection.execute(_ADD, _columns(listed))
        for event in listed:
            await self._outbox.put(event)

    async def after(self, session_id: UUID, event_id: UUID | None, limit: int = 500) -> list[Event]:
        """Events of a session with greater ids than `event_id` (None: from the first), in order."""
        wanted = select(events).where(events.c.session_id == session_id)
        if event_id is not None:
            wanted = wanted.where(events.c.id > event_id)
        rows = await self._connection.execute(wanted.order_by(events.c.id).limit(limit))
        return [Event(row.id, row.session_id, row.name, row.body, row.created_at) for row in rows]

    async def these(self, ids: Iterable[UUID]) -> list[Event]:
        """The events with these ids, in order."""
        rows = await self._connection.execute(
            select(events).where(events.c.id.in_(list(ids))).order_by(events.c.id)
        )
        return [Event(row.id, row.session_id, row.name, row.body, row.created_at) for row in rows]


def _columns(happened: list[Event]) -> dict[str, list[Any]]:
    return {
        "ids": [event.id for event in happened],
        "sessions": [event.session_id for event in happened],
        "names": [event.name for event in happened],
        "bodies": [json.dumps(event.body) for event in happened],
        "times": [event.created_at for event in happened],
    }
