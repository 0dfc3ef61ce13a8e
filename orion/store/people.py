"""Everything about one person: written out, or erased with a receipt.

Both go over all tables that have a `user_id`, so that a table added later is part of them. Run them as
the person: row-level security then shows exactly what is theirs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Table, delete, func, insert, select
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Role, new_id
from orion.domain.person import Erasure
from orion.errors import Conflict, NotFound
from orion.store.tables import erasures, memory_vectors, metadata, users

_HIDDEN = (LargeBinary, TSVECTOR)
_SECRETS = frozenset({"password_hash"})
_DERIVED = frozenset({memory_vectors.name})
"""Made from other rows; of no use to their person."""
_LAST_ADMIN_LOCK = 0x0410_0112


class People:
    """All rows of one person, whatever table they are in."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def everything(self, user_id: UUID) -> dict[str, list[dict[str, Any]]]:
        """The rows of a person by table, without hashes and other secrets. Raises NotFound."""
        found = {"users": await self._rows(users, users.c.id == user_id)}
        if not found["users"]:
            raise NotFound("no such user")
        for table in _personal_tables():
            if table.name not in _DERIVED:
                found[table.name] = await self._rows(table, table.c.user_id == user_id)
        return found

    async def erase(self, user_id: UUID) -> dict[str, int]:
        """Remove a person and all of theirs; how many rows of each table went.

        Raises:
            NotFound: There is no such person.
        """
        counts = {"users": 1}
        for table in _personal_tables():
            wanted = select(func.count()).select_from(table).where(table.c.user_id == user_id)
            counts[table.name] = (await self._connection.execute(wanted)).scalar_one()
        # The tables refer to `users` with ON DELETE CASCADE.
        gone = await self._connection.execute(delete(users).where(users.c.id == user_id))
        if gone.rowcount == 0:
            raise NotFound("no such user")
        return counts

    async def keep_an_admin(self, workspace_id: UUID, user_id: UUID) -> None:
        """Raises Conflict if without that user the workspace had no admin who can sign in."""
        await self._connection.execute(select(func.pg_advisory_xact_lock(_LAST_ADMIN_LOCK)))
        others = select(func.count()).where(
            users.c.workspace_id == workspace_id,
            users.c.role == Role.ADMIN.value,
            ~users.c.disabled,
            users.c.id != user_id,
        )
        if not (await self._connection.execute(others)).scalar_one():
            raise Conflict("the workspace would have no admin any more; make another user an admin first")

    async def add_receipt(self, workspace_id: UUID, user_id: UUID, by: UUID, rows: dict[str, int]) -> Erasure:
        """Keep the receipt of an erasure: ids and numbers, nothing personal."""
        receipt = Erasure(new_id(), workspace_id, user_id, by, rows, datetime.now(UTC))
        values = {
            "id": receipt.id,
            "workspace_id": workspace_id,
            "erased_user_id": user_id,
            "erased_by": by,
            "rows": rows,
            "created_at": receipt.created_at,
        }
        await self._connection.execute(insert(erasures).values(values))
        return receipt

    async def _rows(self, table: Table, condition: Any) -> list[dict[str, Any]]:
        shown = [c for c in table.columns if not isinstance(c.type, _HIDDEN) and c.name not in _SECRETS]
        wanted = select(*shown).where(condition).order_by(*table.primary_key.columns)
        rows = await self._connection.execute(wanted)
        return [dict(row) for row in rows.mappings()]


def _personal_tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if "user_id" in table.c]
