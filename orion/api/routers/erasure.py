"""Everything about a person in one archive, and its erasure everywhere, with a receipt."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from orion.api.access import CurrentDep, Parts, PartsDep, person
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Timestamp, example
from orion.api.openapi import fails
from orion.domain.identity import Principal, User
from orion.domain.person import Erasure
from orion.domain.session import EndReason
from orion.domain.wire import timestamp
from orion.errors import Conflict, NotFound

router = APIRouter(prefix="/api/v1/users", tags=["users"], dependencies=[Depends(person)])

_ERASURE = "erasure"
_LOG_IN = Principal.system("log-in")
_ABOUT = """Everything that this ORION server keeps about you, one JSON file per table.
Secrets that only prove who you are (password and token hashes) are left out.
Webhooks of your workspace are sent copies of your events; for 30 days the server keeps what it sent.
Times are UTC (RFC 3339). Made on {made}.
"""


class Receipt(BaseModel):
    """What was erased: how many rows of each table. Backups made before still hold them."""

    model_config = example(
        {
            "id": EXAMPLE_ID,
            "user_id": EXAMPLE_ID,
            "erased_by": EXAMPLE_ID,
            "erased_at": EXAMPLE_TIME,
            "rows": {"sessions": 12, "turns": 140, "memories": 7, "users": 1},
        }
    )

    id: UUID
    user_id: UUID
    erased_by: UUID
    erased_at: Timestamp
    rows: dict[str, int]


@router.post(
    "/{user_id}/export",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "A zip archive of JSON files"}},
)
async def export(user_id: UUID, caller: CurrentDep, parts: PartsDep) -> Response:
    """All rows about a person: an admin may ask for any of the workspace, everybody for their own."""
    user = await _subject(parts, caller, user_id)
    await parts.calls.shared.writer.flush()
    async with parts.database.transaction(_as_subject(user)) as store:
        tables = await store.people.everything(user_id)
    headers = {"Content-Disposition": f'attachment; filename="orion-{user_id}.zip"'}
    return Response(_archive(tables), media_type="application/zip", headers=headers)


@router.delete("/{user_id}", response_model=Receipt, responses=fails(Conflict))
async def erase(user_id: UUID, caller: CurrentDep, parts: PartsDep) -> Any:
    """Remove a person and all of theirs: account, sessions, turns, memories, keys. It cannot be undone."""
    user = await _subject(parts, caller, user_id)
    assert caller.user_id is not None
    async with parts.database.transaction(_LOG_IN) as store:
        await store.people.keep_an_admin(user.workspace_id, user_id)
    await parts.calls.end_of(user_id, EndReason.HUNG_UP)
    await parts.calls.shared.writer.flush()
    receipt = await _erased(parts, user, caller.user_id)
    return Receipt(
        id=receipt.id,
        user_id=user_id,
        erased_by=receipt.by,
        erased_at=timestamp(receipt.created_at) or "",
        rows=receipt.rows,
    )


async def _erased(parts: Parts, user: User, by: UUID) -> Erasure:
    """The receipt of the person, who is gone now. Raises Conflict for the last admin."""
    async with parts.database.transaction(_LOG_IN) as store:
        # Its lock is held until the person is gone, so that two admins cannot erase each other.
        await store.people.keep_an_admin(user.workspace_id, user.id)
        address = {
            "invitations": await store.tokens.forget_invitations(user.email),
            "log_in_failures": await store.log_in_failures.clear(user.email),
        }
        async with parts.database.transaction(_as_subject(user)) as own:
            rows = {**await own.people.erase(user.id), **address}
            return await own.people.add_receipt(user.workspace_id, user.id, by, rows)


async def _subject(parts: Parts, caller: Principal, user_id: UUID) -> User:
    """The person asked about: oneself, or for an admin anybody of the workspace."""
    if caller.user_id != user_id and not caller.is_admin:
        raise NotFound("no such user")
    async with parts.database.transaction(caller) as store:
        return await store.users.get(user_id)


def _as_subject(user: User) -> Principal:
    """The person themselves, in whose name the server works here."""
    return Principal(user.workspace_id, user.id, purpose=_ERASURE)


def _archive(tables: dict[str, list[dict[str, Any]]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _ABOUT.format(made=timestamp(datetime.now(UTC))))
        for name, rows in tables.items():
            archive.writestr(f"{name}.json", json.dumps(rows, indent=1, ensure_ascii=False, default=_plain))
    return content.getvalue()


def _plain(value: Any) -> str:
    return (timestamp(value) or "") if isinstance(value, datetime) else str(value)
