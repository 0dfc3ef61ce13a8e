"""Sessions: the conversations and their turns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from orion.agents.roster import Roster
from orion.api.access import (
    CallerDep,
    Parts,
    PartsDep,
    SessionId,
    StoreDep,
    audited_session,
    audited_session_in,
    needs,
    own_session_in,
)
from orion.api.fields import (
    EXAMPLE_ID,
    EXAMPLE_LATER,
    EXAMPLE_TIME,
    Cursor,
    Limit,
    Timestamp,
    example,
)
from orion.api.idempotency import KeyedRoute
from orion.api.openapi import fails
from orion.api.routers.usage import EXAMPLE_USAGE, UsageBody
from orion.domain import wire
from orion.domain.audit import AuditAction
from orion.domain.identity import Principal, Scope, User, new_id
from orion.domain.session import EndReason, Session, SessionStatus
from orion.domain.tool import ToolCallStatus
from orion.errors import BudgetExhausted, Conflict, FieldProblem, Invalid, NotFound
from orion.pipelines.records import budgets
from orion.store.store import Store

router = APIRouter(
    prefix="/api/v1/sessions",
    tags=["sessions"],
    route_class=KeyedRoute,
    dependencies=[Depends(needs(Scope.SESSIONS))],
)

AgentName = Annotated[str, StringConstraints(max_length=100)]
Title = Annotated[str, StringConstraints(max_length=200)]
Variables = dict[str, Annotated[str, StringConstraints(max_length=2000)]]

_SESSION = {
    "id": EXAMPLE_ID,
    "owner": {"id": EXAMPLE_ID, "name": "Ben", "email": "ben@example.org"},
    "agent": "concierge",
    "status": "active",
    "live": True,
    "title": "Dinner on Friday",
    "metadata": {"order": 4711},
    "participants": ["user"],
    "created_at": EXAMPLE_TIME,
    "started_at": EXAMPLE_LATER,
    "ended_at": None,
    "end_reason": None,
    "usage": EXAMPLE_USAGE,
}
EXAMPLE_CALL = {
    "id": "call_1",
    "tool": "calculator",
    "arguments": {"expression": "12 * 9"},
    "status": "done",
    "result": 108,
    "error": None,
    "duration_ms": 0.4,
    "started_at": EXAMPLE_TIME,
}
_TURN = {
    "id": EXAMPLE_ID,
    "role": "agent",
    "agent": "concierge",
    "text": "That is 108.",
    "interrupted": False,
    "tool_calls": [EXAMPLE_CALL],
    "latency": {"end_of_turn_ms": 240.0, "stt_final_ms": 310.5, "first_audio_ms": 640.2},
    "usage": EXAMPLE_USAGE,
    "started_at": EXAMPLE_TIME,
    "ended_at": EXAMPLE_LATER,
}

_AUDITED = {
    SessionStatus.ACTIVE: AuditAction.ACTIVATE,
    SessionStatus.PAUSED: AuditAction.PAUSE,
    SessionStatus.ENDED: AuditAction.END,
}
Admit = Callable[[Store, Session], Awaitable[None]]


class NewSession(BaseModel):
    """What a session begins with; `variables` fill `{{name}}` in instructions and greetings."""

    model_config = example(
        {
            "agent": "concierge",
            "title": "Dinner on Friday",
            "metadata": {"order": 4711},
            "variables": {"name": "Ada"},
        },
        "forbid",
    )

    agent: AgentName | None = None
    title: Title | None = None
    metadata: dict[str, Any] = Field(default_factory=dict, max_length=50)
    variables: Variables = Field(default_factory=dict, max_length=50)


class SessionOwner(BaseModel):
    """Whose session it is. `name` and `email` are told of other people alone, to admins."""

    id: UUID
    name: str | None
    email: str | None


class SessionBody(BaseModel):
    """A session; `live` tells whether somebody is connected."""

    model_config = example(_SESSION)

    id: UUID
    owner: SessionOwner
    agent: str
    status: Literal["created", "active", "paused", "ended"]
    live: bool
    title: str | None
    metadata: dict[str, Any]
    participants: list[str]
    created_at: Timestamp
    started_at: Timestamp | None
    ended_at: Timestamp | None
    end_reason: EndReason | None
    usage: UsageBody


class SessionPage(BaseModel):
    """One page of sessions, newest first; `next_cursor` is null on the last."""

    model_config = example({"items": [_SESSION], "next_cursor": None})

    items: list[SessionBody]
    next_cursor: str | None


class SessionChange(BaseModel):
    """What shall change; null takes the title away."""

    model_config = example({"title": "Dinner on Friday"}, "forbid")

    title: Title | None


class StatusChange(BaseModel):
    """The status that a session shall have."""

    model_config = example({"status": "paused"})

    status: Literal["active", "paused", "ended"]


class ToolCallBody(BaseModel):
    """A tool call and what came of it; `duration_ms` in milliseconds."""

    id: str
    tool: str
    arguments: dict[str, Any]
    status: ToolCallStatus
    result: Any
    error: str | None
    duration_ms: float | None
    started_at: Timestamp | None


class TurnBody(BaseModel):
    """A turn as it was heard; `latency` in milliseconds after the end of the user's speech."""

    id: UUID
    role: Literal["user", "agent"]
    agent: str
    text: str
    interrupted: bool
    tool_calls: list[ToolCallBody]
    latency: dict[str, float | None]
    usage: UsageBody
    started_at: Timestamp
    ended_at: Timestamp


