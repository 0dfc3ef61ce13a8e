"""The calls of this process: who is in one, admission, messages, announcements, the end of sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from loguru import logger
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregatorParams,
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.transports.base_transport import BaseTransport
from pipecat.turns.user_start import TranscriptionUserTurnStartStrategy, VADUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion import log, providers
from orion.domain import wire
from orion.domain.identity import Principal, new_id
from orion.domain.session import EndReason, Session, SessionStatus
from orion.domain.turn import Speaker, Turn
from orion.errors import Conflict, DatabaseUnavailable, Overloaded, SessionEnded
from orion.media.turn_end import stop_strategy
from orion.media.vad import vad_analyzer
from orion.pipelines import text, voice
from orion.pipelines.call import Call, CallEnded
from orion.pipelines.conversation import Conversation, Shared
from orion.pipelines.tasks import Tasks
from orion.processors.client_messages import ClientMessages

_SWEEP_SECS = 30.0
_GATHER_SECS = 1.0
_RETRY_AFTER_SECS = 5


class Calls:
    """All live calls of this process, at most one per session.

    Args:
        expect: Tells the recogniser what people may say to the tools, for the calls from then on.
    """

    def __init__(self, shared: Shared, expect: Callable[[], Awaitable[None]]) -> None:
        self.shared = shared
        self._expect = expect
        self._stale = False
        self.abandoned = 0
        self._live: dict[UUID, Call] = {}
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._tasks = Tasks()
        self._closing = False

    def start(self) -> None:
        """Begin to end the sessions that nobody is in any more."""
        self._tasks.spawn(self._sweep(), "sweeper")

    def get(self, session_id: UUID) -> Call | None:
        """The live call of the session, if there is one here."""
        return self._live.get(session_id)

    @property
    def live(self) -> int:
        """How many calls are live."""
        return len(self._live)

    async def open_voice(self, session: Session, transport: BaseTransport) -> Call:
        """Start a voice call; a call that the session already has is ended first.

        Raises:
            Overloaded: The server takes no more calls.
            SessionEnded, Conflict: The session's status does not allow a call.
            Unavailable: The pipeline did not start.
        """
        async with self._lock(session.id):
            await self._replace(session.id)
            self._admit()
            conversation = await self._conversation(session)
            settings, agent = self.shared.settings, conversation.agent
            pair = _aggregators(conversation)
            stages = voice.build(
                transport=transport,
                vad=VADProcessor(vad_analyzer=vad_analyzer(16000)),
                stt=providers.stt(settings, agent),
                input_guardrail=conversation.input_guardrail(),
                context=pair,
                llm=conversation.llm,
                output_guardrail=conversation.output_guardrail(),
                tts=providers.tts(settings, agent),
                played=conversation.played_words(),
            )
            call = Call(conversation, stages, pair, rtvi=ClientMessages(), on_ended=self._ended)
            with log.in_session(str(session.id)):
                self._live[session.id] = call
                await call.start()
            await self._activate(session)
            return call

    async def message(self, session: Session, content: str) -> Turn:
        """Answer a typed message: in the live call if there is one, else by text alone."""
        call = self.get(session.id)
        if call is not None and not call.over:
            try:
                return await call.send_text(content)
            except CallEnded:
                pass  # the participant left meanwhile: the conversation goes on by text
        if call is not None:
            await call.end(EndReason.HUNG_UP)
        async with self._lock(session.id):
            call = await self._open_text(session)
            try:
                return await call.send_text(content)
            finally:
                await call.end(EndReason.AGENT if call.ends_session else EndReason.HUNG_UP)

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
        await self._expect()

    async def end_session(self, session: Session, reason: EndReason) -> None:
        """End the session for good, and its call if it has one."""
        call = self.get(session.id)
        if call is not None:
            await call.end(reason)
        async with self.shared.database.transaction(Principal.system("sweeper")) as store:
            ended = await store.sessions.end(session.id, reason)
        self._publish(session.id, "session.ended", {"end_reason": ended.end_reason})

    async def close(self) -> None:
        """End all calls and take no more; sessions stay open, their users may come back."""
        self._closing = True
        await asyncio.gather(*(call.end(EndReason.SHUTDOWN) for call in list(self._live.values())))
        await self._tasks.close()

    def _lock(self, session_id: UUID) -> asyncio.Lock:
        """The lock that lets one call of a session begin at a time; it is gone with its last user."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock

    def _admit(self) -> None:
        limit = self.shared.settings.max_sessions
        if self._closing or (limit is not None and self.live >= limit):
            raise Overloaded("all lines are busy; try again soon", retry_after_secs=_RETRY_AFTER_SECS)

    async def _replace(self, session_id: UUID) -> None:
        old = self.get(session_id)
        if old is not None:
            await old.end(EndReason.HUNG_UP)

    async def _open_text(self, session: Session) -> Call:
        self._admit()
        conversation = await self._conversation(session)
        pair = _aggregators(conversation)
        stages = text.build(
            input_guardrail=conversation.input_guardrail(),
            context=pair,
            llm=conversation.llm,
            output_guardrail=conversation.output_guardrail(),
            played=conversation.played_words(),
        )
        call = Call(conversation, stages, pair, rtvi=None, on_ended=self._ended)
        with log.in_session(str(session.id)):
            await call.start()
        await self._activate(session)
        return call

    async def _conversation(self, session: Session) -> Conversation:
        """The conversation as the store knows it, once all that is recorded has been written."""
        await self.shared.writer.flush()
        async with self.shared.database.transaction(_owner(session)) as store:
            session = await store.sessions.get(session.id)
            turns = await store.turns.of_session(session.id)
        if session.status is SessionStatus.ENDED:
            raise SessionEnded
        if session.status is SessionStatus.PAUSED:
            raise Conflict("the session is paused; set its status to active first")
        offer = await self.shared.catalogue.of(session.workspace_id)
        if session.agent not in offer.roster:
            raise Conflict(f"the agent {session.agent} is gone; create a new session")
        return Conversation(
            self.shared,
            session,
            turns,
            announce=lambda secs, words: self._announce(session, secs, words),
            offer=offer,
        )

    async def _activate(self, session: Session) -> None:
        if session.status is not SessionStatus.CREATED:
            return
        async with self.shared.database.transaction(_owner(session)) as store:
            session = await store.sessions.get(session.id)
            if session.status is SessionStatus.CREATED:
                session = await store.sessions.set_status(session.id, SessionStatus.ACTIVE)
        self._publish(session.id, "session.updated", {"session": wire.session(session, live=True)})

    async def _ended(self, call: Call, reason: EndReason) -> None:
        if self._live.get(call.session_id) is call:
            del self._live[call.session_id]
        self.abandoned += call.abandoned
        if reason is EndReason.AGENT and call.ends_session:
            self._tasks.spawn(self.end_session(call.conversation.session, reason), "session end")

    def _announce(self, session: Session, secs: float, words: str) -> None:
        self._tasks.spawn(self._announce_later(session, secs, words), "announcement")

    async def _announce_later(self, session: Session, secs: float, words: str) -> None:
        """Say it in the live call; with nobody there it becomes a turn that is read later."""
        await asyncio.sleep(secs)
        call = self.get(session.id)
        if call is not None:
            await call.say(words)
            return
        now = datetime.now(UTC)
        turn = Turn(new_id(), session.id, Speaker.AGENT, session.agent, words, now, now)
        event = self.shared.feed.publish(session.id, "turn.ended", {"turn": wire.turn(turn)})
        self.shared.writer.put(lambda store: store.turns.save(turn))
        self.shared.writer.put(lambda store: store.events.add([event]))

    def _publish(self, session_id: UUID, name: str, body: dict[str, object]) -> None:
        event = self.shared.feed.publish(session_id, name, body)
        self.shared.writer.put(lambda store: store.events.add([event]))

    async def _sweep(self) -> None:
        """End the sessions that nobody was in for ORION_SESSION_IDLE_SECS."""
        while True:
            await asyncio.sleep(_SWEEP_SECS)
            cutoff = datetime.now(UTC) - timedelta(seconds=self.shared.settings.session_idle_secs)
            try:
                async with self.shared.database.transaction(Principal.system("sweeper")) as store:
                    idle = await store.sessions.idle_since(cutoff)
            except DatabaseUnavailable:
                logger.warning("the sweeper waits for the database")
                continue
            for session in idle:
                if session.id not in self._live:
                    await self.end_session(session, EndReason.IDLE)


def _owner(session: Session) -> Principal:
    return Principal(session.workspace_id, session.user_id)


def _aggregators(conversation: Conversation) -> LLMContextAggregatorPair:
    strategies = UserTurnStrategies(
        start=[VADUserTurnStartStrategy(), TranscriptionUserTurnStartStrategy()],
        stop=[stop_strategy(conversation.agent.turn_taking)],
    )
    return LLMContextAggregatorPair(
        conversation.context,
        user_params=LLMUserAggregatorParams(user_turn_strategies=strategies),
        assistant_params=LLMAssistantAggregatorParams(),
    )
