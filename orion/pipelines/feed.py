"""The live feed of events: everybody who watches a session sees the same, in the same order."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from orion.domain.identity import new_id
from orion.domain.session import Event

_QUEUE_LIMIT = 1000


class Subscription:
    """One watcher's queue. A watcher that reads too slowly is cut off: it resumes from the store."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event] = asyncio.Queue(_QUEUE_LIMIT)
        self.lagging = False

    def offer(self, event: Event) -> None:
        """Queue the event; on a full queue mark the subscription as lagging instead."""
        if self.lagging:
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lagging = True

    async def get(self) -> Event:
        """The next event, in order."""
        return await self._queue.get()


class Feed:
    """The events of all sessions that live in this process."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[UUID, set[Subscription]] = defaultdict(set)

    def publish(self, session_id: UUID, name: str, body: dict[str, Any]) -> Event:
        """Make the event, hand it to all watchers of the session, and return it."""
        event = Event(new_id(), session_id, name, body, datetime.now(UTC))
        for subscription in self._subscriptions.get(session_id, ()):
            subscription.offer(event)
        return event

    @contextmanager
    def subscribe(self, session_id: UUID) -> Iterator[Subscription]:
        """Watch the session while the context is open."""
        subscription = Subscription()
        self._subscriptions[session_id].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[session_id].discard(subscription)
            if not self._subscriptions[session_id]:
                del self._subscriptions[session_id]
