"""Conversations, written and spoken, on a virtual clock, with models of `fuzzed_vendors`.

Each question has a number, which its answer repeats, so that what was said of which turn is known. A spoken
one is 300 ms of audio whose samples hold the number; hearing and speaking do not fail. Users barge in: with
the next question while the last one is answered, or by voice with a cough, which is no words.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.guardrail import Action, Utterance, Verdict
from orion.domain.tool import Tool, ToolCall
from orion.pipelines import engines, text, voice
from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.silence import Silence
from orion.processors.tool_call import ToolCaller
from orion.processors.unknown_tool import refuse_unknown
from orion.processors.window import Window
from orion.providers import Candidate, anthropic, openai
from orion.providers._speech import WorkerTTSService
from orion.providers.scripted import ScriptedSTTService
from orion.providers.scripted.script import Heard, Sound
from orion.providers.scripted.voice import ScriptedVoice
from tests.pipelines.fuzzed_vendors import APIS, FuzzedVendors, models
from tests.pipelines.simulated_call import LOUD, Studio, words_in
from tests.providers.stage import RATE_HZ
from tests.simulators.wire import serve
from tests.virtual_time import LoopClock

_TURN_SECS = 75.0
_FRAME_SECS = 0.1
_COUGH = 1


@dataclass
class Turn:
    """What came of a question; where a cough cut its answer off, of what was answered then.

    Attributes:
        number: Of the question.
        said: The words that were given to a voice.
        why: What explains a silence: `silent`, `error`, `interrupted`.
    """

    number: int
    said: list[str] = field(default_factory=list)
    why: set[str] = field(default_factory=set)


@dataclass
class Found:
    """What came of a conversation.

    Attributes:
        calls: The calls that were recorded at their end.
        refused: What a strict server said of a context.
    """

    turns: list[Turn] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class _Runnable:
    def __init__(self, tool: Tool, secs: float) -> None:
        self.tool = tool
        self._secs = secs

    async def run(self, arguments: dict[str, Any], _context: Any) -> dict[str, Any]:
        await asyncio.sleep(self._secs)
        return {"done": arguments.get("item")}


class _Hearing(ScriptedSTTService):
    """Hears the questions in the audio, and nothing in a cough."""

    def __init__(self) -> None:
        super().__init__([Heard("")])
        self._orion_pcm = bytearray()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            numbers = [number for number in words_in(self._orion_pcm) if int(number) > _COUGH]
            said = " ".join(f"question {int(number) - _COUGH}" for number in numbers)
            self._orion_heard = replace(self._orion_heard, text=said)
            self._orion_pcm.clear()
        await super().process_frame(frame, direction)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        self._orion_pcm += audio
        async for frame in super().run_stt(audio):
            yield frame


class FuzzedTurns:
    """One conversation.

    Args:
        seed: Decides everything, together with the way.
        turns: So many questions are put.
        order: Two vendors in an order, instead of one.
        spoken: By voice.
    """

    def __init__(self, seed: int, turns: int, *, order: bool, spoken: bool = False) -> None:
        self._dice = Random(f"{seed} {order} {spoken}")
        self._turns, self._order, self._spoken = turns, order, spoken
        self._vendors = FuzzedVendors(self._dice)
        self.found = Found(refused=self._vendors.refused)

    async def run(self) -> Found:
        """Put the questions, and see what comes of them."""
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(serve(self._vendors.answer))
            stack.push_async_callback(openai.stop)
            stack.push_async_callback(anthropic.stop)
            worker = await stack.enter_async_context(self._running(url))
            for turn in range(1, self._turns + 1):
                await (self._say(worker, turn) if self._spoken else self._write(worker, turn))
                await self._wait(worker, hurried=turn < self._turns)
            await worker.queue_frame(EndFrame())
        return self.found

    async def _write(self, worker: PipelineWorker, turn: int) -> None:
        self.found.turns.append(Turn(turn))
        await worker.queue_frame(InterruptionFrame())
        await worker.flush_pipeline()
        message: Any = {"role": "user", "content": f"question {turn}"}
        await worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=True))

    async def _say(self, worker: PipelineWorker, turn: int) -> None:
        await self._microphone(worker, [0] * 2)
        await worker.queue_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
        await worker.flush_pipeline()
        self.found.turns.append(Turn(turn))
        await self._microphone(worker, [LOUD + turn + _COUGH] * 3 + [0] * 2)
        await worker.queue_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2))

    async def _cough(self, worker: PipelineWorker) -> None:
        await worker.queue_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
        await worker.flush_pipeline()
        self.found.turns.append(Turn(self.found.turns[-1].number, why={"interrupted"}))
        await self._microphone(worker, [LOUD + _COUGH] * 2 + [0] * 2)
        await worker.queue_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2))

    async def _wait(self, worker: PipelineWorker, *, hurried: bool) -> None:
        """Wait for an answer, or barge in before."""
        kind = self._dice.random()
        if kind >= (0.3 if self._spoken else 0.2) or not hurried:
            await asyncio.sleep(_TURN_SECS)
            return
        await asyncio.sleep(self._dice.random() * (6 if self._spoken else 3))
        self._explain("interrupted")
        if kind >= 0.2:
            await self._cough(worker)
            await asyncio.sleep(_TURN_SECS)

    async def _microphone(self, worker: PipelineWorker, samples: list[int]) -> None:
        for sample in samples:
            pcm = struct.pack("<h", sample) * round(RATE_HZ * _FRAME_SECS)
            await worker.queue_frame(InputAudioRawFrame(pcm, RATE_HZ, 1))
            await asyncio.sleep(_FRAME_SECS)

    @asynccontextmanager
    async def _running(self, url: str) -> AsyncIterator[PipelineWorker]:
        worker = PipelineWorker(
            self._pipeline(url),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=24000),
            clock=LoopClock(),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )

        @worker.event_handler("on_pipeline_error")
        async def _(_worker: Any, _frame: Any) -> None:
            self._explain("error")

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running = asyncio.get_running_loop().create_task(runner.run())
        yield worker
        await running

    def _pipeline(self, url: str) -> Any:
        apis = self._dice.sample(APIS, 2 if self._order else 1)
        asked = models(url, apis)
        llm = engines.llm(asked, Breakers(), Deadlines(), speaks=self._spoken)
        caller = ToolCaller(_tools(), _no_context, self._called, llm.orion_admits)
        for model in asked:
            refuse_unknown(model.service, self._called, llm.orion_admits)
        system: Any = {"role": "system", "content": "Answer."}
        context = LLMContext([system], tools=ToolsSchema(standard_tools=list(caller.schemas())))
        parts: dict[str, Any] = {
            "input_guardrail": InputGuardrail(_allowed, _nothing, lambda _: None),
            "context": LLMContextAggregatorPair(context, user_params=_by_voice() if self._spoken else None),
            "approval_gate": IdentityFilter(),
            "llm": llm,
            "silence": Silence(lambda: self._explain("silent"), speaks=self._spoken),
            "output_guardrail": OutputGuardrail(_allowed, _nothing),
            "played": PlayedWords(self._said),
            "window": Window(64_000),
        }
        return self._voiced(parts) if self._spoken else text.build(**parts)

    def _voiced(self, parts: dict[str, Any]) -> Any:
        speech = WorkerTTSService(ScriptedVoice([Sound(0, 1.2)]), "", "en")
        return voice.build(
            transport=Studio(),  # type: ignore[arg-type]
            vad=IdentityFilter(),
            stt=engines.stt([Candidate("hearing", _Hearing())], Breakers(), Deadlines()),
            tts=engines.tts([Candidate("speech", speech)], Breakers(), Deadlines()),
            pause=Pause(),
            **parts,
        )

    def _said(self, words: str) -> None:
        self.found.turns[-1].said.append(words)

    def _explain(self, why: str) -> None:
        self.found.turns[-1].why.add(why)

    async def _called(self, call: ToolCall) -> None:
        if call.duration_ms is not None:
            self.found.calls.append(call)


def _by_voice() -> LLMUserAggregatorParams:
    stop = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.3)
    return LLMUserAggregatorParams(
        user_turn_strategies=UserTurnStrategies(start=[VADUserTurnStartStrategy()], stop=[stop])
    )


def _tools() -> dict[str, Any]:
    schema = {"type": "object", "properties": {"item": {"type": "string"}}}
    return {
        "order": _Runnable(Tool("order", "Orders.", schema, side_effects=True), 0.2),
        "stock": _Runnable(Tool("stock", "Tells.", schema), 1.5),
    }


def _no_context(_call_id: str) -> Any:
    return None


def _allowed(utterance: Utterance) -> Verdict:
    return Verdict(Action.ALLOW, utterance.text, ())


async def _nothing(_utterance: Utterance, _verdict: Verdict) -> None:
    pass
