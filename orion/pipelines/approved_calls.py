"""Answers that come from outside a conversation: by REST, or by time; and the calls that run without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from loguru import logger

from orion.agents.timer_book import TimerBook
from orion.domain import wire
from orion.domain.approval import called
from orion.domain.identity import Principal
from orion.domain.session import Session, SessionStatus
from orion.domain.tool import ToolCall, ToolCallStatus, ToolFailure
from orion.domain.waiting_call import ApprovalState, WaitingCall
from orion.errors import DatabaseUnavailable, NotFound, OrionError, SessionEnded
from orion.pipelines.announcements import Announcements
from orion.pipelines.approvals import allowed, outcome
from orion.pipelines.call import Call
from orion.pipelines.shared import Shared
from orion.pipelines.tool_context import Requests, SessionTools
from orion.processors.tool_call import ToolCaller
from orion.tools import RunnableTool

_SWEEP_SECS = 10.0
_LOST_SECS = 120.0
"""Longer than a tool of a workspace may take."""


class ApprovedCalls:
    """Lets an answer reach the call that waits: in the live conversation, or without one.

    What comes of a call that runs without one is kept as a turn, and told in the next.

    Args:
        shared: Gives what the calls that begin now share.
        live: Gives the live call of a session.
    """

    def __init__(
        self,
        shared: Callable[[], Shared],
        live: Callable[[UUID], Call | None],
        announcements: Announcements,
    ) -> None:
        self._shared = shared
        self._live = live
        self._announcements = announcements

    async def answer(
        self, session: Session, call_id: str, digest: str, *, approved: bool, by: UUID
    ) -> WaitingCall:
        """Answer a call that waits in a session by REST; it runs in the background.

        Raises:
            SessionEnded: Nothing runs in it any more.
            NotFound, Conflict: As `WaitingCalls.answer_by_id` does.
        """
        if session.status is SessionStatus.ENDED:
            raise SessionEnded
        waiting = self._shared().waiting
        call = await waiting.answer_by_id(session.id, call_id, digest, approved=approved, decided_by=by)
        self._proceed(session, call)
        return call

    async def watch(self) -> None:
        """Until cancelled: answer by no what nobody answers, and tell of calls that were lost."""
        while True:
            await asyncio.sleep(_SWEEP_SECS)
            try:
                await self.sweep()
            except DatabaseUnavailable:
                logger.warning("what waits for a yes waits for the database, too")

    async def sweep(self, lost_secs: float = _LOST_SECS) -> None:
        """Look once. Raises DatabaseUnavailable."""
        waiting = self._shared().waiting
        for call in await waiting.expire():
            if (live := self._conversation_of(call.session_id)) is not None:
                live.conversation.approval_gate.orion_expired(call.wanted)
            waiting.of(call.session_id).take(call.wanted.call_id)
        for call in await waiting.lost(lost_secs):
            waiting.of(call.session_id).doubt(call.wanted.tool, call.wanted.arguments)
            asked = called(call.wanted.tool, call.wanted.arguments)
            words = f"I was interrupted, and nobody knows whether this has happened: {asked}."
            with suppress(NotFound):  # deleted meanwhile
                async with self._shared().database.transaction(Principal.system("sweeper")) as store:
                    session = await store.sessions.get(call.session_id)
                self._tell(session, words)

    def _proceed(self, session: Session, call: WaitingCall) -> None:
        approved = call.state is ApprovalState.APPROVED
        if (live := self._conversation_of(session.id)) is not None:
            live.conversation.approval_gate.orion_answered(call.wanted, approved=approved)
            return
        waiting = self._shared().waiting
        waiting.of(session.id).take(call.wanted.call_id)
        if approved:
            waiting.run(self._alone(session, call), session.id, call.wanted.call_id)

    def _conversation_of(self, session_id: UUID) -> Call | None:
        """The live call of a session in which its user takes part."""
        live = self._live(session_id)
        return None if live is None or live.over or live.conversation.guest else live

    async def _alone(self, session: Session, call: WaitingCall) -> ToolCall:
        """Run an approved call in no conversation."""
        wanted = call.wanted
        try:
            runnable, caller = await self._prepared(session, call)
        except OrionError as error:
            refused = ToolCall(
                wanted.call_id,
                wanted.tool,
                wanted.arguments,
                ToolCallStatus.REFUSED,
                error=error.detail,
                started_at=call.asked_at,
            )
            await self._record(session, refused)
            self._tell(session, f"That did not work: {error.detail}.")
            return refused
        ended = await caller.run(runnable, wanted.call_id, wanted.arguments, approved=True)
        self._tell(session, outcome(runnable.tool, ended), untrusted=runnable.tool.untrusted)
        return ended

    async def _prepared(self, session: Session, call: WaitingCall) -> tuple[RunnableTool, ToolCaller]:
        """The tool and what runs it, as the agent has it now, in the name of a user who still may."""
        shared, owner = self._shared(), Principal(session.workspace_id, session.user_id)
        async with shared.database.transaction(owner) as store:
            offer = await shared.catalogue.within(store, session.workspace_id)
        runnable = allowed(offer.tools, offer.roster.get(call.agent), call.wanted.tool)
        if runnable is None:
            raise NotFound(f"there is no tool {call.wanted.tool} any more")

        def announce(secs: float, words: str) -> None:
            self._announcements.after(session, secs, words)

        timers = TimerBook.of(shared.database, session)
        tools = SessionTools(shared.recollection, owner, session.id, Requests(), announce, timers=timers)
        return runnable, ToolCaller(offer.tools, tools.for_call, partial(self._record, session))

    async def _record(self, session: Session, call: ToolCall) -> None:
        """A call has begun, has ended, or does not run after all."""
        shared = self._shared()
        name = "tool.started" if call.status is ToolCallStatus.RUNNING else "tool.ended"
        body = {"turn_id": None, "tool_call": wire.tool_call(call)}
        shared.writer.put(shared.feed.publish(session.id, name, body))
        shared.writer.put(lambda store: store.turns.update_call(session.id, call))
        shared.waiting.of(session.id).ended(call)

    def _tell(self, session: Session, words: str, *, untrusted: bool = False) -> None:
        """Say it to the session's user; where only a guest is there, it is read later."""
        live = self._live(session.id)
        if live is None or not live.conversation.guest:
            with suppress(ToolFailure):  # too many are under way
                self._announcements.after(session, 0.0, words, untrusted=untrusted)
                return
        self._announcements.leave_word(session, words, untrusted=untrusted)