class TurnPage(BaseModel):
    """One page of a session's turns, in the order in which they began; `next_cursor` is null on the last."""

    model_config = example({"items": [_TURN], "next_cursor": None})

    items: list[TurnBody]
    next_cursor: str | None


@router.post("", status_code=201, response_model=SessionBody, responses=fails(BudgetExhausted))
async def create(body: NewSession, caller: CallerDep, parts: PartsDep) -> Any:
    """Open a conversation with an agent."""
    session = await open_session(
        parts,
        caller,
        agent=body.agent,
        title=body.title,
        metadata=body.metadata,
        variables=body.variables,
    )
    return _body(parts, session)


async def open_session(
    parts: Parts,
    caller: Principal,
    *,
    agent: str | None = None,
    title: str | None = None,
    metadata: dict[str, Any] | None = None,
    variables: dict[str, str] | None = None,
    admit: Admit | None = None,
) -> Session:
    """A new session of the caller's.

    Args:
        admit: Asked in the same transaction; what it raises takes the session back.

    Raises:
        Invalid: There is no such agent.
        BudgetExhausted: The workspace has spent its budget for this month.
    """
    assert caller.workspace_id is not None
    assert caller.user_id is not None
    new = Session(
        id=new_id(),
        workspace_id=caller.workspace_id,
        user_id=caller.user_id,
        agent=agent or "",
        status=SessionStatus.CREATED,
        created_at=datetime.now(UTC),
        title=title,
        metadata=metadata or {},
        variables=variables or {},
    )
    session = await _made(parts, caller, new, admit, asked=False)
    if session is None:
        await budgets.month(parts.database, new.workspace_id)
        session = await _made(parts, caller, new, admit, asked=True)
    assert session is not None
    parts.calls.publish(session.id, "session.created", {"session": wire.session(session, live=False)})
    return session


async def _made(
    parts: Parts, caller: Principal, new: Session, admit: Admit | None, *, asked: bool
) -> Session | None:
    """The session with its agent; None, and nothing is made, where there is a budget that was not asked."""
    async with parts.database.transaction(caller) as store:
        offer = await parts.calls.shared.catalogue.within(store, new.workspace_id)
        if offer.budgeted and not asked:
            return None
        session = replace(new, agent=_named(offer.roster, new.agent))
        await store.sessions.create(session)
        if admit is not None:
            await admit(store, session)
        return session


