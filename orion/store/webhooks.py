"""Webhooks and their outbox: a delivery is written in the transaction that writes its event."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain import wire
from orion.domain.identity import new_id
from orion.domain.session import Event
from orion.domain.webhook import Delivery, DeliveryStatus, Webhook, family
from orion.errors import NotFound
from orion.store.columns import constant
from orion.store.pages import after
from orion.store.tables import sessions, webhook_deliveries, webhooks
from orion.store.turns import Turns

_DUE = webhook_deliveries.c.status == constant(DeliveryStatus.PENDING.value)


class Webhooks:
    """Rows of `webhooks` and `webhook_deliveries`: an admin sees those of its workspace."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, webhook: Webhook) -> Webhook:
        """A new webhook, as it stands."""
        values = {
            "id": webhook.id,
            "workspace_id": webhook.workspace_id,
            "url": webhook.url,
            "events": list(webhook.events),
            "secret": webhook.secret,
            "created_at": webhook.created_at,
        }
        await self._connection.execute(insert(webhooks).values(values))
        return webhook

    async def get(self, webhook_id: UUID) -> Webhook:
        """One webhook. Raises NotFound where the principal sees none."""
        row = (await self._connection.execute(select(webhooks).where(webhooks.c.id == webhook_id))).first()
        if row is None:
            raise NotFound("no such webhook")
        return _webhook(row)

    async def page(self, limit: int, cursor: str | None) -> tuple[list[Webhook], str | None]:
        """A page of webhooks, newest first, and the cursor of the next page. Raises Invalid."""
        wanted = select(webhooks).order_by(webhooks.c.id.desc())
        rows, next_cursor = await self._page(wanted, webhooks.c.id, limit, cursor)
        return [_webhook(row) for row in rows], next_cursor

    async def remove(self, webhook_id: UUID) -> None:
        """Remove a webhook with its deliveries. Raises NotFound where there is none."""
        gone = await self._connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
        if gone.rowcount == 0:
            raise NotFound("no such webhook")

    async def change(
        self,
        webhook_id: UUID,
        *,
        url: str | None = None,
        events: Collection[str] | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is given. Raises NotFound where the principal sees none."""
        values: dict[str, Any] = {}
        if url is not None:
            values["url"] = url
        if events is not None:
            values["events"] = list(events)
        if enabled is not None:
            since = func.coalesce(webhooks.c.disabled_at, func.now())
            values["disabled_at"] = None if enabled else since
        if not values:
            return await self.get(webhook_id)
        changed = update(webhooks).where(webhooks.c.id == webhook_id).values(values).returning(webhooks)
        row = (await self._connection.execute(changed)).first()
        if row is None:
            raise NotFound("no such webhook")
        return _webhook(row)

    async def disable(self, webhook_id: UUID) -> None:
        """Its recipient is gone: deliver nothing more, and give up what waits."""
        now = datetime.now(UTC)
        of_it = webhook_deliveries.c.webhook_id == webhook_id
        await self._connection.execute(
            update(webhooks).where(webhooks.c.id == webhook_id).values(disabled_at=now)
        )
        await self._connection.execute(
            update(webhook_deliveries)
            .where(of_it, _DUE)
            .values(status=DeliveryStatus.FAILED.value, next_attempt_at=None, ended_at=now)
        )

    async def deliveries(
        self, webhook_id: UUID, limit: int, cursor: str | None
    ) -> tuple[list[Delivery], str | None]:
        """A page of a webhook's deliveries, newest first, and the cursor of the next. Raises Invalid."""
        table = webhook_deliveries
        wanted = select(table).where(table.c.webhook_id == webhook_id).order_by(table.c.id.desc())
        rows, next_cursor = await self._page(wanted, table.c.id, limit, cursor)
        return [_delivery(row) for row in rows], next_cursor

    async def send(self, webhook: Webhook, name: str, body: dict[str, Any]) -> Delivery:
        """Put an event that is no session's into the outbox of one webhook."""
        now, event_id = datetime.now(UTC), new_id()
        delivery = Delivery(new_id(), webhook.id, event_id, name, None, body, now, next_attempt_at=now)
        values = {
            "id": delivery.id,
            "workspace_id": webhook.workspace_id,
            "webhook_id": webhook.id,
            "event_id": event_id,
            "name": name,
            "body": body,
            **_pending(now),
        }
        await self._connection.execute(insert(webhook_deliveries).values(values))
        return delivery

    async def claim(self, lease_secs: float, limit: int, busy: Collection[UUID]) -> list[Delivery]:
        """Take deliveries that are due, oldest first; nobody else gets them for `lease_secs`.

        Those of the webhooks in `busy` are left alone. Each counts as an attempt already, so that one
        that brings its process down is given up in the end.
        """
        table, now = webhook_deliveries, datetime.now(UTC)
        due = (
            select(table.c.id)
            .where(_DUE, table.c.next_attempt_at <= now, table.c.webhook_id.not_in(busy))
            .order_by(table.c.next_attempt_at, table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = (
            update(table)
            .where(table.c.id.in_(due))
            .values(attempts=table.c.attempts + 1, next_attempt_at=now + timedelta(seconds=lease_secs))
            .returning(table)
        )
        rows = (await self._connection.execute(claimed)).all()
        return sorted(map(_delivery, rows), key=lambda delivery: delivery.id)

    async def settle(self, delivery: Delivery) -> None:
        """Write what came of an attempt."""
        values = {
            "status": delivery.status.value,
            "next_attempt_at": delivery.next_attempt_at,
            "response_status": delivery.response_status,
            "error": delivery.error,
            "ended_at": delivery.ended_at,
        }
        of_it = webhook_deliveries.c.id == delivery.id
        await self._connection.execute(update(webhook_deliveries).where(of_it, _DUE).values(values))

    async def forget_ended(self, before: datetime) -> int:
        """Remove the deliveries that ended before that time; how many there were."""
        old = webhook_deliveries.c.ended_at < before
        return (await self._connection.execute(delete(webhook_deliveries).where(old))).rowcount

    async def _page(
        self, wanted: Select[Any], key: Any, limit: int, cursor: str | None
    ) -> tuple[list[Row[Any]], str | None]:
        if cursor is not None:
            wanted = wanted.where(key < after(cursor))
        rows = list((await self._connection.execute(wanted.limit(limit + 1))).all())
        return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None


class Outbox:
    """What is to be delivered of the events that one transaction writes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._wanted: set[str] | None = None

    @cached_property
    def _turns(self) -> Turns:
        return Turns(self._connection)

    async def put(self, event: Event) -> None:
        """A delivery for each webhook of the session's workspace that wants it; put again, it stays.

        `session.ended` takes the transcript along, with all turns that were written before it.
        """
        names = [event.name, family(event.name)]
        if not (await self._wanted_names()).intersection(names):
            return
        body = event.body
        if event.name == "session.ended":
            turns = await self._turns.of_session(event.session_id)
            body = {**body, "transcript": [wire.turn(turn) for turn in turns]}
        for webhook_id in await self._listening(event.session_id, names):
            await self._add(webhook_id, event, body)

    async def _wanted_names(self) -> set[str]:
        """The names that any webhook wants: with none at all, an event costs no statement of its own."""
        if self._wanted is None:
            names = select(func.unnest(webhooks.c.events)).where(webhooks.c.disabled_at.is_(None)).distinct()
            self._wanted = set((await self._connection.execute(names)).scalars())
        return self._wanted

    async def _listening(self, session_id: UUID, names: list[str]) -> Iterable[UUID]:
        found = await self._connection.execute(
            select(webhooks.c.id)
            .join(sessions, sessions.c.workspace_id == webhooks.c.workspace_id)
            .where(
                sessions.c.id == session_id,
                webhooks.c.disabled_at.is_(None),
                webhooks.c.events.overlap(cast(array(names), ARRAY(Text))),
            )
        )
        return found.scalars().all()

    async def _add(self, webhook_id: UUID, event: Event, body: dict[str, Any]) -> None:
        table = webhook_deliveries
        values = {
            "id": new_id(),
            "webhook_id": webhook_id,
            "event_id": event.id,
            "name": event.name,
            "body": body,
            **_pending(event.created_at),
        }
        columns = [cast(value, table.c[name].type) for name, value in values.items()]
        source = select(sessions.c.workspace_id, sessions.c.id, *columns).where(
            sessions.c.id == event.session_id
        )
        statement = upsert(table).from_select(["workspace_id", "session_id", *values], source)
        key = ["webhook_id", "event_id"]
        await self._connection.execute(statement.on_conflict_do_nothing(index_elements=key))


def _pending(now: datetime) -> dict[str, Any]:
    return {
        "status": DeliveryStatus.PENDING.value,
        "attempts": 0,
        "created_at": now,
        "next_attempt_at": now,
    }


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        workspace_id=row.workspace_id,
        url=row.url,
        events=tuple(row.events),
        secret=row.secret,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        event_id=row.event_id,
        name=row.name,
        session_id=row.session_id,
        body=row.body,
        created_at=row.created_at,
        status=DeliveryStatus(row.status),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        response_status=row.response_status,
        error=row.error,
        ended_at=row.ended_at,
    )
