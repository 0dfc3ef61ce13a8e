"""Rooms: who may join a session's call, its owner or one guest with a room token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field, StringConstraints

from orion.api.access import (
    API_KEY,
    BEARER,
    CallerDep,
    Parts,
    PartsDep,
    SessionId,
    caller,
    current,
    needs,
    own_session,
)
from orion.api.credentials.room_tokens import Guest
from orion.api.fields import EXAMPLE_TIME, JSON_NUMBER, Timestamp, example
from orion.api.openapi import fails
from orion.domain import wire
from orion.domain.identity import Principal, Scope
from orion.domain.session import Session, SessionStatus
from orion.errors import NotFound, SessionEnded, Unauthenticated

router = APIRouter(prefix="/api/v1/sessions", tags=["rooms"], dependencies=[Depends(needs(Scope.SESSIONS))])

DEFAULT_TTL_SECS = 300
"""Time enough to be asked for the microphone."""
_LONGEST_TTL_SECS = 24 * 3600
EXAMPLE_ROOM_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6InJvb20ifQ.eyJzdWIiOiIwMTkyIn0.c2lnbmF0dXJl"  # noqa: S105

Identity = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NewRoomToken(BaseModel):
    """For whom a room token is: `identity` is what the participants see."""

    model_config = example({"identity": "ben", "ttl_secs": 300}, "forbid")

    identity: Identity = "guest"
    ttl_secs: Annotated[int, Field(ge=1, le=_LONGEST_TTL_SECS), JSON_NUMBER] = DEFAULT_TTL_SECS


class RoomToken(BaseModel):
    """A room token, and until when it admits its guest."""

    model_config = example({"token": EXAMPLE_ROOM_TOKEN, "expires_at": EXAMPLE_TIME})

    token: str
    expires_at: Timestamp


@router.post("/{session_id}/room-token", response_model=RoomToken, responses=fails(SessionEnded))
async def room_token(
    session_id: SessionId, principal: CallerDep, parts: PartsDep, body: NewRoomToken | None = None
) -> Any:
    """A token that lets one guest into the session's call, once."""
    session = await own_session(parts, principal, session_id)
    if session.status is SessionStatus.ENDED:
        raise SessionEnded
    wanted = body or NewRoomToken()
    token, expires_at = parts.rooms.issue(session, wanted.identity, wanted.ttl_secs, key_id=principal.key_id)
    return {"token": token, "expires_at": wire.timestamp(expires_at)}


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who wants to join a call: its session's owner, or a guest."""

    principal: Principal
    guest: Guest | None = None

    @property
    def key(self) -> str:
        """The same for the same person: `user`, or the guest's id."""
        return str(self.guest.id) if self.guest else "user"

    @property
    def name(self) -> str:
        """What the participants see."""
        return self.guest.identity if self.guest else "user"

    @property
    def token_id(self) -> UUID | None:
        """The room token that admits; None for the owner."""
        return self.guest.token_id if self.guest else None


async def joiner(
    request: Request,
    parts: PartsDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    api_key: Annotated[str | None, Depends(API_KEY)],
) -> Joiner:
    """Who joins; a guest pays for the request by its address. Raises Unauthenticated, Refused, Limited."""
    if credentials is not None and parts.rooms.is_one(credentials.credentials):
        await parts.limits.spend(request.scope, None)
        guest = parts.rooms.verify(credentials.credentials)
        return Joiner(guest.owner, guest)
    principal = await needs(Scope.SESSIONS)(await caller(request, credentials, api_key))
    return Joiner(await current(parts, principal))


JoinerDep = Annotated[Joiner, Depends(joiner)]


async def joined_session(parts: Parts, who: Joiner, session_id: UUID) -> Session:
    """The session that somebody joins. Raises NotFound where it is not theirs."""
    if who.guest is not None and who.guest.session_id != session_id:
        raise NotFound("no such session")
    return await own_session(parts, who.principal, session_id)


@asynccontextmanager
async def admitted(parts: Parts, who: Joiner) -> AsyncIterator[None]:
    """Spend a guest's token for one offer; it is given back where nothing comes of that.

    Raises:
        Unauthenticated: The token was spent before, or has expired.
    """
    guest = who.guest
    if guest is None:
        yield
        return
    if guest.expired:
        raise Unauthenticated("the room token has expired")
    async with parts.database.transaction(guest.owner) as store:
        if not await store.rooms.spend(guest.token_id, guest.session_id):
            raise Unauthenticated("the room token has been spent")
    try:
        yield
    except BaseException:
        async with parts.database.transaction(guest.owner) as store:
            await store.rooms.give_back(guest.token_id)
        raise


def resume_token(parts: Parts, session: Session, guest: Guest) -> str:
    """The token with which the guest comes back after a reload, as long as its call could last."""
    settings = parts.settings
    lifetime_secs = settings.call_max_secs + settings.session_idle_secs
    token, _ = parts.rooms.issue(
        session, guest.identity, lifetime_secs, guest_id=guest.id, key_id=guest.owner.key_id
    )
    return token
