"""Failed log-ins per address, whether it has an account or not: the delay tells nobody which."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.store.tables import log_in_failures

_FREE = 5
_LONGEST_SECS = 300
_FORGOTTEN = timedelta(days=1)


def delay_secs(failures: int) -> int:
    """How long nobody can log in after so many failures in a row: none for 4, then 1, 2, 4 ... 300 s."""
    return min(2 ** min(failures - _FREE, 20), _LONGEST_SECS) if failures >= _FREE else 0


class LogInFailures:
    """Rows of `log_in_failures`, keyed by the SHA-256 of the address; only the purpose `log-in` sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wait_secs(self, email: str) -> int:
        """Seconds until the next attempt is taken; 0 for now."""
        wanted = select(log_in_failures).where(log_in_failures.c.email_hash == _hash(email))
        row = (await self._connection.execute(wanted)).first()
        if row is None or row.last_at < datetime.now(UTC) - _FORGOTTEN:
            return 0
        until: datetime = row.last_at + timedelta(seconds=delay_secs(row.failures))
        return max(0, -int((datetime.now(UTC) - until).total_seconds() // 1))

    async def add(self, email: str) -> None:
        """One more failure; those of yesterday are forgotten."""
        table, now = log_in_failures, datetime.now(UTC)
        await self._connection.execute(delete(table).where(table.c.last_at < now - _FORGOTTEN))
        values: dict[str, Any] = {"email_hash": _hash(email), "failures": 1, "last_at": now}
        more = case((table.c.failures < 1000, table.c.failures + 1), else_=table.c.failures)
        await self._connection.execute(
            upsert(table)
            .values(values)
            .on_conflict_do_update(
                index_elements=[table.c.email_hash], set_={"failures": more, "last_at": now}
            )
        )

    async def clear(self, email: str) -> int:
        """The right password was given, or the account is gone; how many rows there were."""
        gone = delete(log_in_failures).where(log_in_failures.c.email_hash == _hash(email))
        return (await self._connection.execute(gone)).rowcount


def _hash(email: str) -> bytes:
    return hashlib.sha256(email.encode()).digest()
