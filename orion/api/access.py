"""Who calls, and what of the server a route gets: the dependencies of all routers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import compare_digest
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from orion.api.credentials.claims import Claims
from orion.api.credentials.room_tokens import RoomTokens
from orion.api.credentials.tokens import AccessTokens, is_api_key, read_api_key
from orion.api.requests.addresses import is_loopback
from orion.api.requests.limits import Limits
from orion.domain.audit import AuditAction
from orion.domain.identity import ApiKey, Principal, Scope
from orion.domain.session import Session
from orion.errors import Refused, Unauthenticated
from orion.nodes.plans import PlanNode
from orion.pipelines.calls import Calls
from orion.settings import Settings
from orion.store.api_keys import USED_EVERY
from orion.store.database import Database
from orion.store.store import Store

_LOG_IN = Principal.system("log-in")
_SOMEBODY_ELSES = (
    "this session belongs to somebody else; an admin can read, pause, end and delete it, "
    "but only its owner takes part in it"
)
_OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
BEARER = HTTPBearer(auto_error=False, description="Access token, API key, or for a guest a room token")
API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key")


@dataclass(slots=True)
class Parts:
    """The parts of a running server that routes use; `create_app` builds them."""

    settings: Settings
    database: Database
    calls: Calls
    tokens: AccessTokens
    rooms: RoomTokens
    limits: Limits
    plans: PlanNode
    first_user_token: str = field(default="", repr=False)
    claims: Claims = field(default_factory=Claims)


async def parts_of(request: Request) -> Parts:
    """The parts of the server that handles the request.

    A coroutine, though it waits for nothing: FastAPI sends plain functions to a thread.
    """
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(parts_of)]


async def caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    api_key: Annotated[str | None, Depends(API_KEY)],
) -> Principal:
    """Who calls, by access token or API key, and pays for the request; without valid ones the address pays.

    What a token claims is checked against the database by the transaction that the route begins; a
    route that begins none depends on `current` instead.

    Raises:
        Unauthenticated: There are no valid credentials.
        Limited: The budget is used up.
    """
    # No dependency: FastAPI goes through those of this one anew wherever it is named, thrice in a write.
    parts = await parts_of(request)
    try:
        principal = await identify(parts, credentials, api_key)
    except Unauthenticated:
        await parts.limits.spend(request.scope, None)
        raise
    await parts.limits.spend(request.scope, principal)
    return principal


async def identify(
    parts: Parts, credentials: HTTPAuthorizationCredentials | None, api_key: str | None
) -> Principal:
    """Whose credentials these are, free of charge. Raises Unauthenticated."""
    credential = credentials.credentials if credentials else api_key
    if not credential:
        raise Unauthenticated("send the header Authorization: Bearer <access token or API key>")
    return await principal_of(parts, credential)


async def principal_of(parts: Parts, credential: str) -> Principal:
    """Whose access token or API key this is, for all ways in. Raises Unauthenticated for no valid one."""
    if not is_api_key(credential):
        return parts.tokens.verify(credential)
    public_id, secret_hash = read_api_key(credential)
    async with parts.database.transaction(_LOG_IN) as store:
        found = await store.api_keys.by_public_id(public_id)
    if found is None or not compare_digest(found[1], secret_hash):
        raise Unauthenticated("the API key is not valid, or not any more")
    key, _, role = found
    _note_use(parts, key)
    return Principal.by_key(key, role)


def _note_use(parts: Parts, key: ApiKey) -> None:
    """Leave the time of use to the recorder's writer: no request waits for it."""
    now = datetime.now(UTC)
    if key.last_used_at is None or now - key.last_used_at >= USED_EVERY:
        parts.calls.shared.writer.put(lambda store: store.api_keys.used(key.id, now))


async def sign_in_budget(request: Request, parts: PartsDep) -> None:
    """Whoever is not signed in yet pays by its address. Raises Limited."""
    await parts.limits.spend_sign_in(request.scope)


SIGN_IN_BUDGET = Depends(sign_in_budget)


CallerDep = Annotated[Principal, Depends(caller)]


async def current(parts: PartsDep, principal: CallerDep) -> Principal:
    """The caller as the database knows it now. Raises Unauthenticated for one who may not any more."""
    async with parts.database.transaction(principal) as store:
        return store.principal


CurrentDep = Annotated[Principal, Depends(current)]


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


async def admin(principal: CurrentDep) -> Principal:
    """An admin, in person or by a key with the scope `admin`. Raises Refused for everybody else."""
    if not (principal.is_admin and principal.may(Scope.ADMIN)):
        raise Refused("only an admin of the workspace can do this")
    return principal


more_than_join = needs(*(set(Scope) - {Scope.CONNECT}))
"""For routes that every caller may use but a key for public pages, which can only join."""
PersonDep = Annotated[Principal, Depends(person)]
AdminDep = Annotated[Principal, Depends(admin)]


def at_the_machine(request: Request) -> bool:
    """Whether the request comes from this machine itself: loopback peer and Host, and no proxy between."""
    host = (request.url.hostname or "").strip("[]")
    forwarded = any(name in request.headers for name in _OF_PROXIES)
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and is_loopback(host) and not forwarded


def public_base(request: Request, settings: Settings) -> str:
    """The address under which the caller reaches this server, without a path and a slash at its end."""
    return (settings.public_url or str(request.base_url)).rstrip("/")


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


async def audited_session(
    parts: Parts, principal: Principal, session_id: UUID, action: AuditAction
) -> Session:
    """The session; an admin's action on one of somebody else is kept. Raises NotFound."""
    async with parts.database.transaction(principal) as store:
        return await audited_session_in(store, session_id, action)


async def audited_session_in(store: Store, session_id: UUID, action: AuditAction) -> Session:
    """The same in a transaction that there is."""
    session = await store.sessions.get(session_id)
    if session.user_id != store.principal.user_id:
        await store.audit.add(session, action)
    return session


def read_session(action: AuditAction) -> Callable[..., Awaitable[Session]]:
    """The dependency of a route that reads a session: its owner's, or an admin's, whose action is kept."""

    async def read(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Session:
        return await audited_session(parts, caller, session_id, action)

    return read


async def own_session(parts: Parts, principal: Principal, session_id: UUID) -> Session:
    """The caller's own session: an admin sees those of others, but takes no part in them.

    Raises:
        NotFound: There is none that the caller may see.
        Refused: The caller is an admin, and the session is somebody else's.
    """
    async with parts.database.transaction(principal) as store:
        return await own_session_in(store, session_id)


async def own_session_in(store: Store, session_id: UUID) -> Session:
    """The same in a transaction that there is."""
    session = await store.sessions.get(session_id)
    if session.user_id != store.principal.user_id:
        raise Refused(_SOMEBODY_ELSES)
    return session


async def _own_session(session_id: SessionId, caller: CallerDep, parts: PartsDep) -> Session:
    return await own_session(parts, caller, session_id)


OwnSessionDep = Annotated[Session, Depends(_own_session)]
"""The caller's own session, named by the path."""
