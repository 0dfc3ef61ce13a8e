"""What admins did with other people's sessions."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from orion.api.access import AdminDep, StoreDep
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Cursor, Limit, Timestamp, example
from orion.domain.audit import AuditAction, AuditRecord
from orion.domain.wire import timestamp

router = APIRouter(prefix="/api/v1/audit", tags=["users"])

_RECORD = {
    "id": EXAMPLE_ID,
    "admin_id": EXAMPLE_ID,
    "owner_id": EXAMPLE_ID,
    "session_id": EXAMPLE_ID,
    "action": "read_turns",
    "created_at": EXAMPLE_TIME,
}


class AuditBody(BaseModel):
    """An admin did something with a session of somebody else, or asked for it; both may be gone by now."""

    model_config = example(_RECORD)

    id: UUID
    admin_id: UUID
    owner_id: UUID
    session_id: UUID
    action: AuditAction
    created_at: Timestamp


class AuditPage(BaseModel):
    """One page of the audit, newest first; `next_cursor` is null on the last."""

    model_config = example({"items": [_RECORD], "next_cursor": None})

    items: list[AuditBody]
    next_cursor: str | None


@router.get("", response_model=AuditPage)
async def list_audit(
    _admin: AdminDep,
    store: StoreDep,
    session_id: Annotated[UUID | None, Query(description="Only what was done with this session")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Any:
    """What the workspace's admins did with sessions of other people, newest first."""
    items, next_cursor = await store.audit.page(limit=limit, cursor=cursor, session_id=session_id)
    return {"items": [_body(record) for record in items], "next_cursor": next_cursor}


def _body(record: AuditRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "admin_id": record.admin_id,
        "owner_id": record.owner_id,
        "session_id": record.session_id,
        "action": record.action,
        "created_at": timestamp(record.created_at),
    }
