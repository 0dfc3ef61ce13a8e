"""The users of a workspace, as its admins manage them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from orion.api.access import AdminDep, PartsDep
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Cursor, Flag, Limit, Timestamp, example
from orion.api.idempotency import KeyedRoute
from orion.api.openapi import fails
from orion.domain.identity import Principal, Role, User
from orion.domain.wire import timestamp
from orion.errors import Conflict

router = APIRouter(prefix="/api/v1/users", tags=["users"], route_class=KeyedRoute)

_USER = {
    "id": EXAMPLE_ID,
    "email": "ben@example.org",
    "name": "Ben",
    "role": "user",
    "disabled": False,
    "created_at": EXAMPLE_TIME,
}


class UserChange(BaseModel):
    """What shall change; what is left out stays."""

    model_config = example({"role": "admin"}, "forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    role: Role | None = None
    disabled: Flag | None = None


class UserBody(BaseModel):
    """A user; one that is disabled can neither sign in nor go on."""

    model_config = example(_USER)

    id: UUID
    email: str
    name: str
    role: Role
    disabled: bool
    created_at: Timestamp


class UserPage(BaseModel):
    """One page of users, newest first; `next_cursor` is null on the last."""

    model_config = example({"items": [_USER], "next_cursor": None})

    items: list[UserBody]
    next_cursor: str | None


@router.get("", response_model=UserPage)
async def list_users(caller: AdminDep, parts: PartsDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """The workspace's users, newest first."""
    async with parts.database.transaction(caller) as store:
        items, next_cursor = await store.users.page(limit=limit, cursor=cursor)
    return {"items": [_body(user) for user in items], "next_cursor": next_cursor}


@router.patch("/{user_id}", response_model=UserBody, responses=fails(Conflict))
async def change(user_id: UUID, body: UserChange, caller: AdminDep, parts: PartsDep) -> Any:
    """Change a user's name or role, or disable it: then its sign-ins, keys, streams and calls end at once."""
    async with parts.database.transaction(caller) as store:
        user = await store.users.get(user_id)
        if body.role is Role.USER or body.disabled:
            await store.people.keep_an_admin(user.workspace_id, user_id)
        user = await store.users.change(user_id, name=body.name, role=body.role, disabled=body.disabled)
    if user.disabled:
        async with parts.database.transaction(Principal.system("log-in")) as store:
            await store.tokens.revoke_user(user.id)
    return _body(user)


def _body(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled,
        "created_at": timestamp(user.created_at),
    }
