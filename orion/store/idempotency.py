"""The answers to writes with an Idempotency-Key, each kept for its user, at least 24 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal
from orion.errors import InProgress
from orion.store.tables import idempotency_keys

KEPT = timedelta(hours=24)
_WAIT_SECS = 5
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Answer:
    """A kept answer. `fingerprint` is that of the request that it answered."""

    fingerprint: bytes
    status: int
    media_type: str | None
    body: bytes


class IdempotencyKeys:
    """Rows of `idempotency_keys`: a user sees its own, the purpose `limits` sweeps them all."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def claim(self, key: str, fingerprint: bytes) -> Answer | None:
        """Claim a key until the end of the transaction; the answer that is kept under it, if there is one.

        Whoever claims the key of a transaction that still runs waits for its end: if that is a
        rollback (or a crash), the key is free again, and the claim is his.

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
        }
        fresh = {
            name: values.get(name) for name in ("fingerprint", "created_at", "status", "media_type", "body")
        }
        claim = upsert(table).values(values)
        claim = claim.on_conflict_do_update(
            index_elements=["user_id", "key"], set_=fresh, where=table.c.created_at < func.now() - KEPT
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

    async def keep(self, key: str, answer: Answer) -> None:
        """Keep the answer under the claimed key."""
        table = idempotency_keys
        values = {"status": answer.status, "media_type": answer.media_type, "body": answer.body}
        mine = (table.c.user_id == self._principal.user_id) & (table.c.key == key)
        await self._connection.execute(update(table).where(mine).values(values))

    async def release(self, key: str) -> None:
        """Give the claimed key back: there is no answer to keep."""
        table = idempotency_keys
        mine = (table.c.user_id == self._principal.user_id) & (table.c.key == key)
        await self._connection.execute(delete(table).where(mine))

    async def sweep(self) -> int:
        """Remove what has been kept for its time; how many there were."""
        old = idempotency_keys.c.created_at < func.now() - KEPT
        return (await self._connection.execute(delete(idempotency_keys).where(old))).rowcount
