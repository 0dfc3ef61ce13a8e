"""Invitations: an admin lets somebody register, once, where registration is not open to all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from orion.api.access import AdminDep, PartsDep, StoreDep, public_base
from orion.api.credentials.tokens import digest, new_token
from orion.api.fields import Email, Instant, Timestamp, example
from orion.api.openapi import fails
from orion.domain.identity import Role
from orion.domain.wire import timestamp
from orion.errors import Conflict, FieldProblem, Invalid
from orion.store.tokens import Invitation

router = APIRouter(prefix="/api/v1/auth/invitations", tags=["auth"])

_DAYS = 7
_TOKEN = "8Wk1rT5v0yXgq3cJmZpLd7NfBhUeAiRs"  # noqa: S105 - of the example


class NewInvitation(BaseModel):
    """Whom to let in: one address, or anybody who has the token; until when (default: seven days)."""

    model_config = example({"email": "ben@example.org", "role": "user"}, "forbid")

    email: Email | None = None
    role: Role = Role.USER
    expires_at: Instant | None = None


class MadeInvitation(BaseModel):
    """The token to register with, and the address of the page that takes it; shown this once."""

    model_config = example(
        {
            "token": _TOKEN,
            "url": f"https://voice.example.org/?invitation={_TOKEN}",
            "expires_at": "2026-02-07T09:30:00.000Z",
        }
    )

    token: str
    url: str
    expires_at: Timestamp


@router.post("", status_code=201, response_model=MadeInvitation, responses=fails(Conflict))
async def invite(
    body: NewInvitation, request: Request, caller: AdminDep, parts: PartsDep, store: StoreDep
) -> Any:
    """Let somebody register in this workspace."""
    if parts.settings.registration_mode == "closed":
        raise Conflict("registration is closed on this server (ORION_REGISTRATION)")
    now = datetime.now(UTC)
    expires_at = body.expires_at or now + timedelta(days=_DAYS)
    if expires_at <= now:
        detail = "it lies in the past"
        raise Invalid(detail, problems=[FieldProblem("/expires_at", detail)])
    assert caller.workspace_id is not None
    token = new_token()
    invitation = Invitation(caller.workspace_id, body.email, body.role)
    await store.tokens.add_invitation(digest(token), invitation, expires_at)
    url = f"{public_base(request, parts.settings)}/?invitation={token}"
    return {"token": token, "url": url, "expires_at": timestamp(expires_at)}
