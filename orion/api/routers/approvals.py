"""Tool calls that wait for the user's yes: read, approved, rejected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, StringConstraints

from orion.api.access import CallerDep, OwnSessionDep, PartsDep, StoreDep, needs, read_session
from orion.api.fields import EXAMPLE_LATER, EXAMPLE_TIME, Timestamp, example
from orion.api.idempotency import KeyedRoute
from orion.api.openapi import fails
from orion.domain import wire
from orion.domain.audit import AuditAction
from orion.domain.identity import Scope
from orion.domain.session import Session
from orion.domain.waiting_call import ApprovalState
from orion.errors import Conflict, SessionEnded

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/approvals",
    tags=["sessions"],
    route_class=KeyedRoute,
    dependencies=[Depends(needs(Scope.SESSIONS))],
)

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_WAITING = {
    "call_id": "call_1",
    "tool": "send_money",
    "arguments": {"to": "Bob", "amount": 5},
    "digest": _DIGEST,
    "question": 'Shall I run send money with to "Bob", amount "5"? Please say yes or no.',
    "state": "waiting",
    "by": None,
    "asked_at": EXAMPLE_TIME,
    "expires_at": EXAMPLE_LATER,
    "decided_at": None,
}

ReadSessionDep = Annotated[Session, Depends(read_session(AuditAction.READ_APPROVALS))]
CallId = Annotated[str, Path(min_length=1, max_length=500)]


class ApprovalOfCall(BaseModel):
    """A tool call that waits, or waited, for a yes to just these arguments.

    `by`: how it was answered: `voice`, `text`, `key`, `rest`, or by `time`, which is a no.
    """

    model_config = example(_WAITING)

    call_id: str
    tool: str
    arguments: dict[str, Any]
    digest: str
    """Of the tool and its arguments: an answer names it."""
    question: str
    """What the user is asked, in the server's own words."""
    state: ApprovalState
    by: Literal["voice", "text", "key", "rest", "time"] | None
    asked_at: Timestamp
    expires_at: Timestamp
    decided_at: Timestamp | None


class ApprovalPage(BaseModel):
    """The calls of a session that wait, in the order in which they came up; `next_cursor` is null."""

    model_config = example({"items": [_WAITING], "next_cursor": None})

    items: list[ApprovalOfCall]
    next_cursor: str | None


class Decision(BaseModel):
    """Yes or no to the call of that digest, and to no other."""

    model_config = example({"approve": True, "digest": _DIGEST}, "forbid")

    approve: bool
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@router.get("", response_model=ApprovalPage)
async def approvals(session: ReadSessionDep, store: StoreDep) -> Any:
    """The tool calls of a session that wait for its owner's yes; steps of plans show theirs."""
    found = await store.approvals.waiting(session.id, datetime.now(UTC))
    return {"items": [wire.waiting_call(call) for call in found], "next_cursor": None}


@router.post("/{call_id:path}", response_model=ApprovalOfCall, responses=fails(Conflict, SessionEnded))
async def answer_approval(
    body: Decision, call_id: CallId, session: OwnSessionDep, caller: CallerDep, parts: PartsDep
) -> Any:
    """Say yes or no, once. With a yes the call runs; what comes of it is said, or kept as a turn.

    An answer that comes late, or twice, or names the digest of another call, changes nothing (409).
    """
    assert caller.user_id is not None
    call = await parts.calls.approved.answer(
        session, call_id, body.digest, approved=body.approve, by=caller.user_id
    )
    return wire.waiting_call(call)
