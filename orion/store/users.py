"""Accounts and workspaces."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Role, User, new_id
from orion.errors import Conflict, NotFound
from orion.store.tables import users, workspaces

DEFAULT_WORKSPACE = "default"
_FIRST_USER_LOCK = 0x0410_0111


class Users:
    """Rows of `users`; registration and log-in see all of them, a user itself, an admin its workspace."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(self, *, email: str, name: str, password_hash: str, role: Role | None) -> User:
        """A new account; without a role the first of an empty server is its admin, others are users.

        Raises:
            Conflict: The address has an account already.
        """
        await self._connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _FIRST_USER_LOCK})
        role = role or (Role.USER if await self.count() else Role.ADMIN)
        values = {
            "id": new_id(),
            "workspace_id": await self._default_workspace(),
            "email": email,
            "name": name,
            "role": role.value,
            "password_hash": password_hash,
            "disabled": False,
            "created_at": datetime.now(UTC),
        }
        made = await self._connection.execute(
            upsert(users).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(users)
        )
        row = made.first()
        if row is None:
            raise Conflict("this address has an account already")
        return _user(row)

    async def by_email(self, email: str) -> tuple[User, str] | None:
        """The account of an address, with its password hash."""
        row = (await self._connection.execute(select(users).where(users.c.email == email))).first()
        return (_user(row), row.password_hash) if row else None

    async def get(self, user_id: UUID) -> User:
        """One account. Raises NotFound where the principal sees none."""
        row = (await self._connection.execute(select(users).where(users.c.id == user_id))).first()
        if row is None:
            raise NotFound("no such user")
        return _user(row)

    async def count(self) -> int:
        """How many accounts there are."""
        return (await self._connection.execute(select(func.count()).select_from(users))).scalar_one()

    async def first_admin(self) -> User | None:
        """The oldest enabled admin."""
        wanted = select(users).where(users.c.role == Role.ADMIN.value, ~users.c.disabled)
        row = (await self._connection.execute(wanted.order_by(users.c.id).limit(1))).first()
        return _user(row) if row else None

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """Replace the password's hash."""
        changed = update(users).where(users.c.id == user_id).values(password_hash=password_hash)
        await self._connection.execute(changed)

    async def _default_workspace(self) -> UUID:
        name = DEFAULT_WORKSPACE
        found = await self._connection.execute(select(workspaces.c.id).where(workspaces.c.name == name))
        workspace_id = found.scalar_one_or_none()
        if workspace_id is None:
            workspace_id = new_id()
            values = {"id": workspace_id, "name": name, "created_at": datetime.now(UTC)}
            await self._connection.execute(insert(workspaces).values(values))
        return UUID(str(workspace_id))


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        workspace_id=row.workspace_id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        disabled=row.disabled,
        created_at=row.created_at,
    )
