"""What admins did with other people's sessions: added and read, never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.audit import AuditAction, AuditRecord
from orion.domain.identity import Principal, new_id
from orion.domain.session import Session
from orion.store.audit_tables import audit
from orion.store.pages import after

_ADD = insert(audit)


class Audit:
    """Rows of `audit`: an admin reads those of its workspace, and adds its own."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def add(self, session: Session, action: AuditAction) -> None:
        """Keep that the principal, an admin, does this with a session of somebody else."""
        values = {
            "id": new_id(),
            "workspace_id": session.workspace_id,
            "admin_id": self._principal.user_id,
            "owner_id": session.user_id,
            "session_id": session.id,
            "action": action.value,
            "created_at": datetime.now(UTC),
        }
        await self._connection.execute(_ADD, values)

    async def page(
        self, *, limit: int = 20, cursor: str | None = None, session_id: UUID | None = None
    ) -> tuple[list[AuditRecord], str | None]:
        """A page of records, newest first, and the cursor of the next page. Raises Invalid for a bad one."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(limit + 1)
        if session_id is not None:
            wanted = wanted.where(audit.c.session_id == session_id)
        if cursor is not None:
            wanted = wanted.where(audit.c.id < after(cursor))
        rows = (await self._connection.execute(wanted)).all()
        found = [_record(row) for row in rows[:limit]]
        return found, str(found[-1].id) if len(rows) > limit else None


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        admin_id=row.admin_id,
        owner_id=row.owner_id,
        session_id=row.session_id,
        action=AuditAction(row.action),
        created_at=row.created_at,
    )
