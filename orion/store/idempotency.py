"""The answers to writes with an Idempotency-Key, each kept for its user, at least 24 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal
from orion.errors import InProgress
from orion.store.tables import idempotency_keys

KEPT = timedelta(hours=24)
HELD_SECS = 15.0
"""So long a claim with a holder lasts: after a crash of its process the key is free again."""
_WAIT_SECS = 5
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Answer:
    """A kept answer. `fingerprint` is that of the request that it answered.

    `status` None: there is no answer yet, the request still runs.
    """

    fingerprint: bytes
    status: int | None
    media_type: str | None
    body: bytes


def _lease() -> ColumnElement[Any]:
    return func.clock_timestamp() + timedelta(seconds=HELD_SECS)


class IdempotencyKeys:
    """Rows of `idempotency_keys`: a user sees its own, the purpose `limits` sweeps them all."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def claim(self, key: str, fingerprint: bytes, holder: UUID | None = None) -> Answer | None:
        """Claim a key; the answer that is kept under it, if there is one.

        Without a holder the claim lasts until the end of the transaction: another one waits for that, and
        if it is a rollback (or a crash), the key is free again. With a holder the claim is committed
        before the work begins, and lasts for HELD_SECS unless it is renewed.

        Raises:
            InProgress: The other transaction took longer than five seconds.
        """
        table = idempotency_keys
        values = {
            "user_id": self._principal.user_id,
            "workspace_id": self._principal.workspace_id,
            "key": key,
            "fingerprint": fingerprint,
            "created_at": func.now(),
            "held_by": holder,
            "held_until": _lease() if holder else None,
        }
        columns = ("fingerprint", "created_at", "status", "media_type", "body", "held_by", "held_until")
        fresh = {name: values.get(name) for name in columns}
        abandoned = table.c.status.is_(None) & (table.c.held_until < func.clock_timestamp())
        claim = upsert(table).values(values)
        claim = claim.on_conflict_do_update(
            index_elements=["user_id", "key"],
            set_=fresh,
            where=(table.c.created_at < func.now() - KEPT) | abandoned,
        )
        try:
            await self._connection.execute(text(f"set local lock_timeout = '{_WAIT_SECS}s'"))
            claimed = await self._connection.execute(claim.returning(table.c.key))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise InProgress("the first request with this key still runs; ask again soon") from error
            raise
        await self._connection.execute(text("set local lock_timeout to default"))
        if claimed.first() is not None:
            return None
        found = await self._connection.execute(
            select(table).where(table.c.user_id == self._principal.user_id, table.c.key == key)
        )
        row = found.one()
        return Answer(row.fingerprint, row.status, row.media_type, row.body)

    async def renew(self, key: str, holder: UUID) -> None:
        """Hold a claim for another HELD_SECS; one that was lost stays lost."""
        changed = update(idempotency_keys).where(self._mine(key, holder)).values(held_until=_lease())
        await self._connection.execute(changed)

    async def keep(self, key: str, answer: Answer, holder: UUID | None = None) -> None:
        """Keep the answer under the claimed key."""
        values = {
            "status": answer.status,
            "media_type": answer.media_type,
            "body": answer.body,
            "held_by": None,
            "held_until": None,
        }
        await self._connection.execute(update(idempotency_keys).where(self._mine(key, holder)).values(values))

    async def release(self, key: str, holder: UUID | None = None) -> None:
        """Give the claimed key back: there is no answer to keep."""
        await self._connection.execute(delete(idempotency_keys).where(self._mine(key, holder)))

    def _mine(self, key: str, holder: UUID | None) -> ColumnElement[bool]:
        """The row of the key, as long as the holder (or without one, this transaction) has claimed it."""
        table = idempotency_keys
        held = table.c.held_by.is_not_distinct_from(holder)
        return (table.c.user_id == self._principal.user_id) & (table.c.key == key) & held

    async def sweep(self) -> int:
        """Remove what has been kept for its time; how many there were."""
        old = idempotency_keys.c.created_at < func.now() - KEPT
        return (await self._connection.execute(delete(idempotency_keys).where(old))).rowcount
