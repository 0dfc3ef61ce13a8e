"""Conversations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.session import EndReason, Session, SessionStatus
from orion.errors import Conflict, NotFound
from orion.store.columns import constant
from orion.store.pages import after
from orion.store.tables import sessions
from orion.store.usage import ENGINES, engines

# Made once: SQLAlchemy takes as long to make a statement as to run it.
_CREATE = insert(sessions)
_GET = select(sessions, ENGINES).where(sessions.c.id == bindparam("session_id"))
_LOCK = _GET.with_for_update(of=sessions)


class Sessions:
    """Rows of `sessions`: a user sees its own, an admin those of its workspace."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(self, session: Session) -> Session:
        """A new session, as it stands."""
        values = {
            "id": session.id,
            "workspace_id": session.workspace_id,
            "user_id": session.user_id,
            "agent": session.agent,
            "status": session.status.value,
            "title": session.title,
            "metadata": session.metadata,
            "variables": session.variables,
            "dialogue": session.dialogue,
            "created_at": session.created_at,
            "last_active_at": session.created_at,
        }
        await self._connection.execute(_CREATE, values)
        return session

    async def get(self, session_id: UUID, *, lock: bool = False) -> Session:
        """One session; with `lock` nobody else changes it before the end of the transaction.

        Raises:
            NotFound: There is none that the principal may see.
        """
        found = await self._connection.execute(_LOCK if lock else _GET, {"session_id": session_id})
        row = found.first()
        if row is None:
            raise NotFound("no such session")
        return _session(row)

    async def page(
        self,
        *,
        status: SessionStatus | None = None,
        owner: UUID | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> tuple[list[Session], str | None]:
        """A page of sessions, newest first, and the cursor of the next page (None on the last).

        With `owner` only those of that user.

        The cursor is the last id of the page before, so sessions that are added meanwhile shift nothing.

        Raises:
            Invalid: The cursor is none that was given out.
        """
        wanted = select(sessions, ENGINES).order_by(sessions.c.id.desc()).limit(limit + 1)
        if status is not None:
            wanted = wanted.where(sessions.c.status == status.value)
        if owner is not None:
            wanted = wanted.where(sessions.c.user_id == owner)
        if cursor is not None:
            wanted = wanted.where(sessions.c.id < after(cursor))
        rows = (await self._connection.execute(wanted)).all()
        found = [_session(row) for row in rows[:limit]]
        return found, str(found[-1].id) if len(rows) > limit else None

    async def set_status(self, session_id: UUID, status: SessionStatus) -> Session:
        """Change the status along the state machine.

        Raises:
            NotFound: There is no such session.
            Conflict: The session may not go from its status to that one.
        """
        session = await self.get(session_id, lock=True)
        if not session.status.may_become(status):
            raise Conflict(f"a session that is {session.status.value} cannot become {status.value}")
        now = datetime.now(UTC)
        values: dict[str, Any] = {"status": status.value, "last_active_at": now}
        if status is SessionStatus.ACTIVE and session.started_at is None:
            values["started_at"] = now
        return await self._change(session_id, values)

    async def end(self, session_id: UUID, reason: EndReason) -> Session:
        """End the session; one that has ended keeps its reason. Raises NotFound where there is none."""
        session = await self.get(session_id, lock=True)
        if session.status is SessionStatus.ENDED:
            return session
        values = {
            "status": SessionStatus.ENDED.value,
            "end_reason": reason.value,
            "ended_at": datetime.now(UTC),
        }
        return await self._change(session_id, values)

    async def set_title(self, session_id: UUID, title: str | None) -> Session:
        """Rename the session, which the principal sees."""
        return await self._change(session_id, {"title": title})

    async def set_agent(self, session_id: UUID, agent: str) -> None:
        """Another agent has the word."""
        await self._connection.execute(
            update(sessions).where(sessions.c.id == session_id).values(agent=agent)
        )

    async def save_dialogue(self, session_id: UUID, dialogue: dict[str, Any]) -> None:
        """Keep what the offline agent remembers of the conversation."""
        changed = update(sessions).where(sessions.c.id == session_id).values(dialogue=dialogue)
        await self._connection.execute(changed)

    async def touch(self, session_id: UUID) -> None:
        """Somebody is in the session now."""
        changed = update(sessions).where(sessions.c.id == session_id).values(last_active_at=datetime.now(UTC))
        await self._connection.execute(changed)

    async def idle_since(self, cutoff: datetime, limit: int = 100) -> list[Session]:
        """Open sessions in which nothing has happened since `cutoff`."""
        wanted = select(sessions, ENGINES).where(
            sessions.c.status != constant(SessionStatus.ENDED.value), sessions.c.last_active_at < cutoff
        )
        return [_session(row) for row in await self._connection.execute(wanted.limit(limit))]

    async def delete(self, session_id: UUID) -> None:
        """Remove a session and everything of it. Raises NotFound where there is none."""
        gone = await self._connection.execute(delete(sessions).where(sessions.c.id == session_id))
        if gone.rowcount == 0:
            raise NotFound("no such session")

    async def _change(self, session_id: UUID, values: dict[str, Any]) -> Session:
        changed = (
            update(sessions).where(sessions.c.id == session_id).values(values).returning(sessions, ENGINES)
        )
        return _session((await self._connection.execute(changed)).one())


def _session(row: Row[Any]) -> Session:
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return Session(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        agent=row.agent,
        status=SessionStatus(row.status),
        created_at=row.created_at,
        title=row.title,
        metadata=columns["metadata"],
        variables=row.variables,
        dialogue=row.dialogue,
        started_at=row.started_at,
        ended_at=row.ended_at,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        usage=engines(row.engines),
    )
