"""Connect: one request gives a page all that it needs to join a new session as a guest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from orion.api.access import CallerDep, PartsDep, needs, public_base
from orion.api.credentials.allowance import begin_by_key
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Timestamp, example
from orion.api.openapi import fails
from orion.api.routers.ice import EXAMPLE_SERVERS, IceServer, ice_servers
from orion.api.routers.rooms import DEFAULT_TTL_SECS, EXAMPLE_ROOM_TOKEN, Identity
from orion.api.routers.sessions import AgentName, Variables, open_session
from orion.domain import wire
from orion.domain.identity import Scope
from orion.domain.session import Session
from orion.errors import BudgetExhausted
from orion.store.store import Store

router = APIRouter(prefix="/api/v1", tags=["connect"], dependencies=[Depends(needs(Scope.CONNECT))])


class Connect(BaseModel):
    """With which agent, and as whom; `variables` fill `{{name}}` in instructions and greetings."""

    model_config = example({"agent": "concierge", "variables": {"name": "Ben"}, "identity": "ben"}, "forbid")

    agent: AgentName | None = None
    variables: Variables = Field(default_factory=dict, max_length=50)
    identity: Identity = "guest"


class Connection(BaseModel):
    """How to join: send the offer to `offer_url` with `token` as the bearer."""

    model_config = example(
        {
            "session_id": EXAMPLE_ID,
            "token": EXAMPLE_ROOM_TOKEN,
            "offer_url": f"https://voice.example.org/api/v1/sessions/{EXAMPLE_ID}/offer",
            "ice_servers": EXAMPLE_SERVERS,
            "expires_at": EXAMPLE_TIME,
        }
    )

    session_id: UUID
    token: str
    offer_url: str
    ice_servers: list[IceServer]
    expires_at: Timestamp


@router.post("/connect", status_code=201, response_model=Connection, responses=fails(BudgetExhausted))
async def connect(caller: CallerDep, parts: PartsDep, request: Request, body: Connect | None = None) -> Any:
    """Begin a session of the caller's, and let a guest into it."""
    wanted = body or Connect()

    async def admit(store: Store, session: Session) -> None:
        connected = [call.session_id for call in parts.calls.all()]
        origin = request.headers.get("origin")
        await begin_by_key(store, session, origin=origin, connected=connected, token_secs=DEFAULT_TTL_SECS)

    session = await open_session(parts, caller, agent=wanted.agent, variables=wanted.variables, admit=admit)
    token, expires_at = parts.rooms.issue(session, wanted.identity, DEFAULT_TTL_SECS, key_id=caller.key_id)
    base = public_base(request, parts.settings)
    return {
        "session_id": session.id,
        "token": token,
        "offer_url": f"{base}/api/v1/sessions/{session.id}/offer",
        "ice_servers": ice_servers(parts.settings, str(session.id)),
        "expires_at": wire.timestamp(expires_at),
    }
