"""The live feed of events: everybody who watches a session sees the same, in the same order."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from orion.domain.identity import Principal, new_id
from orion.domain.session import Event

_QUEUE_LIMIT = 1000


class Subscription:
    """One watcher's queue. A watcher that reads too slowly is cut off: it resumes from the store.

    Args:
        only: How the names of the events begin that the watcher gets; empty for all.
    """

    def __init__(self, principal: Principal | None = None, only: str = "") -> None:
        self.principal = principal
        self._only = only
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(_QUEUE_LIMIT)
        self.lagging = self.closed = False

    def offer(self, event: Event) -> None:
        """Queue the event; on a full queue mark the subscription as lagging instead."""
        if self.lagging or not event.name.startswith(self._only):
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lagging = True

    def close(self) -> None:
        """Let the watcher stop: it gets no more events."""
        self.lagging = self.closed = True
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)

    async def get(self) -> Event | None:
        """The next event, in order; None when there will be no more."""
        return await self._queue.get()


class Feed:
    """The events of all sessions that live in this process."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[UUID, set[Subscription]] = defaultdict(set)

    def publish(self, session_id: UUID, name: str, body: dict[str, Any]) -> Event:
        """Make the event, hand it to all watchers of the session, and return it."""
        event = Event(new_id(), session_id, name, body, datetime.now(UTC))
        self.deliver(event)
        return event

    def deliver(self, event: Event) -> None:
        """Hand an event to all watchers of its session."""
        for subscription in self._subscriptions.get(event.session_id, ()):
            subscription.offer(event)

    def watched(self, session_id: UUID) -> bool:
        """Whether anybody watches the session here."""
        return session_id in self._subscriptions

    def sessions(self) -> set[UUID]:
        """The sessions that somebody watches here."""
        return set(self._subscriptions)

    def subscriptions(self) -> list[Subscription]:
        """All that watch now."""
        return [one for some in self._subscriptions.values() for one in some]

    @contextmanager
    def subscribe(
        self, session_id: UUID, principal: Principal | None = None, *, only: str = ""
    ) -> Iterator[Subscription]:
        """Watch the session while the context is open, on behalf of `principal`; `only` some events."""
        subscription = Subscription(principal, only)
        self._subscriptions[session_id].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[session_id].discard(subscription)
            if not self._subscriptions[session_id]:
                del self._subscriptions[session_id]
