"""The tool calls of each session that wait for a yes: kept in the database, asked for in the live call.

The row decides: whoever changes it from `waiting` has the answer, by voice, by text, by a key or by REST, and
each change is one transaction with the event that tells of it. What is in memory is only what was said of
it in the conversation.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from loguru import logger

from orion.domain import wire
from orion.domain.approval import WRITTEN_SECS, Approvals, Wanted
from orion.domain.identity import Principal, new_id
from orion.domain.session import Event
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.waiting_call import ApprovalState, WaitingCall
from orion.errors import Conflict, DatabaseUnavailable, NotFound
from orion.pipelines.records.feed import Feed
from orion.pipelines.records.recorder import Recorder
from orion.pipelines.records.writer import Writer
from orion.pipelines.tasks import Tasks
from orion.store.database import Database

APPROVALS = Principal.system("approvals")
_RETRY_SECS = 1.0
_MOST_ID_CHARS = 500
_CUT_OFF_SECS = 5.0
"""How long approved calls may still take whose process ends."""
_APPROVED_CALL = "an approved call"
_SAID = {ApprovalState.REJECTED: "the user said no", ApprovalState.EXPIRED: "nobody said yes in time"}


class WaitingCalls:
    """What waits in the sessions of this process, and the approved calls that run here.

    Args:
        clock: Seconds that only grow, the same as of the conversations' gates.
    """

    def __init__(
        self,
        database: Database,
        feed: Feed,
        writer: Writer,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._database = database
        self._feed = feed
        self._writer = writer
        self._sessions: dict[UUID, tuple[float, Approvals]] = {}
        self._held: WeakValueDictionary[UUID, Approvals] = WeakValueDictionary()
        self._recorders: WeakValueDictionary[tuple[UUID, str], Recorder] = WeakValueDictionary()
        self._dropped: set[tuple[UUID, str]] = set()
        self._running: dict[tuple[UUID, str], UUID] = {}
        self._tasks = Tasks()

    def of(self, session_id: UUID) -> Approvals:
        """Those of one session, for a call that begins or has ended.

        They are forgotten ten minutes after the last time, but not while a call holds them.
        """
        now, found = self._clock(), self._held.setdefault(session_id, Approvals())
        self._sessions.pop(session_id, None)
        self._sessions[session_id] = (now, found)
        for other, (used, _) in list(self._sessions.items()):  # the oldest stand first
            if now - used < WRITTEN_SECS:
                break
            del self._sessions[other]
        return found

    def restore(self, session_id: UUID, kept: Iterable[WaitingCall]) -> None:
        """Bring what is asked for in a session to what waits there; a process before may have left it."""
        approvals, now = self.of(session_id), datetime.now(UTC)
        waiting = [call for call in kept if (session_id, call.wanted.call_id) not in self._dropped]
        approvals.keep({call.wanted.call_id for call in waiting})
        for call in waiting:
            if not approvals.waits(call.wanted.call_id):
                left = (call.expires_at - now).total_seconds()
                approvals.add(call.wanted, self._clock(), left, again=True)

    async def keep(self, session_id: UUID, wanted: Wanted, recorder: Recorder) -> bool:
        """Let a call wait, and tell of it; False where that cannot be kept.

        Args:
            recorder: Records the conversation that asks: a no may come while the call's turn is open.
        """
        if not 0 < len(wanted.call_id) <= _MOST_ID_CHARS:
            return False
        try:
            json.dumps(wanted.arguments, allow_nan=False)
        except ValueError:
            return False
        self._recorders[session_id, wanted.call_id] = recorder
        now = datetime.now(UTC)
        until = now + timedelta(seconds=WRITTEN_SECS)
        call = WaitingCall(new_id(), session_id, wanted.agent, wanted, now, until)
        event = _event(call)
        try:
            async with self._database.transaction(APPROVALS) as store:
                if not await store.approvals.add(call):
                    return False
                await store.approvals.tell([event])
        except DatabaseUnavailable:
            logger.warning("a tool call cannot wait for its yes: the database is away")
            return False
        self._feed.deliver(event)
        return True

    async def answer(
        self, session_id: UUID, wanted: Wanted, answer: ApprovalState, *, by: str, decided_by: UUID | None
    ) -> WaitingCall | None:
        """Answer a call; None where somebody else has, or its time is over. Raises DatabaseUnavailable."""
        now = datetime.now(UTC)
        async with self._database.transaction(APPROVALS) as store:
            call = await store.approvals.decide(
                session_id, wanted, answer, by=by, decided_by=decided_by, now=now
            )
            event = _event(call) if call else None
            await store.approvals.tell([event] if event else [])
        if call is not None and event is not None:
            self._answered(call, event)
        return call

    async def answer_by_id(
        self, session_id: UUID, call_id: str, digest: str, *, approved: bool, decided_by: UUID
    ) -> WaitingCall:
        """Answer by REST the call of that id, with just the arguments of that digest.

        Raises:
            NotFound: No call of that id has waited in the session.
            Conflict: It was answered, its time is over, or the digest is another one's.
        """
        async with self._database.transaction(APPROVALS) as store:
            latest = await store.approvals.latest(session_id, call_id)
        if latest is None:
            raise NotFound("no such call waits for an answer")
        if latest.state is not ApprovalState.WAITING:
            raise Conflict(f"the call was {latest.state.value} already")
        if latest.wanted.digest != digest:
            raise Conflict("the digest is of another call, or of other arguments")
        answer = ApprovalState.APPROVED if approved else ApprovalState.REJECTED
        call = await self.answer(session_id, latest.wanted, answer, by="rest", decided_by=decided_by)
        if call is None:
            raise Conflict("the question has expired, or was answered meanwhile")
        return call

    def drop(
        self, session_id: UUID, wanted: Wanted, answer: ApprovalState, by: str, decided_by: UUID | None
    ) -> None:
        """Answer by no, however long the database is away; until then nobody is asked for it again here."""
        self._dropped.add((session_id, wanted.call_id))
        self._tasks.spawn(self._drop(session_id, wanted, answer, by, decided_by), "a no")

    async def _drop(
        self, session_id: UUID, wanted: Wanted, answer: ApprovalState, by: str, decided_by: UUID | None
    ) -> None:
        try:
            await _until_kept(lambda: self.answer(session_id, wanted, answer, by=by, decided_by=decided_by))
        finally:
            self._dropped.discard((session_id, wanted.call_id))

    async def expire(self) -> list[WaitingCall]:
        """Answer by no what nobody has answered in time. Raises DatabaseUnavailable."""
        async with self._database.transaction(APPROVALS) as store:
            expired = await store.approvals.expire(datetime.now(UTC))
            events = [_event(call) for call in expired]
            await store.approvals.tell(events)
        for call, event in zip(expired, events, strict=True):
            self._answered(call, event)
        return expired

    async def lost(self, after_secs: float) -> list[WaitingCall]:
        """The approved calls of which nobody has heard for so long, once. Raises DatabaseUnavailable."""
        now = datetime.now(UTC)
        async with self._database.transaction(APPROVALS) as store:
            before = now - timedelta(seconds=after_secs)
            return await store.approvals.lost(before, now, self._running.values())

    def run(
        self, work: Coroutine[Any, Any, ToolCall], session_id: UUID, call_id: str
    ) -> asyncio.Task[ToolCall]:
        """Run an approved call; it outlives the conversation in which it was approved."""
        return self._tasks.spawn(self._run(work, session_id, call_id), _APPROVED_CALL)

    async def _run(self, work: Coroutine[Any, Any, ToolCall], session_id: UUID, call_id: str) -> ToolCall:
        call = await work
        await self._over(session_id, call_id)
        return call

    async def not_run(self, session_id: UUID, wanted: Wanted, why: str) -> None:
        """An approved call does not run after all: nobody will be told that it may have."""
        self._refused(session_id, _not_run(wanted, why))
        await self._over(session_id, wanted.call_id)

    async def _over(self, session_id: UUID, call_id: str) -> None:
        approval_id = self._running.get((session_id, call_id))
        if approval_id is None:
            return
        ended = partial(self._ended, approval_id, datetime.now(UTC), session_id, call_id)
        try:
            await ended()
        except DatabaseUnavailable:  # nobody waits for it, and until then the call counts as one that runs
            self._tasks.spawn(_until_kept(ended), _APPROVED_CALL)

    async def _ended(self, approval_id: UUID, at: datetime, session_id: UUID, call_id: str) -> None:
        async with self._database.transaction(APPROVALS) as store:
            await store.approvals.ended(approval_id, at)
        self._running.pop((session_id, call_id), None)

    async def close(self) -> None:
        """Let approved calls end, for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CUT_OFF_SECS):
                while calls := [task for task in self._tasks.all() if task.get_name() == _APPROVED_CALL]:
                    await asyncio.wait(calls)
        await self._tasks.close()

    def _answered(self, call: WaitingCall, event: Event) -> None:
        self._feed.deliver(event)
        if call.state is ApprovalState.APPROVED:
            self._running[(call.session_id, call.wanted.call_id)] = call.id
        elif call.state in _SAID:
            self._refused(call.session_id, _not_run(call.wanted, _SAID[call.state], call.asked_at))

    def _refused(self, session_id: UUID, call: ToolCall) -> None:
        recorder = self._recorders.get((session_id, call.id))
        if recorder is not None:
            recorder.refused(call)
        else:
            self._writer.put(lambda store: store.turns.update_call(session_id, call))


async def _until_kept(keep: Callable[[], Awaitable[object]]) -> None:
    """Do it once, however long the database is away."""
    while True:
        try:
            await keep()
        except DatabaseUnavailable:
            await asyncio.sleep(_RETRY_SECS)
        else:
            return


def _not_run(wanted: Wanted, why: str, asked_at: datetime | None = None) -> ToolCall:
    refused = ToolCallStatus.REFUSED
    return ToolCall(wanted.call_id, wanted.tool, wanted.arguments, refused, error=why, started_at=asked_at)


def _event(call: WaitingCall) -> Event:
    return Event(new_id(), call.session_id, "tool.approval", wire.approval_event(call), datetime.now(UTC))
