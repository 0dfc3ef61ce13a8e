"""The calls of this process: who is in one, admission, messages, announcements, the end of sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID
from weakref import WeakValueDictionary

from loguru import logger
from pipecat.transports.base_transport import BaseTransport

from orion.domain import wire
from orion.domain.identity import Principal
from orion.domain.memory import Memory
from orion.domain.session import EndReason, Session, SessionStatus
from orion.domain.tool import ToolFailure
from orion.domain.turn import Speaker, Turn
from orion.errors import (
    Conflict,
    NotFound,
    OrionError,
    Overloaded,
    RoomFull,
    SessionEnded,
)
from orion.media import memory
from orion.pipelines import planning
from orion.pipelines.announcements import Announcements
from orion.pipelines.answers import AnswerLost, CallEnded
from orion.pipelines.approved_calls import ApprovedCalls
from orion.pipelines.beginning import beginning
from orion.pipelines.call import PAUSED, Call
from orion.pipelines.conversation import Conversation
from orion.pipelines.note_taking import NoteTaking
from orion.pipelines.opening import text_call, voice_call
from orion.pipelines.planning import PlanRunner
from orion.pipelines.records import budgets
from orion.pipelines.shared import Shared
from orion.pipelines.sweeper import sweep
from orion.pipelines.tasks import Tasks
from orion.providers import KINDS
from orion.providers._started import serving

_GATHER_SECS = 1.0
_RETRY_AFTER_SECS = 5
_TIDY_AFTER_SECS = 1.0
_RECENT_PLANS = 3


class Calls:
    """All live calls of this process, at most one per session.

    Args:
        expect: Tells the recogniser what people may say to the tools, for the calls from then on.
    """

    def __init__(self, shared: Shared, expect: Callable[[], Awaitable[None]]) -> None:
        self.shared = shared
        self.expect = expect
        self._stale = False
        self.abandoned = 0
        self._live: dict[UUID, Call] = {}
        self._writing: dict[UUID, Call] = {}
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._tasks = Tasks()
        self._tidying: asyncio.Task[None] | None = None
        self.announcements = Announcements(shared, self.get, self._tasks)
        self.approved = ApprovedCalls(lambda: self.shared, self.get, self.announcements)
        self._note_taking = NoteTaking(self._tasks)
        self._closing = False
        self.plans: PlanRunner | None = None

    def start(self) -> None:
        """Begin to end the sessions that nobody is in any more."""
        self._tasks.spawn(sweep(self.shared, self._is_busy, self.end_session), "sweeper")
        self._tasks.spawn(self.shared.meter.watch_loop(), "loop lag")
        self._tasks.spawn(self.approved.watch(), "approvals")

    def get(self, session_id: UUID) -> Call | None:
        """The live call of the session, if there is one here."""
        return self._live.get(session_id)

    def all(self) -> list[Call]:
        """The live calls."""
        return list(self._live.values())

    @property
    def live(self) -> int:
        """How many calls are live."""
        return len(self._live)

    async def open_voice(
        self,
        session: Session,
        transport: BaseTransport,
        principal: Principal | None = None,
        *,
        joiner: str = "user",
        guest: bool = False,
    ) -> Call:
        """Start a voice call; one that the same person is in already is ended first.

        In a session that is paused it begins paused.

        Args:
            principal: The call ends when its credentials do; by default, when the user is disabled.
            joiner: Who joins: `user`, or the id of a guest.
            guest: Who joins is a guest: the user's memory stays closed.

        Raises:
            RoomFull: Somebody else is in the call.
            Overloaded: The server takes no more calls.
            SessionEnded: The session has ended.
            Unavailable: The pipeline did not start.
        """
        async with self._lock(session.id):
            await self._replace(session.id, joiner)
            self._admit()
            conversation = await self._conversation(session, guest=guest, speaks=True)
            call = voice_call(conversation, transport, self._ended, joiner=joiner, principal=principal)
            self._live[session.id] = call
            async with beginning(call):
                await call.start()
                await self._activate(session)
                if await self._settle(call) is SessionStatus.ENDED:
                    raise SessionEnded
            return call

    async def message(self, session: Session, content: str, taken_up: asyncio.Event | None = None) -> Turn:
        """Answer a typed message: in the live call if there is one, else by text alone.

        `taken_up` is set in the end if the message stands in the conversation, whatever became of the answer.

        Raises:
            SessionEnded, Conflict: The session has ended or is paused, or was before the answer.
            ProviderTimeout: There was no answer within a minute.
            Overloaded, Unavailable: The server takes no more calls, or the pipeline did not start.
        """
        call = self.get(session.id)
        if call is not None and not call.over:
            try:
                return await call.send_text(content, taken_up)
            except AnswerLost:
                await self._refuse_closed(session.id)
                raise
            except CallEnded:
                pass  # the participant left before it was taken up: the conversation goes on by text
        if call is not None:
            await call.end(EndReason.HUNG_UP)
        async with self._lock(session.id):
            call = await self._open_text(session, content)
            self._writing[session.id] = call
            try:
                await self._refuse_closed(session.id)
                await call.conversation.plans.ask_again()
                turn = await call.send_text(content, taken_up)
                news = call.conversation.news
                return replace(turn, text=f"{news} {turn.text}") if news else turn
            except (CallEnded, AnswerLost):
                await self._refuse_closed(session.id)
                raise
            finally:
                await call.parted()
                del self._writing[session.id]
                await call.end(call.ends_session or EndReason.HUNG_UP)

    async def announce(self, session_id: UUID, secs: float, words: str) -> None:
        """Say `words` in a session after `secs` seconds, in its call or as a turn, unless it is over."""
        try:
            self.announcements.after(await self._current(session_id), secs, words)
        except (NotFound, ToolFailure):
            logger.warning("a session has no place for what was to be said in it")

    def begin_message(
        self, session: Session, content: str, taken_up: asyncio.Event | None = None
    ) -> asyncio.Task[Turn | OrionError]:
        """Answer a typed message whether or not its sender waits for it: an error is a result, too."""

        async def answer() -> Turn | OrionError:
            try:
                return await self.message(session, content, taken_up)
            except OrionError as error:
                return error

        return self._tasks.spawn(answer(), "message")

    async def set_status(self, principal: Principal, session_id: UUID, status: SessionStatus) -> Session:
        """Pause or resume a session, with its call if it has one.

        Raises:
            NotFound: There is no such session.
            Conflict: It may not go from its status to that one.
        """
        async with self.shared.database.transaction(principal) as store:
            session = await store.sessions.set_status(session_id, status)
        call = self.get(session_id)
        self.publish(session_id, "session.updated", {"session": wire.session(session, live=call is not None)})
        if call is not None:
            await self._settle(call)
        if status is SessionStatus.PAUSED:
            await self._stop_writing(session_id)
        else:
            await self.announcements.resume(session)
        return session

    async def tools_changed(self, workspace_id: UUID) -> None:
        """Give the live calls of a workspace its tools as they are now."""
        calls = [c for c in self._live.values() if c.conversation.session.workspace_id == workspace_id]
        await asyncio.gather(*(call.refresh_tools() for call in calls))
        if not self._stale:
            self._stale = True
            self._tasks.spawn(self._expect_soon(), "recogniser")

    async def _expect_soon(self) -> None:
        """Tell the recogniser of changed tools, once for all that change within a second."""
        await asyncio.sleep(_GATHER_SECS)
        self._stale = False
        await self.expect()

    async def end_session(self, session: Session, reason: EndReason) -> None:
        """End the session for good, and its call if it has one; what is being said is cut off."""
        async with self.shared.database.transaction(Principal.system("sweeper")) as store:
            before = await store.sessions.get(session.id, lock=True)
            ended = await store.sessions.end(session.id, reason)
        await self.end_call(session.id, reason)
        if before.status is SessionStatus.ENDED:
            return
        self.publish(session.id, "session.ended", {"end_reason": ended.end_reason})

    async def end_call(self, session_id: UUID, reason: EndReason) -> None:
        """End what goes on in a session, spoken or written, and forget what was to be said later."""
        self.announcements.forget(session_id)
        call = self.get(session_id)
        if call is not None:
            await call.end(reason)
        await self._stop_writing(session_id)

    async def end_of(self, user_id: UUID, reason: EndReason) -> None:
        """End all that goes on in the sessions of a user, spoken or written."""
        calls = (*self._live.values(), *self._writing.values())
        theirs = {call.session_id for call in calls if call.conversation.session.user_id == user_id}
        await asyncio.gather(*(self.end_call(session_id, reason) for session_id in theirs))

    async def close(self) -> None:
        """End all calls and take no more; sessions stay open, their users may come back."""
        self._closing = True
        await asyncio.gather(*(call.end(EndReason.SHUTDOWN) for call in list(self._live.values())))
        await self.shared.waiting.close()
        await self._tasks.close()

    def _lock(self, session_id: UUID) -> asyncio.Lock:
        """The lock that lets one call of a session begin at a time; it is gone with its last user."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock

    def _is_busy(self, session_id: UUID) -> bool:
        return session_id in self._live or session_id in self._writing

    def _admit(self) -> None:
        limit = self.shared.settings.max_sessions
        if self._closing or (limit is not None and self.live >= limit):
            raise Overloaded("all lines are busy; try again soon", retry_after_secs=_RETRY_AFTER_SECS)

    async def _replace(self, session_id: UUID, joiner: str) -> None:
        old = self.get(session_id)
        if old is not None:
            if old.joiner != joiner and not old.over:
                raise RoomFull
            await old.end(EndReason.HUNG_UP)

    async def _stop_writing(self, session_id: UUID) -> None:
        call = self._writing.get(session_id)
        if call is not None:
            await call.end(EndReason.HUNG_UP)

    async def _settle(self, call: Call) -> SessionStatus:
        """Bring a call to its session's status, which may have changed while it began or just now."""
        async with call.settling:
            status = (await self._current(call.session_id)).status
            match status:
                case SessionStatus.ENDED:
                    await call.end(EndReason.HUNG_UP)
                case SessionStatus.PAUSED:
                    await call.pause()
                case _:
                    await call.resume()
        return status

    async def _current(self, session_id: UUID) -> Session:
        async with self.shared.database.transaction(Principal.system("sweeper")) as store:
            return await store.sessions.get(session_id)

    async def _refuse_closed(self, session_id: UUID) -> None:
        """Raise what a message is told when its session is not open."""
        status = (await self._current(session_id)).status
        if status is SessionStatus.ENDED:
            raise SessionEnded
        if status is SessionStatus.PAUSED:
            raise Conflict(PAUSED)

    async def _open_text(self, session: Session, content: str) -> Call:
        self._admit()
        conversation = await self._conversation(session, content)
        call = text_call(conversation, self._ended)
        async with beginning(call):
            await call.start()
            await self._activate(session)
        return call

    async def _conversation(
        self, session: Session, said: str = "", *, guest: bool = False, speaks: bool = False
    ) -> Conversation:
        """The conversation as the store knows it, once all that is recorded has been written."""
        await self.shared.writer.flush()
        async with self.shared.database.transaction(_owner(session)) as store:
            session = await store.sessions.get(session.id)
            turns = await store.turns.of_session(session.id)
            kept = await store.memories.notes_of(session.id)
            plans = [] if guest else (await store.plans.of_session(session.id, limit=_RECENT_PLANS))[0]
            waiting = [] if guest else await store.approvals.waiting(session.id, datetime.now(UTC))
        if session.status is SessionStatus.ENDED:
            raise SessionEnded
        if not guest:
            self.shared.waiting.restore(session.id, waiting)
        month = await budgets.month(self.shared.database, session.workspace_id)
        offer = await self.shared.catalogue.of(session.workspace_id)
        if session.agent not in offer.roster:
            raise Conflict(f"the agent {session.agent} is gone; create a new session")
        # Of another process's keys and of models just pulled this one hears here: no other call waits.
        wanted = serving(offer.settings, offer.roster.get(session.agent), KINDS if speaks else ("llm",))
        await self.shared.started.start_late(offer.settings, wanted | {key.provider for key in offer.keys})
        self.announcements.restore(session, turns, offer.tools)
        news = planning.news(plans, turns, offer.tools)
        if not speaks:  # aloud it is said, and that is its turn
            news, left = await self.announcements.leave_news(session, news, guest=guest)
            turns += left
        last = next((turn.text for turn in reversed(turns) if turn.speaker is Speaker.USER), "")
        known: list[Memory] = []
        if not guest:
            self._tasks.spawn(self.shared.recollection.catch_up(_owner(session)), "catch-up of embeddings")
            known = await self.shared.recollection.relevant(_owner(session), said or last)
        conversation = Conversation(
            self.shared,
            session,
            turns,
            known,
            offer=offer,
            month=month,
            kept=kept,
            announce=partial(self.announcements.after, session),
            guest=guest,
            speaks=speaks,
            runner=self.plans,
            news=news,
            losses=partial(self.announcements.losses, session.id),
        )
        budgets.refuse_spent(session, conversation.budget_micros)
        self._note_taking.watch(conversation)
        return conversation

    async def _activate(self, session: Session) -> None:
        if session.status is not SessionStatus.CREATED:
            return
        async with self.shared.database.transaction(_owner(session)) as store:
            session = await store.sessions.get(session.id)
            if session.status is SessionStatus.CREATED:
                session = await store.sessions.set_status(session.id, SessionStatus.ACTIVE)
        self.publish(session.id, "session.updated", {"session": wire.session(session, live=True)})

    async def _ended(self, call: Call, reason: EndReason) -> None:
        if self._live.get(call.session_id) is call:
            del self._live[call.session_id]
            if self._tidying is None or self._tidying.done():
                self._tidying = self._tasks.spawn(self._tidy(), "tidy")
        self.shared.waiting.of(call.session_id)  # what was doubted in it is kept for who calls again
        self.abandoned += call.abandoned
        self.shared.meter.call_ended(call.kind, reason)
        if call.ends_session is reason:
            self._tasks.spawn(self.end_session(call.conversation.session, reason), "session end")

    async def _tidy(self) -> None:
        """Give back what ended calls held, while nobody would hear the pause."""
        await asyncio.sleep(_TIDY_AFTER_SECS)
        if not self._live:
            memory.give_back()

    def publish(self, session_id: UUID, name: str, body: dict[str, object]) -> None:
        """An event of a session for its watchers, kept for those who come later."""
        event = self.shared.feed.publish(session_id, name, body)
        self.shared.writer.put(event)


def _owner(session: Session) -> Principal:
    return Principal(session.workspace_id, session.user_id)
