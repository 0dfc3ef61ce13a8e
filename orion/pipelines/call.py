"""A call: one live pipeline of one session, from the first frame to the last; it ends once, in one place.

Each call has a WorkerRunner of its own, for a shared one never frees the workers that have ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from loguru import logger
from pipecat.frames.frames import ErrorFrame, Frame, InterruptionFrame, LLMMessagesAppendFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frameworks.rtvi import RTVIProcessor
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

from orion.domain.identity import Principal
from orion.domain.session import EndReason
from orion.domain.turn import Turn
from orion.errors import Conflict, FieldProblem, Invalid, Unavailable
from orion.pipelines.answers import AnswerLost, Answers, CallEnded
from orion.pipelines.conversation import Conversation
from orion.pipelines.farewell import Farewell
from orion.pipelines.fillers import Fillers
from orion.pipelines.goodbye import Goodbye
from orion.pipelines.hand_off import Begins, HandOffs
from orion.pipelines.ordinary import Ordinary
from orion.pipelines.records.latency import LatencyObserver
from orion.pipelines.rings import Rings
from orion.pipelines.tasks import Tasks
from orion.pipelines.teardown import climb_down
from orion.pipelines.watch import Watch
from orion.pipelines.worker import make_worker
from orion.providers import Candidate

_START_SECS = 15.0
_FAREWELL_SECS = 10.0
_UNREADABLE = "nothing in the text can be read"
_POLITE = {EndReason.AGENT, EndReason.BUDGET, EndReason.LIMIT, EndReason.SHUTDOWN}
"""Ends at which what is being said may end first."""
PAUSED = "the session is paused; set its status to active first"


class Call:
    """One live pipeline.

    Args:
        pipeline: What the frames pass, built by `voice.build` or `text.build`.
        pair: The aggregators in it: they tell what was said and heard.
        rtvi: The processor that speaks to the client; None where no client listens.
        ordinary: What goes on where a speech model fails; None in a call without one.
        on_ended: Told once when the call is over.
        hearing: Its recognisers.
        voices: What speaks in it.

    Attributes:
        joiner: Who is in it: `user`, or the id of a guest. One person per room.
        principal: Who began the call: it ends with their credentials.
        peer: What the way in keeps of the other end; nobody else looks into it.
        let_go: How the way in lets go of the other end, once nothing more is said.
        rings: Timers that have rung in it and are not heard yet.
        settling: Held while the call is brought to the status of its session.
        abandoned: The pipeline did not end; it was left behind and counted.
        ends_session: Why not only the call ends but its session, too; None where it goes on.
    """

    def __init__(
        self,
        conversation: Conversation,
        pipeline: Pipeline,
        pair: LLMContextAggregatorPair,
        *,
        rtvi: RTVIProcessor | None,
        ordinary: Ordinary | None = None,
        on_ended: Callable[[Call, EndReason], Awaitable[None]],
        joiner: str = "user",
        principal: Principal | None = None,
        hearing: Sequence[STTService] = (),
        voices: Sequence[Candidate[TTSService]] = (),
    ) -> None:
        self.conversation = conversation
        self.session_id = conversation.session.id
        self.joiner = joiner
        self.principal = principal or conversation.principal
        self.participants: list[str] = []
        self.peer: object = None
        self.let_go: Callable[[], Awaitable[None]] | None = None
        self.abandoned, self.rings = False, Rings()
        self.ends_session: EndReason | None = None
        self.settling = asyncio.Lock()
        self._recorder = conversation.recorder
        self._recorder.on_agent_turn = self._agent_turn_ended
        self._recorder.on_unreadable = self._nothing_to_read
        self._pair = pair
        self._ordinary = ordinary
        self._on_ended = on_ended
        self._spoken = rtvi is not None
        self._tasks = Tasks()
        self._answers = Answers(self._tasks, self._goes_on, lambda: conversation.played.broken)
        self._fillers = Fillers(self._tasks, self._put, lambda: self._recorder.thinking)
        conversation.on_silent = self._silent
        if rtvi is not None:
            conversation.on_slow = self._fillers.slow
        self._ending: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        leave = partial(self._part, EndReason.BUDGET)
        self._farewell = Farewell(conversation, hearing, say=self.say, end=leave)
        self._goodbye = Goodbye(conversation.requests, partial(self._part, EndReason.AGENT))
        self._runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
        self._worker = make_worker(
            pipeline,
            [LatencyObserver(conversation.stopwatch), Watch(self._recorder, self._fillers.unheard)],
            rtvi,
        )
        begins = Begins(self._worker.queue_frame, self.say, self._fillers.moment)
        self._hand_offs = HandOffs(conversation, pair, self._tasks, begins, voices)
        self._listen()
        self._run: asyncio.Task[Any] | None = None

    async def start(self) -> None:
        """Start the pipeline.

        Raises:
            Unavailable: It did not start in time, or ended at once.
        """
        await self._runner.add_workers(self._worker)
        self._run = self._tasks.spawn(self._runner.run(), f"call {self.session_id}")
        self._run.add_done_callback(lambda _: self._run_ended())
        started = self._tasks.spawn(self._started.wait(), "call start")
        await asyncio.wait({self._run, started}, timeout=_START_SECS, return_when=asyncio.FIRST_COMPLETED)
        if not self._started.is_set():
            await self.end(EndReason.ERROR)
            raise Unavailable("the call's pipeline did not start")
        self.conversation.record_prompts()
        limit_secs = self.conversation.agent.max_call_secs or self.conversation.shared.settings.call_max_secs
        self._tasks.spawn(self._end_after(limit_secs), "call limit")
        self._tasks.spawn(self._farewell.watch(), "budget")
        if not self.conversation.guest:
            self._tasks.spawn(self.conversation.plans.follow(self.say, self._ask), "plans")

    async def joined(self, participant: str, transport: str) -> None:
        """Somebody is connected; the first time in a session the agent greets."""
        self.participants.append(participant)
        self._recorder.publish("participant.joined", {"participant": participant, "transport": transport})
        self._recorder.state("listening")
        greeting = self.conversation.greeting()
        if greeting and self.conversation.is_new:
            await self.say(greeting)
        if self.conversation.news:
            await self.say(self.conversation.news)
        if not self.conversation.guest:
            await self.conversation.plans.ask_again()
        await self._ask()

    async def say(self, text: str, *, interrupt: bool = False) -> None:
        """Let the agent say `text`; it becomes part of the context as far as it is heard."""
        if interrupt:
            await self._interrupt()
        if self._spoken and not self._recorder.speaking:
            self._recorder.close_idle()
        self.rings.wait()
        await self._put(text, in_context=True)

    async def _interrupt(self) -> None:
        """Stop what the agent says, and is about to say or do."""
        self._fillers.withdraw()
        self._goodbye.withdraw()
        await self._worker.queue_frame(InterruptionFrame())

    async def _put(self, text: str, *, in_context: bool) -> None:
        await self._worker.queue_frame(TTSSpeakFrame(text, append_to_context=in_context))

    def _silent(self) -> None:
        """The agent's model had no words; whom it has handed over to has some."""
        if not self._hand_offs.proceed():
            self._fillers.silent(ends=self._goodbye.wanted, done=self._recorder.done)

    async def _ask(self) -> None:
        """Read out what waits for a yes, if anything does; by text the next answer ends with it."""
        if self._spoken:
            await self.conversation.approval_gate.orion_ask()

    @property
    def paused(self) -> bool:
        """Whether the agent hears and says nothing."""
        return self.conversation.pause.on

    async def pause(self) -> None:
        """Stop what the agent is saying, and let it hear and say nothing until `resume`."""
        if self.paused:
            return
        self._recorder.state("listening")
        self._recorder.paused = self.conversation.pause.on = True
        await self._interrupt()
        # What was heard of the interrupted answer is its sender's, if it has one.
        await self._worker.flush_pipeline()
        self._recorder.cut_off()
        self._answers.fail(Conflict("the session was paused before the answer"))

    async def resume(self) -> None:
        """Let the agent hear and speak again; the context goes on."""
        if self.paused:
            self._recorder.paused = False
            await self.conversation.pause.end()

    async def send_text(self, text: str, taken_up: asyncio.Event | None = None) -> Turn:
        """Put a typed message into the conversation and wait for the agent's turn.

        `taken_up` is set in the end if the message stands there, whatever became of the answer.

        Raises:
            Conflict: The call is paused, or was before the answer.
            ProviderTimeout: There was no answer within a minute.
            CallEnded: The call ended before the message was taken up.
            AnswerLost: It ended before the answer.
            Invalid, ProviderError: Nothing in the text can be read; the answer broke off.
        """
        if self.paused:
            raise Conflict(PAUSED)
        await self._interrupt()
        await self._worker.flush_pipeline()  # what was heard of the old answer comes before the new message
        self._recorder.cut_off()
        await self.refresh_tools()
        if self.over:
            raise CallEnded
        if self.paused:
            raise Conflict(PAUSED)
        answer, before = self._answers.expect(), self._recorder.user_turns
        message: Any = {"role": "user", "content": text}
        await self._worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=True))
        try:
            return await self._answers.of(answer)
        except CallEnded as error:
            if self._recorder.user_turns == before:
                raise
            raise AnswerLost("the call ended before the answer; what you wrote was taken up") from error
        finally:
            if taken_up and self._recorder.user_turns != before:
                taken_up.set()

    async def refresh_tools(self) -> None:
        """Look for changes of the workspace's tools."""
        await self.conversation.refresh_tools()

    def _agent_turn_ended(self, turn: Turn) -> None:
        """The agent has said something: answer who waits for it, and do what its tools asked for."""
        if not self._spoken:
            self.conversation.approval_gate.orion_said(turn.text)
        if not (self._goodbye.wanted or self._farewell.begun):
            self._hand_offs.proceed(interrupted=turn.interrupted)
        self._answers.said(turn)
        self.rings.said(turn)
        self.conversation.speech_answered()
        self.conversation.save_dialogue()
        if self._farewell.begun:
            self._tasks.spawn(self._farewell.proceed(), "farewell")
        self._goodbye.said(turn)

    def _part(self, reason: EndReason) -> None:
        self.ends_session = reason
        self._tasks.spawn(self.end(reason), "end of the session")

    async def parted(self) -> None:
        """Where the budget is used up, wait until the agent has said so."""
        if self._farewell.begun and not self.over:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FAREWELL_SECS):
                    await self._farewell.over.wait()

    def _goes_on(self) -> bool:
        """Whether more will be said by text without the user: over a tool's result, or a question."""
        if self._spoken:
            return False
        calls = self._pair.assistant().has_function_calls_in_progress
        return calls or self._hand_offs.owes or self.conversation.approval_gate.orion_owes

    @property
    def kind(self) -> str:
        """`voice` or `text`."""
        return "voice" if self._spoken else "text"

    @property
    def over(self) -> bool:
        """Whether the call has ended, or is about to."""
        return self._ending is not None

    async def end(self, reason: EndReason) -> None:
        """End the call, once; who calls while it ends waits for the same end."""
        if self._ending is None:
            self._ending = self._tasks.spawn(self._end(reason), "call end")
        await asyncio.shield(self._ending)

    async def _end(self, reason: EndReason) -> None:
        self._answers.fail(CallEnded())
        if not await climb_down(self._worker, self._run, self._tasks, politely=reason in _POLITE):
            self.abandoned = True
            logger.error("a pipeline did not end and was abandoned")
        if self.let_go is not None:
            await self.let_go()
        self.conversation.save_dialogue()
        self._recorder.close()
        for participant in self.participants:
            body = {"participant": participant, "reason": reason.value}
            self._recorder.publish("participant.left", body)
        await self._tasks.close()
        await self._on_ended(self, reason)

    def _nothing_to_read(self) -> None:
        self._answers.fail(Invalid(_UNREADABLE, problems=[FieldProblem("/text", _UNREADABLE)]))

    def _user_said(self, text: str) -> None:
        self._recorder.user_said(text)
        self._goodbye.sounded(text)
        self.conversation.requests.hand_offs = 0
        self._tasks.spawn(self._remind(text), "reminder")

    async def _remind(self, said: str) -> None:
        """Beside the frames: what is known of the user and fits the words, in time for the next turn."""
        if await self.conversation.remind(said):
            self.conversation.instruct()
            await self.conversation.renew()

    async def _go_on(self, ordinary: Ordinary, failed: ErrorFrame) -> None:
        """The speech model has failed: the ordinary engines go on, and answer what it owes."""
        await self._started.wait()
        try:
            said = await ordinary.go_on(self.conversation, self._pair, failed)
        except TimeoutError:
            await self.end(EndReason.ERROR)
            return
        if said is None:
            await self._fillers.failed()
        elif said:
            self._user_said(said)

    async def _end_after(self, secs: float) -> None:
        await asyncio.sleep(secs)
        await self.end(EndReason.LIMIT)

    def _run_ended(self) -> None:
        if self._ending is None and self._started.is_set():
            self._ending = self._tasks.spawn(self._end(EndReason.HUNG_UP), "call end")

    def _listen(self) -> None:
        """Connect the pipeline's events with the recorder."""
        self._listen_to_turns()
        worker, recorder = self._worker, self._recorder

        @worker.event_handler("on_pipeline_started")
        async def _(_worker: Any, _frame: Frame) -> None:
            self._started.set()

        @worker.event_handler("on_pipeline_error")
        async def _(_worker: Any, frame: ErrorFrame) -> None:
            # The text of an error may quote what was said.
            logger.warning("an error in {}: {}", frame.processor, type(frame.exception).__name__)
            if self._ordinary is not None and self.conversation.is_speech(frame.processor):
                await self._go_on(self._ordinary, frame)
                return
            recorder.publish("error", {"slug": "provider-error", "detail": "A part of the call failed."})
            if frame.processor is self.conversation.llm:
                await self._fillers.failed()

    def _listen_to_turns(self) -> None:
        user, assistant = self._pair.user(), self._pair.assistant()

        @user.event_handler("on_user_turn_started")
        async def _(_aggregator: Any, _strategy: Any) -> None:
            self._fillers.withdraw()
            self._goodbye.hold()
            self._recorder.cut_off()
            self._tasks.spawn(self.refresh_tools(), "tools")

        @user.event_handler("on_user_turn_stopped")
        async def _(_aggregator: Any, _strategy: Any, message: Any) -> None:
            if message.content is not None:  # of a speech model the words come later
                self._user_said(message.content)

        @user.event_handler("on_user_turn_message_added")
        async def _(_aggregator: Any, message: Any) -> None:
            if self._ordinary is not None and not self._ordinary.serve:
                self._user_said(message.content)

        @assistant.event_handler("on_assistant_turn_stopped")
        async def _(_aggregator: Any, message: Any) -> None:
            gate = self.conversation.approval_gate
            # Spoken, a question ends the agent's turn; written, it belongs to the answer.
            goes_on = self.conversation.played.goes_on and not (self._spoken and gate.orion_waits)
            interrupted = message.interrupted or self.conversation.played.broken
            self._recorder.agent_said(message.content, interrupted=interrupted, goes_on=goes_on)
            if self._spoken:
                gate.orion_said(message.content)
            else:
                self._recorder.state("listening")
