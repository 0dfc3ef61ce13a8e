"""A call: one live pipeline of one session, from the first frame to the last; it ends once, in one place.

Each call has a WorkerRunner of its own, for a shared one never frees the workers that have ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    TTSSpeakFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frameworks.rtvi import RTVIObserverParams, RTVIProcessor
from pipecat.services.settings import TTSSettings
from pipecat.workers.runner import WorkerRunner

from orion.domain.agent import Agent
from orion.domain.identity import Principal
from orion.domain.session import EndReason
from orion.domain.turn import Turn
from orion.errors import (
    Conflict,
    DatabaseUnavailable,
    FieldProblem,
    Invalid,
    ProviderTimeout,
    Unavailable,
)
from orion.pipelines.answers import Answers
from orion.pipelines.conversation import Conversation
from orion.pipelines.latency import LatencyObserver
from orion.pipelines.tasks import Tasks
from orion.pipelines.watch import Watch
from orion.processors.llm_order import FILLER

_START_SECS = 15.0
_RUNG_SECS = 3.0
"""How long each rung of the teardown ladder may take."""
_ANSWER_SECS = 60.0
_REFRESH_SECS = 2.0
_APOLOGY = "Sorry, something went wrong on my side. Please say that again."
"""No turn goes silent, not even when the agent itself fails."""

_RTVI = RTVIObserverParams(
    bot_llm_enabled=False,  # the model's text before the guardrail
    user_llm_enabled=False,
    metrics_enabled=False,
    system_logs_enabled=False,
)
_NO_WORDS = "Sorry, I have no answer to that."
_FAILURE_SECS = 0.2
"""So late a failure may be told that is the reason of a silence."""
PAUSED = "the session is paused; set its status to active first"


class CallEnded(Unavailable):
    """The call ended before the answer."""


class Call:
    """One live pipeline.

    Args:
        pipeline: What the frames pass, built by `voice.build` or `text.build`.
        pair: The aggregators in it: they tell what was said and heard.
        rtvi: The processor that speaks to the client; None where no client listens.
        on_ended: Told once when the call is over.

    Attributes:
        joiner: Who is in it: `user`, or the id of a guest. One person per room.
        principal: Who began the call: it ends with their credentials.
        peer: What the way in keeps of the other end; nobody else looks into it.
        let_go: How the way in lets go of the other end, once nothing more is said.
        settling: Held while the call is brought to the status of its session.
        abandoned: The pipeline did not end; it was left behind and counted.
        ends_session: The agent ended not only the call.
    """

    def __init__(
        self,
        conversation: Conversation,
        pipeline: Pipeline,
        pair: LLMContextAggregatorPair,
        *,
        rtvi: RTVIProcessor | None,
        on_ended: Callable[[Call, EndReason], Awaitable[None]],
        joiner: str = "user",
        principal: Principal | None = None,
    ) -> None:
        self.conversation = conversation
        self.session_id = conversation.session.id
        self.joiner = joiner
        self.principal = principal or conversation.principal
        self.participants: list[str] = []
        self.peer: object = None
        self.let_go: Callable[[], Awaitable[None]] | None = None
        self.abandoned = False
        self.ends_session = False
        self._failures = 0
        self.settling = asyncio.Lock()
        self._recorder = conversation.recorder
        self._recorder.on_agent_turn = self._agent_turn_ended
        self._recorder.on_unreadable = self._nothing_to_read
        conversation.on_silent = self._fell_silent
        if rtvi is not None:
            conversation.on_slow = self._say_that_it_takes_a_moment
        self._pair = pair
        self._on_ended = on_ended
        self._spoken = rtvi is not None
        self._tasks = Tasks()
        self._answers = Answers(self._tasks, self._goes_on)
        self._ending: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
        self._worker = PipelineWorker(
            pipeline,
            params=PipelineParams(audio_in_sample_rate=16000, audio_out_sample_rate=24000),
            observers=[LatencyObserver(conversation.stopwatch), Watch(self._recorder)],
            enable_turn_tracking=False,
            enable_rtvi=rtvi is not None,
            rtvi_processor=rtvi,
            rtvi_observer_params=_RTVI if rtvi else None,
            idle_timeout_secs=None,
            cancel_runner_on_idle_timeout=False,
            check_dangling_tasks=False,
        )
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
        limit_secs = self.conversation.agent.max_call_secs or self.conversation.shared.settings.call_max_secs
        self._tasks.spawn(self._end_after(limit_secs), "call limit")
        if not self.conversation.guest:
            self._tasks.spawn(self.conversation.plans.follow(self.say, self._ask), "plans")

    async def joined(self, participant: str, transport: str) -> None:
        """Somebody is connected; the first time in a session the agent greets."""
        self.participants.append(participant)
        self._recorder.publish("participant.joined", {"participant": participant, "transport": transport})
        self._recorder.state("listening")
        greeting = self.conversation.greeting()
        if greeting and len(self.conversation.context.messages) == 1:
            await self.say(greeting)
        if self.conversation.news:
            await self.say(self.conversation.news)
        if not self.conversation.guest:
            await self.conversation.plans.ask_again()
        await self._ask()

    async def say(self, text: str, *, interrupt: bool = False) -> None:
        """Let the agent say `text`; it becomes part of the context as far as it is heard."""
        if interrupt:
            await self._worker.queue_frame(InterruptionFrame())
        await self._worker.queue_frame(TTSSpeakFrame(text, append_to_context=True))

    async def _ask(self) -> None:
        """Read out what waits for a yes, if anything does; by text the next answer ends with it."""
        if self._spoken:
            await self.conversation.approval_gate.orion_ask()

    def _say_that_it_takes_a_moment(self) -> None:
        if self._recorder.thinking:
            filler = TTSSpeakFrame(FILLER, append_to_context=False)
            self._tasks.spawn(self._worker.queue_frame(filler), "filler")

    def _fell_silent(self) -> None:
        self._tasks.spawn(self._break_silence(), "silence")

    async def _break_silence(self) -> None:
        """Say something where the agent had no words; not if it has failed, which is said anyway."""
        failures = self._failures
        await asyncio.sleep(_FAILURE_SECS)
        if failures == self._failures:
            await self.say(_NO_WORDS)

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
        await self._worker.queue_frame(InterruptionFrame())
        # What was heard of the interrupted answer is its sender's, if it has one.
        await self._worker.flush_pipeline()
        self._answers.fail(Conflict("the session was paused before the answer"))

    async def resume(self) -> None:
        """Let the agent hear and speak again; the context goes on."""
        if self.paused:
            self._recorder.paused = False
            await self.conversation.pause.end()

    async def send_text(self, text: str) -> Turn:
        """Put a typed message of the user into the conversation and wait for the agent's turn.

        Raises:
            Conflict: The call is paused, or was before the answer.
            ProviderTimeout: There was no answer within a minute.
            CallEnded: The call ended before the answer.
            Invalid: Nothing in the text can be read.
        """
        if self.paused:
            raise Conflict(PAUSED)
        await self._worker.queue_frame(InterruptionFrame())
        # What was heard of the interrupted answer must be in the context before the new message.
        await self._worker.flush_pipeline()
        await self.refresh_tools()
        if self.over:
            raise CallEnded
        if self.paused:
            raise Conflict(PAUSED)
        answer = self._answers.expect()
        message: Any = {"role": "user", "content": text}
        await self._worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=True))
        try:
            async with asyncio.timeout(_ANSWER_SECS):
                return await answer
        except TimeoutError:
            raise ProviderTimeout("the agent did not answer in time") from None
        finally:
            self._answers.forget(answer)

    async def refresh_tools(self) -> None:
        """Look for changes of the workspace's tools; a database that is away or slow changes nothing."""
        conversation = self.conversation
        try:
            async with asyncio.timeout(_REFRESH_SECS):
                offer = await conversation.shared.catalogue.of(conversation.session.workspace_id)
        except (DatabaseUnavailable, TimeoutError):
            logger.warning("the tools of a call wait for the database")
        else:
            conversation.take(offer)

    def _agent_turn_ended(self, turn: Turn) -> None:
        """The agent has said something: answer who waits for it, and do what its tools asked for."""
        self.conversation.approval_gate.orion_said(turn.text)
        self._answers.said(turn)
        self.conversation.save_dialogue()
        requests = self.conversation.requests
        if requests.end_call:
            requests.end_call = False
            self.ends_session = True
            self._tasks.spawn(self.end(EndReason.AGENT), "agent ends the call")
        elif requests.hand_over is not None:
            agent = self.conversation.offer.roster.get(requests.hand_over)
            requests.hand_over = None
            self.conversation.give_word_to(agent)
            self._tasks.spawn(self._switch_to(agent), "hand-over")

    def _goes_on(self) -> bool:
        """Whether more will be said by text without the user: over a tool's result, or a question."""
        if self._spoken:
            return False
        calls = self._pair.assistant().has_function_calls_in_progress
        return calls or self.conversation.approval_gate.orion_owes

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
        await self._climb_down(reason)
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
        detail = "nothing in the text can be read"
        self._answers.fail(Invalid(detail, problems=[FieldProblem("/text", detail)]))

    async def _climb_down(self, reason: EndReason) -> None:
        """The teardown ladder: ask, cancel, cancel past the queues, abandon and count."""
        rungs: list[Callable[[], Awaitable[Any]]] = [
            self._worker.cancel,
            lambda: self._worker.pipeline.queue_frame(CancelFrame(reason="teardown")),
        ]
        if reason in {EndReason.AGENT, EndReason.LIMIT, EndReason.SHUTDOWN}:
            rungs.insert(0, self._worker.stop_when_done)
        for rung in rungs:
            if self._run is None or self._run.done():
                return
            # A rung may hang itself: it runs beside the wait.
            self._tasks.spawn(_quietly(rung()), "teardown")
            await asyncio.wait({self._run}, timeout=_RUNG_SECS)
        if self._run is not None and not self._run.done():
            self.abandoned = True
            logger.error("a pipeline did not end and was abandoned")

    async def _switch_to(self, agent: Agent) -> None:
        """Give the running pipeline the voice of `agent`, and let it greet."""
        if agent.voice:
            await self._worker.queue_frame(TTSUpdateSettingsFrame(delta=TTSSettings(voice=agent.voice)))
        if self.conversation.greeting():
            await self.say(self.conversation.greeting())

    async def _remind(self, said: str) -> None:
        """Beside the frames: what is known of the user and fits the words, in time for the next turn."""
        if await self.conversation.remind(said):
            self.conversation.instruct()

    async def _end_after(self, secs: float) -> None:
        await asyncio.sleep(secs)
        await self.end(EndReason.LIMIT)

    def _run_ended(self) -> None:
        if self._ending is None and self._started.is_set():
            self._ending = self._tasks.spawn(self._end(EndReason.HUNG_UP), "call end")

    def _listen(self) -> None:
        """Connect the pipeline's events with the recorder."""
        worker, recorder = self._worker, self._recorder
        user, assistant = self._pair.user(), self._pair.assistant()

        @worker.event_handler("on_pipeline_started")
        async def _(_worker: Any, _frame: Frame) -> None:
            self._started.set()

        @worker.event_handler("on_pipeline_error")
        async def _(_worker: Any, frame: ErrorFrame) -> None:
            # The text of an error may quote what was said.
            logger.warning("an error in {}: {}", frame.processor, type(frame.exception).__name__)
            recorder.publish("error", {"slug": "provider-error", "detail": "A part of the call failed."})
            if frame.processor is self.conversation.llm:
                self._failures += 1
                await self.say(_APOLOGY)

        @user.event_handler("on_user_turn_started")
        async def _(_aggregator: Any, _strategy: Any) -> None:
            self._tasks.spawn(self.refresh_tools(), "tools")

        @user.event_handler("on_user_turn_stopped")
        async def _(_aggregator: Any, _strategy: Any, message: Any) -> None:
            recorder.user_said(message.content or "")
            self._tasks.spawn(self._remind(message.content or ""), "reminder")

        @assistant.event_handler("on_assistant_turn_stopped")
        async def _(_aggregator: Any, message: Any) -> None:
            recorder.agent_said(message.content, interrupted=message.interrupted)
            if not self._spoken:
                recorder.state("listening")


async def _quietly(work: Awaitable[Any]) -> None:
    """Await a rung of the ladder; what it raises is the next rung's business."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - a call's edge: its end must be reached
        logger.debug("teardown: {}", type(error).__name__)
