"""The tool calls that wait for a yes: each is answered once, whoever asks first, on whatever node."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.approval import Wanted
from orion.domain.session import Event
from orion.domain.waiting_call import ApprovalState, WaitingCall
from orion.store.approval_tables import approvals
from orion.store.columns import constant
from orion.store.events import Events
from orion.store.owners import owned

_WAITS = approvals.c.state == constant(ApprovalState.WAITING.value)
_APPROVED = approvals.c.state == constant(ApprovalState.APPROVED.value)
_BATCH = 100


class Approvals:
    """Rows of `approvals`. Owner and workspace are those of the session; users only read them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._events = Events(connection)

    async def add(self, call: WaitingCall) -> bool:
        """Let a call wait; False where one of that id does already, or the session is gone."""
        wanted = call.wanted
        values = {
            "id": call.id,
            "call_id": wanted.call_id,
            "agent": call.agent,
            "tool": wanted.tool,
            "arguments": wanted.arguments,
            "digest": wanted.digest,
            "question": wanted.question,
            "state": call.state.value,
            "asked_at": call.asked_at,
            "expires_at": call.expires_at,
        }
        statement = upsert(approvals).from_select(*owned(approvals, call.session_id, values))
        free = statement.on_conflict_do_nothing(index_elements=["session_id", "call_id"], index_where=_WAITS)
        return (await self._connection.execute(free)).rowcount == 1

    async def waiting(self, session_id: UUID, now: datetime) -> list[WaitingCall]:
        """The calls of a session that wait, in the order in which they came up."""
        return await self._found(
            (approvals.c.session_id == session_id) & _WAITS & (approvals.c.expires_at > now)
        )

    async def latest(self, session_id: UUID, call_id: str) -> WaitingCall | None:
        """The newest call of that id, whatever became of it."""
        found = await self._found((approvals.c.session_id == session_id) & (approvals.c.call_id == call_id))
        return found[-1] if found else None

    async def decide(
        self,
        session_id: UUID,
        wanted: Wanted,
        answer: ApprovalState,
        *,
        by: str,
        decided_by: UUID | None,
        now: datetime,
    ) -> WaitingCall | None:
        """Answer a call that waits; None where it does not any more, or not with just these arguments.

        A yes has to come in time.
        """
        chosen = (
            (approvals.c.session_id == session_id)
            & (approvals.c.call_id == wanted.call_id)
            & (approvals.c.digest == wanted.digest)
            & _WAITS
        )
        if answer is ApprovalState.APPROVED:
            chosen &= approvals.c.expires_at > now
        found = await self._change(
            chosen, state=answer.value, answered_by=by, decided_by=decided_by, decided_at=now
        )
        return found[0] if found else None

    async def expire(self, now: datetime) -> list[WaitingCall]:
        """Answer by no what nobody has answered in time; a hundred at a time."""
        late = select(approvals.c.id).where(_WAITS, approvals.c.expires_at <= now).limit(_BATCH)
        chosen = approvals.c.id.in_(late.with_for_update(skip_locked=True))
        return await self._change(
            chosen, state=ApprovalState.EXPIRED.value, answered_by="time", decided_at=now
        )

    async def ended(self, approval_id: UUID, now: datetime) -> None:
        """Note that an approved call has ended, however that was."""
        await self._change(approvals.c.id == approval_id, ended_at=now)

    async def lost(self, before: datetime, now: datetime, running: Iterable[UUID] = ()) -> list[WaitingCall]:
        """Take note of calls that were approved before, whose end nobody heard of, but those that run."""
        unheard = (approvals.c.state == constant(ApprovalState.APPROVED.value)) & approvals.c.ended_at.is_(
            None
        )
        unheard &= approvals.c.id.not_in(list(running))
        gone = select(approvals.c.id).where(unheard, approvals.c.decided_at < before).limit(_BATCH)
        return await self._change(approvals.c.id.in_(gone.with_for_update(skip_locked=True)), ended_at=now)

    async def tell(self, happened: Iterable[Event]) -> None:
        """Keep what is told of a call, in the same transaction."""
        await self._events.add(happened)

    async def _found(self, wanted: ColumnElement[bool]) -> list[WaitingCall]:
        rows = await self._connection.execute(select(approvals).where(wanted).order_by(approvals.c.id))
        return [_call(row) for row in rows]

    async def _change(self, chosen: ColumnElement[bool], **values: Any) -> list[WaitingCall]:
        changed = update(approvals).where(chosen).values(**values).returning(approvals)
        return [_call(row) for row in await self._connection.execute(changed)]


def _call(row: Row[Any]) -> WaitingCall:
    return WaitingCall(
        id=row.id,
        session_id=row.session_id,
        agent=row.agent,
        wanted=Wanted(row.call_id, row.tool, row.arguments, row.question, agent=row.agent),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        state=ApprovalState(row.state),
        by=row.answered_by,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
    )
