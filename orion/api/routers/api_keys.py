"""API keys: made, listed and revoked by a signed-in person; keys do not make keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from orion.api.access import PersonDep, StoreDep
from orion.api.credentials.tokens import new_api_key, read_api_key
from orion.api.fields import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    JSON_NUMBER,
    Cursor,
    Instant,
    Limit,
    Timestamp,
    example,
)
from orion.domain.identity import ApiKey, Scope, new_id
from orion.domain.wire import timestamp
from orion.errors import FieldProblem, Invalid, Refused

router = APIRouter(prefix="/api/v1/auth/api-keys", tags=["auth"])

_Origin = Annotated[str, StringConstraints(max_length=300, pattern=r"^https?://[^/\s*,?#@]+$")]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_KEY = {
    "id": EXAMPLE_ID,
    "user_id": EXAMPLE_ID,
    "name": "my page",
    "prefix": "orion_live_4f7gh2kd",
    "scopes": ["connect"],
    "agents": ["concierge"],
    "origins": ["https://page.example.org"],
    "max_sessions": 5,
    "created_at": EXAMPLE_TIME,
    "expires_at": "2027-01-31T00:00:00.000Z",
    "last_used_at": None,
}


class NewApiKey(BaseModel):
    """A key that acts as its maker. `agents`, `origins`, `max_sessions` bound what `POST /connect` does."""

    model_config = example(
        {
            "name": "my page",
            "scopes": ["connect"],
            "agents": ["concierge"],
            "origins": ["https://page.example.org"],
            "max_sessions": 5,
        },
        "forbid",
    )

    name: _Name
    scopes: list[Scope] = Field(
        default_factory=lambda: [Scope.SESSIONS, Scope.MEMORY], min_length=1, max_length=len(Scope)
    )
    expires_at: Instant | None = None
    agents: list[_Name] | None = Field(default=None, min_length=1, max_length=50)
    origins: list[_Origin] | None = Field(default=None, min_length=1, max_length=50)
    max_sessions: Annotated[int, Field(ge=1, le=100_000), JSON_NUMBER] | None = None


class ApiKeyBody(BaseModel):
    """A key as it is listed; nobody sees its secret again."""

    model_config = example(_KEY)

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    agents: list[str] | None
    origins: list[str] | None
    max_sessions: int | None
    created_at: Timestamp
    expires_at: Timestamp | None
    last_used_at: Timestamp | None


class MadeApiKey(BaseModel):
    """A new key. `key` is shown this once."""

    model_config = example(
        {"api_key": _KEY, "key": "orion_live_4f7gh2kd_8Wk1rT5v0yXgq3cJmZpLd7NfBhUeAiRs8Wk1rT5v0yX_1f0c3a"}
    )

    api_key: ApiKeyBody
    key: str


class ApiKeyPage(BaseModel):
    """One page of keys, newest first; `next_cursor` is null on the last."""

    model_config = example({"items": [_KEY], "next_cursor": None})

    items: list[ApiKeyBody]
    next_cursor: str | None


@router.post("", status_code=201, response_model=MadeApiKey)
async def make_key(body: NewApiKey, caller: PersonDep, store: StoreDep) -> Any:
    """Make a key; a key with the scope `admin` is an admin's."""
    _check(body)
    if Scope.ADMIN in body.scopes and not store.principal.is_admin:
        raise Refused("only an admin can make a key with the scope admin")
    assert caller.workspace_id is not None
    assert caller.user_id is not None
    public_id, key = new_api_key()
    made = ApiKey(
        id=new_id(),
        workspace_id=caller.workspace_id,
        user_id=caller.user_id,
        public_id=public_id,
        name=body.name,
        scopes=frozenset(body.scopes),
        created_at=datetime.now(UTC),
        agents=None if body.agents is None else tuple(body.agents),
        origins=None if body.origins is None else tuple(origin.lower() for origin in body.origins),
        max_sessions=body.max_sessions,
        expires_at=body.expires_at,
    )
    await store.api_keys.add(made, read_api_key(key)[1])
    return {"api_key": _body(made), "key": key}


@router.get("", response_model=ApiKeyPage)
async def list_keys(_caller: PersonDep, store: StoreDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """Your keys (an admin's: the workspace's), newest first."""
    items, next_cursor = await store.api_keys.page(limit=limit, cursor=cursor)
    return {"items": [_body(key) for key in items], "next_cursor": next_cursor}


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: UUID, _caller: PersonDep, store: StoreDep) -> Response:
    """Revoke a key of yours (an admin: of the workspace) at once; its streams and calls end."""
    await store.api_keys.revoke(key_id)
    return Response(status_code=204)


def _check(body: NewApiKey) -> None:
    problems = []
    if body.expires_at is not None and body.expires_at <= datetime.now(UTC):
        problems.append(FieldProblem("/expires_at", "it lies in the past"))
    if Scope.CONNECT not in body.scopes:
        problems += [
            FieldProblem(f"/{name}", "only a key with the scope connect has this")
            for name in ("agents", "origins", "max_sessions")
            if getattr(body, name) is not None
        ]
    if problems:
        raise Invalid("some fields are not acceptable", problems=problems)


def _body(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "user_id": key.user_id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "agents": key.agents,
        "origins": key.origins,
        "max_sessions": key.max_sessions,
        "created_at": timestamp(key.created_at),
        "expires_at": timestamp(key.expires_at),
        "last_used_at": timestamp(key.last_used_at),
    }
