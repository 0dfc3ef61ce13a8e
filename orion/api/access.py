"""Who calls, and what of the server a route gets: the dependencies of all routers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from orion.api.limits import Limits
from orion.api.tokens import AccessTokens
from orion.domain.identity import Principal, Scope
from orion.domain.session import Session
from orion.errors import NotFound, Refused, Unauthenticated
from orion.pipelines.calls import Calls
from orion.settings import Settings
from orion.store.database import Database
from orion.store.store import Store

_CLAIMS = 8
"""How many writes with an Idempotency-Key run at once; each holds a connection to the database."""
BEARER = HTTPBearer(auto_error=False, description="Access token of /auth/login, or an API key")


@dataclass(slots=True)
class Parts:
    """The parts of a running server that routes use; `create_app` builds them."""

    settings: Settings
    database: Database
    calls: Calls
    tokens: AccessTokens
    limits: Limits
    first_user_token: str = field(default="", repr=False)
    claims: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_CLAIMS))


async def parts_of(request: Request) -> Parts:
    """The parts of the server that handles the request.

    A coroutine, though it waits for nothing: FastAPI sends plain functions to a thread.
    """
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(parts_of)]


async def caller(
    request: Request,
    parts: PartsDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Principal:
    """The signed-in user, who pays for the request; without a valid access token the address pays.

    Raises:
        Unauthenticated: There is no valid access token.
        Limited: The budget is used up.
    """
    try:
        principal = identify(parts, credentials)
    except Unauthenticated:
        await parts.limits.spend(request.scope, None)
        raise
    await parts.limits.spend(request.scope, principal)
    return principal


def identify(parts: Parts, credentials: HTTPAuthorizationCredentials | None) -> Principal:
    """Whose credentials these are, free of charge. Raises Unauthenticated."""
    if credentials is None:
        raise Unauthenticated("send the header Authorization: Bearer <access token>")
    return parts.tokens.verify(credentials.credentials)


async def sign_in_budget(request: Request, parts: PartsDep) -> None:
    """Whoever is not signed in yet pays by its address. Raises Limited."""
    await parts.limits.spend_sign_in(request.scope)


SIGN_IN_BUDGET = Depends(sign_in_budget)


CallerDep = Annotated[Principal, Depends(caller)]


def needs(*scopes: Scope) -> Callable[[Principal], Awaitable[Principal]]:
    """The dependency of a router whose routes take a signed-in person, or a key with any of the scopes."""

    async def scoped(principal: CallerDep) -> Principal:
        if not principal.may(*scopes):
            names = " or ".join(scope.value for scope in scopes)
            raise Refused(f"this API key lacks the scope {names}")
        return principal

    return scoped


async def person(principal: CallerDep) -> Principal:
    """A signed-in person. Raises Refused for an API key: keys do not make keys."""
    if principal.scopes is not None:
        raise Refused("an API key cannot do this; sign in")
    return principal


async def admin(principal: CallerDep) -> Principal:
    """An admin, in person or by a key with the scope `admin`. Raises Refused for everybody else."""
    if not (principal.is_admin and principal.may(Scope.ADMIN)):
        raise Refused("only an admin of the workspace can do this")
    return principal


PersonDep = Annotated[Principal, Depends(person)]
AdminDep = Annotated[Principal, Depends(admin)]


def at_the_machine(request: Request) -> bool:
    """Whether the request comes from this machine itself: loopback peer and Host, and no proxy between."""
    host = (request.url.hostname or "").strip("[]")
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    peer = request.client.host if request.client else ""
    return _loopback(peer) and _loopback(host) and not forwarded


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def transaction(request: Request, parts: PartsDep, principal: CallerDep) -> AsyncIterator[Store]:
    """One transaction as the caller, committed before the response is sent.

    It is the one that holds the request's Idempotency-Key, if it has one.
    """
    if (claim := request.scope.get("orion.claim")) is not None:
        yield claim.store
        return
    async with parts.database.transaction(principal) as store:
        yield store


# Without scope="function" FastAPI would commit after the response, and a failing commit answer 201.
StoreDep = Annotated[Store, Depends(transaction, scope="function")]
SessionId = UUID


async def visible_session(parts: Parts, principal: Principal, session_id: UUID) -> Session:
    """The session, in a short transaction of its own. Raises NotFound if the caller may not see it."""
    async with parts.database.transaction(principal) as store:
        return await store.sessions.get(session_id)


async def own_session(parts: Parts, principal: Principal, session_id: UUID) -> Session:
    """The caller's own session: an admin sees those of others, but takes no part in them.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    session = await visible_session(parts, principal, session_id)
    if session.user_id != principal.user_id:
        raise NotFound("no such session")
    return session


async def _own_session(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Session:
    return await own_session(parts, caller, session_id)


OwnSessionDep = Annotated[Session, Depends(_own_session)]
"""The caller's own session, named by the path."""
