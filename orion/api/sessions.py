"""Sessions: the conversations, their turns, and messages by text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orion.api.access import (
    CallerDep,
    Parts,
    PartsDep,
    SessionId,
    StoreDep,
    needs,
    own_session,
    visible_session,
)
from orion.domain import wire
from orion.domain.identity import Scope, new_id
from orion.domain.session import EndReason, Session, SessionStatus
from orion.errors import FieldProblem, Invalid, NotFound, SessionEnded

router = APIRouter(
    prefix="/api/v1/sessions", tags=["sessions"], dependencies=[Depends(needs(Scope.SESSIONS))]
)

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class NewSession(BaseModel):
    """What a session begins with; `variables` fill `{{name}}` in instructions and greetings."""

    model_config = ConfigDict(extra="forbid")

    agent: Annotated[str, StringConstraints(max_length=100)] | None = None
    title: Annotated[str, StringConstraints(max_length=200)] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict, max_length=50)
    variables: dict[str, Annotated[str, StringConstraints(max_length=2000)]] = Field(
        default_factory=dict, max_length=50
    )


class SessionBody(BaseModel):
    """A session; `live` tells whether somebody is connected."""

    id: UUID
    agent: str
    status: Literal["created", "active", "paused", "ended"]
    live: bool
    title: str | None
    metadata: dict[str, Any]
    participants: list[str]
    created_at: str
    started_at: str | None
    ended_at: str | None
    end_reason: str | None


class SessionPage(BaseModel):
    """One page of sessions, newest first; `next_cursor` is null on the last."""

    items: list[SessionBody]
    next_cursor: str | None


class StatusChange(BaseModel):
    """The status that a session shall have."""

    status: Literal["active", "paused", "ended"]


class ToolCallBody(BaseModel):
    """A tool call and what came of it; `duration_ms` in milliseconds."""

    id: str
    tool: str
    arguments: dict[str, Any]
    status: str
    result: Any
    error: str | None
    duration_ms: float | None
    started_at: str | None


class TurnBody(BaseModel):
    """A turn as it was heard; `latency` in milliseconds after the end of the user's speech."""

    id: UUID
    role: Literal["user", "agent"]
    agent: str
    text: str
    interrupted: bool
    tool_calls: list[ToolCallBody]
    latency: dict[str, float | None]
    started_at: str
    ended_at: str


class TurnPage(BaseModel):
    """All turns of a session, in order."""

    items: list[TurnBody]
    next_cursor: str | None


class Message(BaseModel):
    """A typed message of the user."""

    text: _Text


class Reply(BaseModel):
    """The agent's answer to a message."""

    turn_id: UUID
    text: str
    tool_calls: list[ToolCallBody]


@router.post("", status_code=201, response_model=SessionBody)
async def create(body: NewSession, caller: CallerDep, parts: PartsDep, store: StoreDep) -> Any:
    """Open a conversation with an agent."""
    assert caller.workspace_id is not None
    assert caller.user_id is not None
    roster = (await parts.calls.shared.catalogue.of(caller.workspace_id)).roster
    try:
        agent = roster.get(body.agent or roster.default)
    except NotFound as error:
        raise Invalid(error.detail, problems=[FieldProblem("/agent", error.detail)]) from error
    session = Session(
        id=new_id(),
        workspace_id=caller.workspace_id,
        user_id=caller.user_id,
        agent=agent.name,
        status=SessionStatus.CREATED,
        created_at=datetime.now(UTC),
        title=body.title,
        metadata=body.metadata,
        variables=body.variables,
    )
    return _body(parts, await store.sessions.create(session))


@router.get("", response_model=SessionPage)
async def list_sessions(
    parts: PartsDep,
    store: StoreDep,
    status: SessionStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Any:
    """Your sessions (an admin's: the workspace's), newest first."""
    items, next_cursor = await store.sessions.page(status=status, limit=limit, cursor=cursor)
    return {"items": [_body(parts, session) for session in items], "next_cursor": next_cursor}


@router.get("/{session_id}", response_model=SessionBody)
async def get(session_id: SessionId, parts: PartsDep, store: StoreDep) -> Any:
    """One session."""
    return _body(parts, await store.sessions.get(session_id))


@router.delete("/{session_id}", status_code=204)
async def delete(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Response:
    """Delete a session and everything of it; its call ends."""
    await visible_session(parts, caller, session_id)
    call = parts.calls.get(session_id)
    if call is not None:
        await call.end(EndReason.HUNG_UP)
    await parts.calls.shared.writer.flush()
    async with parts.database.transaction(caller) as store:
        await store.sessions.delete(session_id)
    return Response(status_code=204)


@router.patch("/{session_id}/status", response_model=SessionBody)
async def set_status(session_id: SessionId, body: StatusChange, caller: CallerDep, parts: PartsDep) -> Any:
    """Pause, resume or end a session; an ended one stays ended."""
    session = await visible_session(parts, caller, session_id)
    wanted = SessionStatus(body.status)
    if wanted is SessionStatus.ENDED and session.status is not SessionStatus.ENDED:
        await parts.calls.end_session(session, EndReason.HUNG_UP)
        return _body(parts, await visible_session(parts, caller, session_id))
    async with parts.database.transaction(caller) as store:
        session = await store.sessions.set_status(session_id, wanted)
    if wanted is SessionStatus.PAUSED:
        call = parts.calls.get(session_id)
        if call is not None:
            await call.end(EndReason.HUNG_UP)
    return _body(parts, session)


@router.get("/{session_id}/turns", response_model=TurnPage)
async def turns(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Any:
    """The transcript as it was really heard."""
    await parts.calls.shared.writer.flush(1.0)
    async with parts.database.transaction(caller) as store:
        await store.sessions.get(session_id)
        found = await store.turns.of_session(session_id)
    return {"items": [wire.turn(turn) for turn in found], "next_cursor": None}


@router.post("/{session_id}/messages", response_model=Reply)
async def message(session_id: SessionId, body: Message, caller: CallerDep, parts: PartsDep) -> Any:
    """Say something by text: in the live call if there is one, else without audio."""
    session = await own_session(parts, caller, session_id)
    if session.status is SessionStatus.ENDED:
        raise SessionEnded
    turn = await parts.calls.message(session, body.text)
    return {
        "turn_id": turn.id,
        "text": turn.text,
        "tool_calls": [wire.tool_call(call) for call in turn.tool_calls],
    }


def _body(parts: Parts, session: Session) -> dict[str, Any]:
    call = parts.calls.get(session.id)
    return wire.session(session, live=call is not None, participants=call.participants if call else None)