def _named(roster: Roster, agent: str) -> str:
    try:
        return roster.get(agent or roster.default).name
    except NotFound as error:
        raise Invalid(error.detail, problems=[FieldProblem("/agent", error.detail)]) from error


@router.get("", response_model=SessionPage)
async def list_sessions(
    parts: PartsDep,
    store: StoreDep,
    *,
    status: SessionStatus | None = None,
    mine: Annotated[
        bool, Query(description="Only your own; an admin gets the workspace's without it")
    ] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Any:
    """Your sessions (an admin's: the workspace's), newest first."""
    owner = store.principal.user_id if mine else None
    items, next_cursor = await store.sessions.page(status=status, owner=owner, limit=limit, cursor=cursor)
    owners = await _owners(store, items)
    return {"items": [_body(parts, session, owners) for session in items], "next_cursor": next_cursor}


@router.get("/{session_id}", response_model=SessionBody)
async def get(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Any:
    """One session, with what it has cost so far."""
    await parts.calls.shared.writer.flush(1.0)
    async with parts.database.transaction(caller) as store:
        session = await store.sessions.get(session_id)
        return _body(parts, session, await _owners(store, [session]))


@router.patch("/{session_id}", response_model=SessionBody)
async def change(session_id: SessionId, body: SessionChange, parts: PartsDep, store: StoreDep) -> Any:
    """Rename a session of your own."""
    await own_session_in(store, session_id)
    return _body(parts, await store.sessions.set_title(session_id, body.title))


@router.delete("/{session_id}", status_code=204)
async def delete(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Response:
    """Delete a session and everything of it; its call ends."""
    async with parts.database.transaction(caller) as store:
        await audited_session_in(store, session_id, AuditAction.DELETE)
        await store.sessions.end(session_id, EndReason.HUNG_UP)  # nobody joins it any more
    await parts.calls.end_call(session_id, EndReason.HUNG_UP)
    await parts.calls.shared.writer.flush()
    async with parts.database.transaction(caller) as store:
        await store.sessions.delete(session_id)
    return Response(status_code=204)


@router.patch("/{session_id}/status", response_model=SessionBody, responses=fails(Conflict))
async def set_status(session_id: SessionId, body: StatusChange, caller: CallerDep, parts: PartsDep) -> Any:
    """Pause, resume or end a session; an ended one stays ended.

    A pause holds the agent silent and deaf while the call stays connected.
    """
    wanted = SessionStatus(body.status)
    session = await audited_session(parts, caller, session_id, _AUDITED[wanted])
    if wanted is SessionStatus.ENDED and session.status is not SessionStatus.ENDED:
        await parts.calls.end_session(session, EndReason.HUNG_UP)
    else:
        await parts.calls.set_status(caller, session_id, wanted)
    return await get(session_id, caller, parts)


@router.get("/{session_id}/turns", response_model=TurnPage)
async def turns(
    session_id: SessionId,
    caller: CallerDep,
    parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
    cursor: Cursor = None,
) -> Any:
    """The transcript as it was really heard."""
    await parts.calls.shared.writer.flush(1.0)
    async with parts.database.transaction(caller) as store:
        await audited_session_in(store, session_id, AuditAction.READ_TURNS)
        found, next_cursor = await store.turns.page(session_id, limit=limit, cursor=cursor)
    return {"items": [wire.turn(turn) for turn in found], "next_cursor": next_cursor}


async def _owners(store: Store, sessions: Sequence[Session]) -> dict[UUID, User]:
    """The other people whose sessions these are; only an admin sees any."""
    others = {session.user_id for session in sessions} - {store.principal.user_id}
    return await store.users.these(others) if others else {}


def _body(parts: Parts, session: Session, owners: Mapping[UUID, User] | None = None) -> dict[str, Any]:
    call = parts.calls.get(session.id)
    owner = (owners or {}).get(session.user_id)
    return {
        **wire.session(session, live=call is not None, participants=call.participants if call else None),
        "owner": {
            "id": session.user_id,
            "name": owner.name if owner else None,
            "email": owner.email if owner else None,
        },
    }
