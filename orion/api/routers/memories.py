"""Memories: what is kept about a user, as one conversation of theirs brought it up or can draw upon it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orion.api.access import (
    CallerDep,
    OwnSessionDep,
    Parts,
    PartsDep,
    SessionId,
    StoreDep,
    needs,
    own_session_in,
)
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Cursor, Limit, Timestamp, example
from orion.api.idempotency import KeyedRoute
from orion.domain.identity import Principal, Scope, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.session import Session
from orion.domain.wire import foreign, timestamp

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/memory",
    tags=["memory"],
    route_class=KeyedRoute,
    dependencies=[Depends(needs(Scope.MEMORY))],
)


_MEMORY = {
    "id": EXAMPLE_ID,
    "session_id": EXAMPLE_ID,
    "type": "preference",
    "content": "Likes a window seat.",
    "metadata": {},
    "created_at": EXAMPLE_TIME,
}


class Listing(BaseModel):
    """Which memories: `reach` is `session` (what came up in this one) or `user` (all about its user)."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 50
    cursor: Cursor = None
    reach: Literal["session", "user"] = "session"

    def only(self, session: Session) -> UUID | None:
        """The session whose memories are meant; None for all of its user's."""
        return session.id if self.reach == "session" else None


class Search(Listing):
    """`query` finds by words, and by meaning where embeddings are configured; without it the newest come."""

    query: str = Field(default="", max_length=500)


class NewMemory(BaseModel):
    """Something to keep about the session's user."""

    model_config = example({"type": "preference", "content": "Likes a window seat."}, "forbid")

    type: MemoryType
    content: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    metadata: dict[str, Any] = Field(default_factory=dict, max_length=50)


class MemoryBody(BaseModel):
    """A memory; `session_id` is where it came up, null once that session is deleted."""

    model_config = example(_MEMORY)

    id: UUID
    session_id: UUID | None
    type: MemoryType
    content: str
    metadata: dict[str, Any]
    created_at: Timestamp


class MemoryPage(BaseModel):
    """Memories, the best match first for a query, else the newest; `next_cursor` is null on the last page."""

    model_config = example({"items": [_MEMORY], "next_cursor": None})

    items: list[MemoryBody]
    next_cursor: str | None


@router.post("", status_code=201, response_model=MemoryBody)
async def add(session_id: SessionId, body: NewMemory, caller: CallerDep, parts: PartsDep) -> Any:
    """Keep something; every later conversation of the same user can draw upon it."""
    assert caller.user_id is not None
    memory = Memory(
        id=new_id(),
        user_id=caller.user_id,
        session_id=session_id,
        type=body.type,
        content=body.content,
        created_at=datetime.now(UTC),
        metadata=body.metadata,
    )
    own = partial(own_session_in, session_id=session_id)
    return _body(await parts.calls.shared.recollection.keep(caller, memory, own))


@router.get("", response_model=MemoryPage)
async def search(
    session: OwnSessionDep, wanted: Annotated[Search, Query()], caller: CallerDep, parts: PartsDep
) -> Any:
    """What is kept: the best matches of a query, else the newest."""
    if wanted.query.strip():
        found = await parts.calls.shared.recollection.search(
            caller, wanted.query, limit=wanted.limit, session_id=wanted.only(session)
        )
        return {"items": [_body(memory) for memory in found], "next_cursor": None}
    return await _newest(parts, caller, session, wanted)


@router.get("/type/{kind}", response_model=MemoryPage)
async def of_type(
    session: OwnSessionDep,
    kind: MemoryType,
    wanted: Annotated[Listing, Query()],
    caller: CallerDep,
    parts: PartsDep,
) -> Any:
    """Memories of one type, newest first."""
    return await _newest(parts, caller, session, wanted, kind)


@router.delete("/{memory_id}", status_code=204)
async def forget(_session: OwnSessionDep, memory_id: UUID, store: StoreDep) -> Response:
    """Forget one thing about oneself, wherever it came up."""
    await store.memories.delete(memory_id)
    return Response(status_code=204)


async def _newest(
    parts: Parts, caller: Principal, session: Session, wanted: Listing, *kinds: MemoryType
) -> dict[str, Any]:
    async with parts.database.transaction(caller) as store:
        found = await store.memories.newest(
            limit=wanted.limit + 1, kinds=kinds, session_id=wanted.only(session), cursor=wanted.cursor
        )
    more = len(found) > wanted.limit
    items = [_body(memory) for memory in found[: wanted.limit]]
    return {"items": items, "next_cursor": str(items[-1]["id"]) if more else None}


def _body(memory: Memory) -> dict[str, Any]:
    return {
        "id": memory.id,
        "session_id": memory.session_id,
        "type": memory.type,
        "content": memory.content,
        "metadata": foreign(memory.metadata),
        "created_at": timestamp(memory.created_at),
    }
