"""API keys: only the SHA-256 of their secrets is stored."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import ApiKey, Role, Scope
from orion.domain.session import SessionStatus
from orion.errors import NotFound
from orion.store.pages import after
from orion.store.tables import api_keys, sessions, users

USED_EVERY = timedelta(minutes=1)
"""How often the last use of a key is written, at most."""
_JUST_ACTIVE = timedelta(minutes=1)
"""A session in which nobody is connected counts as live for so long after its last turn."""


class ApiKeys:
    """Rows of `api_keys`: a user sees its own, an admin those of its workspace, log-in all."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, key: ApiKey, secret_hash: bytes) -> None:
        """A new key."""
        values = {
            "id": key.id,
            "workspace_id": key.workspace_id,
            "user_id": key.user_id,
            "public_id": key.public_id,
            "secret_hash": secret_hash,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "agents": None if key.agents is None else list(key.agents),
            "origins": None if key.origins is None else list(key.origins),
            "max_sessions": key.max_sessions,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        }
        await self._connection.execute(insert(api_keys).values(values))

    async def by_public_id(self, public_id: str) -> tuple[ApiKey, bytes, Role] | None:
        """The key, the hash of its secret and its user's role; None if it has expired or its user may not."""
        wanted = (
            select(api_keys, users.c.role)
            .join(users, users.c.id == api_keys.c.user_id)
            .where(api_keys.c.public_id == public_id, ~users.c.disabled, _good())
        )
        row = (await self._connection.execute(wanted)).first()
        return (_key(row), row.secret_hash, Role(row.role)) if row else None

    async def page(self, *, limit: int = 20, cursor: str | None = None) -> tuple[list[ApiKey], str | None]:
        """A page of keys, newest first, and the cursor of the next page. Raises Invalid for a bad cursor."""
        wanted = select(api_keys).order_by(api_keys.c.id.desc()).limit(limit + 1)
        if cursor is not None:
            wanted = wanted.where(api_keys.c.id < after(cursor))
        rows = (await self._connection.execute(wanted)).all()
        found = [_key(row) for row in rows[:limit]]
        return found, str(found[-1].id) if len(rows) > limit else None

    async def revoke(self, key_id: UUID) -> None:
        """Remove a key; what it has open ends. Raises NotFound where the principal sees none."""
        gone = await self._connection.execute(delete(api_keys).where(api_keys.c.id == key_id))
        if gone.rowcount == 0:
            raise NotFound("no such API key")

    async def used(self, key_id: UUID, at: datetime) -> None:
        """Note the use of a key, unless a use within the last minute is noted."""
        stale = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < at - USED_EVERY)
        changed = update(api_keys).where(api_keys.c.id == key_id, stale).values(last_used_at=at)
        await self._connection.execute(changed)

    async def locked(self, key_id: UUID) -> ApiKey:
        """The key; until the transaction ends nobody else gets it so. Raises NotFound where there is none."""
        wanted = select(api_keys).where(api_keys.c.id == key_id).with_for_update()
        row = (await self._connection.execute(wanted)).first()
        if row is None:
            raise NotFound("no such API key")
        return _key(row)

    async def live_sessions(self, key_id: UUID, connected: Collection[UUID], token_secs: float) -> int:
        """How many sessions begun by the key are live: `connected`, or just active, or yet to be joined.

        Args:
            token_secs: For so long after its beginning a session can still be joined.
        """
        now = datetime.now(UTC)
        unjoined = sessions.c.status == SessionStatus.CREATED.value
        unjoined &= sessions.c.created_at > now - timedelta(seconds=token_secs)
        counted = select(func.count()).where(
            sessions.c.api_key_id == key_id,
            sessions.c.status != SessionStatus.ENDED.value,
            or_(
                sessions.c.last_active_at > now - _JUST_ACTIVE,
                sessions.c.id.in_(list(connected)),
                unjoined,
            ),
        )
        return int((await self._connection.execute(counted)).scalar_one())

    async def begun(self, key_id: UUID, session_id: UUID) -> None:
        """The session was begun by the key."""
        changed = update(sessions).where(sessions.c.id == session_id).values(api_key_id=key_id)
        await self._connection.execute(changed)


def _good() -> Any:
    return or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > func.now())


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        public_id=row.public_id,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        agents=None if row.agents is None else tuple(row.agents),
        origins=None if row.origins is None else tuple(row.origins),
        max_sessions=row.max_sessions,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
