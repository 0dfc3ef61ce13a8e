"""Accounts and workspaces."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Role, User, new_id
from orion.errors import Conflict, NotFound
from orion.store.pages import after
from orion.store.tables import users, workspaces

DEFAULT_WORKSPACE = "default"
_FIRST_USER_LOCK = 0x0410_0111
_TAKEN = "an account with this email exists; log in instead"


class Users:
    """Rows of `users`; registration and log-in see all of them, a user itself, an admin its workspace."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(
        self,
        *,
        email: str,
        name: str,
        password_hash: str,
        role: Role | None,
        workspace_id: UUID | None = None,
    ) -> User:
        """A new account; without a role the first of an empty server is its admin, others are users.

        Without a workspace it belongs to the default one. An empty hash means that it has no password yet.

        Raises:
            Conflict: The address has an account already.
        """
        await self._connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _FIRST_USER_LOCK})
        role = role or (Role.USER if await self.count() else Role.ADMIN)
        values = {
            "id": new_id(),
            "workspace_id": workspace_id or await self.default_workspace(),
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
            raise Conflict(_TAKEN)
        return _user(row)

    async def by_email(self, email: str) -> tuple[User, str] | None:
        """The account of an address, with its password hash."""
        row = (await self._connection.execute(select(users).where(users.c.email == email))).first()
        return (_user(row), row.password_hash) if row else None

    async def get(self, user_id: UUID) -> User:
        """One account. Raises NotFound where the principal sees none."""
        return (await self.with_password_hash(user_id))[0]

    async def these(self, user_ids: Collection[UUID]) -> dict[UUID, User]:
        """Those of the accounts that the principal sees."""
        rows = await self._connection.execute(select(users).where(users.c.id.in_(user_ids)))
        return {row.id: _user(row) for row in rows}

    async def with_password_hash(self, user_id: UUID) -> tuple[User, str]:
        """One account and its password's hash. Raises NotFound where the principal sees none."""
        row = (await self._connection.execute(select(users).where(users.c.id == user_id))).first()
        if row is None:
            raise NotFound("no such user")
        return _user(row), row.password_hash

    async def page(self, *, limit: int = 20, cursor: str | None = None) -> tuple[list[User], str | None]:
        """A page of accounts, newest first, and the cursor of the next page. Raises Invalid for a bad one."""
        wanted = select(users).order_by(users.c.id.desc()).limit(limit + 1)
        if cursor is not None:
            wanted = wanted.where(users.c.id < after(cursor))
        rows = (await self._connection.execute(wanted)).all()
        found = [_user(row) for row in rows[:limit]]
        return found, str(found[-1].id) if len(rows) > limit else None

    async def all(self) -> list[User]:
        """All accounts, by workspace and address."""
        rows = await self._connection.execute(select(users).order_by(users.c.workspace_id, users.c.email))
        return [_user(row) for row in rows]

    async def change(
        self,
        user_id: UUID,
        *,
        name: str | None = None,
        role: Role | None = None,
        disabled: bool | None = None,
    ) -> User:
        """Change what is given; see first that the workspace keeps an admin (`People.keep_an_admin`).

        Raises:
            NotFound: The principal sees no such user.
        """
        given = {"name": name, "role": role.value if role else None, "disabled": disabled}
        values = {column: value for column, value in given.items() if value is not None}
        if not values:
            return await self.get(user_id)
        changed = update(users).where(users.c.id == user_id).values(values).returning(users)
        row = (await self._connection.execute(changed)).first()
        if row is None:
            raise NotFound("no such user")
        return _user(row)

    async def count(self) -> int:
        """How many accounts there are."""
        return (await self._connection.execute(select(func.count()).select_from(users))).scalar_one()

    async def first_admin(self, workspace_id: UUID | None = None) -> User | None:
        """The oldest enabled admin of the workspace, or of the server."""
        wanted = select(users).where(users.c.role == Role.ADMIN.value, ~users.c.disabled)
        if workspace_id is not None:
            wanted = wanted.where(users.c.workspace_id == workspace_id)
        row = (await self._connection.execute(wanted.order_by(users.c.id).limit(1))).first()
        return _user(row) if row else None

    async def admin_of_the_link(self) -> User:
        """Whom a sign-in link signs in that names nobody: the oldest enabled admin of the default workspace.

        Where that workspace has nobody at all, the oldest admin of the server. If there is no such admin,
        one without a password is made in the default workspace.
        """
        workspace_id = await self.default_workspace()
        found = await self.first_admin(workspace_id)
        if found is None and not await self._people_in(workspace_id):
            found = await self.first_admin()
        return found or await self.create(
            email=await self._free_address(),
            name="Admin",
            password_hash="",
            role=Role.ADMIN,
            workspace_id=workspace_id,
        )

    async def set_first_password(self, user_id: UUID, password_hash: str, email: str | None) -> bool:
        """Give an account its first password, and its address; False if it has a password by now.

        Raises:
            Conflict: The address has an account already.
        """
        taken = select(users.c.id).where(users.c.email == email, users.c.id != user_id)
        if email is not None and (await self._connection.execute(taken)).first() is not None:
            raise Conflict(_TAKEN)
        changed = (
            update(users)
            .where(users.c.id == user_id, users.c.password_hash == "")
            .values({"password_hash": password_hash, **({"email": email} if email else {})})
        )
        try:
            return (await self._connection.execute(changed)).rowcount == 1
        except IntegrityError as error:
            raise Conflict(_TAKEN) from error

    async def set_password_hash(
        self, user_id: UUID, password_hash: str, *, before: str | None = None
    ) -> bool:
        """Replace the password's hash; False, and nothing is written, if it is not `before` any more."""
        changed = update(users).where(users.c.id == user_id)
        if before is not None:
            changed = changed.where(users.c.password_hash == before)
        return (await self._connection.execute(changed.values(password_hash=password_hash))).rowcount == 1

    async def create_workspace(self, name: str) -> UUID:
        """A new workspace. Raises Conflict where there is one of that name."""
        values = {"id": new_id(), "name": name, "created_at": datetime.now(UTC)}
        made = await self._connection.execute(
            upsert(workspaces).values(values).on_conflict_do_nothing().returning(workspaces.c.id)
        )
        workspace_id: UUID | None = made.scalar_one_or_none()
        if workspace_id is None:
            raise Conflict(f"there is a workspace {name} already")
        return workspace_id

    async def workspace(self, name: str) -> UUID:
        """The workspace of that name. Raises NotFound where there is none."""
        found = await self._connection.execute(select(workspaces.c.id).where(workspaces.c.name == name))
        workspace_id: UUID | None = found.scalar_one_or_none()
        if workspace_id is None:
            raise NotFound(f"there is no workspace {name}; make it: orion workspaces create")
        return workspace_id

    async def workspaces(self) -> dict[str, UUID]:
        """All workspaces that the principal sees, by name."""
        rows = await self._connection.execute(select(workspaces).order_by(workspaces.c.name))
        return {row.name: row.id for row in rows}

    async def default_workspace(self) -> UUID:
        """The workspace of whoever is in no other; made if it is not there."""
        try:
            return await self.workspace(DEFAULT_WORKSPACE)
        except NotFound:
            return await self.create_workspace(DEFAULT_WORKSPACE)

    async def _people_in(self, workspace_id: UUID) -> int:
        wanted = select(func.count()).select_from(users).where(users.c.workspace_id == workspace_id)
        return (await self._connection.execute(wanted)).scalar_one()

    async def _free_address(self) -> str:
        """`admin@localhost`, or if that is taken, `admin-2@localhost`, `admin-3@localhost`, ..."""
        for number in count(1):
            address = "admin@localhost" if number == 1 else f"admin-{number}@localhost"
            if await self.by_email(address) is None:
                return address
        raise AssertionError


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        workspace_id=row.workspace_id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        disabled=row.disabled,
        created_at=row.created_at,
        has_password=bool(row.password_hash),
    )
