"""Whole calls in virtual time whose engines fail as a dice says; what was heard is known to the word.

The user's words are numbers: each is 300 ms of audio whose samples hold it, above `LOUD`, so that a
recogniser hears what is in the audio and nothing else. A model knows the answer to every question, and goes
on where it is told that it was cut off, or begins anew. Behind the engines that fail stands one that does
not.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from random import Random
from typing import Any

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    LLMFullResponseEndFrame,
    LLMMessagesAppendFrame,
    TTSAudioRawFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.pipeline import Pipeline
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
from orion.domain.turn import Latency
from orion.pipelines import text, voice
from orion.pipelines.records.latency import Filler, LatencyObserver, Stopwatch
from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.llm_order import LLMOrder
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.silence import Silence
from orion.processors.stt_order import STTOrder
from orion.processors.switched import SwitchedFrame
from orion.processors.tts_order import TTSOrder
from orion.processors.window import Window
from orion.providers import Candidate
from orion.providers._speech import WorkerTTSService
from orion.providers.scripted import ScriptedLLMService, ScriptedSTTService
from orion.providers.scripted.script import FAULTS, Answer, Heard, Sound
from orion.providers.scripted.voice import ScriptedVoice
from tests.providers.stage import RATE_HZ, Speaker
from tests.virtual_time import LoopClock

DEADLINES = Deadlines()
LOUD = 1000
"""What the samples of a word are more than its number: recognisers that go by loudness hear them, too."""
_WORD_SECS = 0.3
_FRAME_SECS = 0.1
_TURN_SECS = 90.0
_FAULTS = sorted(FAULTS - {""})
_SENTENCES = (
    "The answer to {n} is long.",
    "It has a second part, which is about {n} again!",
    "Is there more to {n}?",
    "There is no more to {n} than that.",
)


def answer_to(number: int) -> str:
    return " ".join(_SENTENCES[i].format(n=number + i) for i in range(2 + number % 3))


def question(number: int) -> str:
    """Three words, each heard nowhere else in the call."""
    return " ".join(str(number * 10 + word) for word in range(3))


def words_in(pcm: bytes | bytearray) -> list[str]:
    """The words of an utterance, by its samples."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    return [str(value - LOUD) for value, _ in groupby(samples) if value]


def _number(messages: Sequence[Any]) -> int:
    asked = next(str(m["content"]) for m in reversed(messages) if m["role"] == "user")
    return int(asked.split()[0]) // 10


class KnowingLLMService(ScriptedLLMService):
    """Knows the answers; fails as the script says. Some go on after a cut, some begin anew."""

    def __init__(self, answers: Sequence[Answer], *, goes_on: bool) -> None:
        super().__init__(answers)
        self._orion_goes_on = goes_on

    async def _orion_answer(self, context: LLMContext, answer: Answer) -> None:
        messages: list[Any] = list(context.get_messages())
        words = answer_to(_number(messages))
        if messages[-1]["role"] == "developer" and self._orion_goes_on:
            words = words.removeprefix(messages[-2]["content"]).strip()
        after = min(answer.after, len(words.split()) - 1)
        await super()._orion_answer(context, replace(answer, text=words, after=after))


class KnowingSTTService(ScriptedSTTService):
    """Hears the numbers in the audio; fails as the script says."""

    def __init__(self, utterances: Sequence[Heard]) -> None:
        super().__init__(utterances)
        self._orion_pcm = bytearray()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            self._orion_heard = replace(self._orion_heard, text=" ".join(words_in(self._orion_pcm)))
            self._orion_pcm.clear()
        await super().process_frame(frame, direction)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        self._orion_pcm += audio
        async for frame in super().run_stt(audio):
            yield frame


@dataclass
class Outcome:
    """What a call came to."""

    users: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    first_audio_secs: list[float] = field(default_factory=list)
    """From the last of the faults that came together (known when its deadline had passed) to a sound."""
    latencies: list[Latency] = field(default_factory=list)
    switches: list[SwitchedFrame] = field(default_factory=list)
    context: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Witness(BaseObserver):
    def __init__(self, found: Outcome) -> None:
        super().__init__(observe_every_push=False)
        self._found = found
        self._filler = Filler()
        self._switched_ns: int | None = None

    async def on_push_frame(self, data: FramePushed) -> None:
        if self._filler.covers(data.frame):
            return
        if isinstance(data.frame, SwitchedFrame):
            self._found.switches.append(data.frame)
            self._switched_ns = data.timestamp
        elif isinstance(data.frame, VADUserStoppedSpeakingFrame) and self._switched_ns is not None:
            self._switched_ns = data.timestamp  # the user was still speaking
        elif isinstance(data.frame, TTSAudioRawFrame) and self._switched_ns is not None:
            self._found.first_audio_secs.append((data.timestamp - self._switched_ns) / 1e9)
            self._switched_ns = None
        elif isinstance(data.frame, LLMFullResponseEndFrame):
            self._switched_ns = None  # a sentence had been synthesized already
        elif isinstance(data.frame, ErrorFrame):
            self._found.errors.append(data.frame.error)


class Studio:
    """The ends of a voice pipeline, in memory."""

    def __init__(self) -> None:
        self.speaker = Speaker()

    def input(self) -> IdentityFilter:
        return IdentityFilter()

    def output(self) -> Speaker:
        return self.speaker


def _named(services: Sequence[Any]) -> list[Candidate[Any]]:
    return [
        Candidate(name, service) for name, service in zip(("first", "second", "last"), services, strict=True)
    ]


def _models(dice: Random, turns: int) -> list[Candidate[Any]]:
    def script(share: float) -> list[Answer]:
        return [
            Answer(
                "",
                fault=dice.choice(_FAULTS) if dice.random() < share else "",
                after=dice.randrange(20),
                delay_ms=dice.randrange(300),
                token_delay_ms=dice.randrange(30),
            )
            for _ in range(turns)
        ]

    shares = (0.6, 0.3, 0.0)
    return _named([KnowingLLMService(script(share), goes_on=dice.random() < 0.5) for share in shares])


def _recognisers(dice: Random, turns: int) -> list[Candidate[Any]]:
    def script(share: float) -> list[Heard]:
        return [
            Heard(
                "",
                fault=dice.choice(_FAULTS) if dice.random() < share else "",
                after=dice.random() * 1.5,
                delay_ms=dice.randrange(200),
            )
            for _ in range(turns)
        ]

    return _named([KnowingSTTService(script(share)) for share in (0.4, 0.3, 0.0)])


def _voices(dice: Random, turns: int) -> list[Candidate[Any]]:
    def script(share: float) -> list[Sound]:
        return [
            Sound(
                dice.randrange(150),
                1.2,
                dice.choice(_FAULTS) if dice.random() < share else "",
                dice.choice((0.0, dice.random() * 1.1)),
            )
            for _ in range(turns * 3)
        ]

    return _named([WorkerTTSService(ScriptedVoice(script(share)), "", "en") for share in (0.2, 0.2, 0.0)])


@dataclass(frozen=True)
class Engines:
    """The engines of a call, in their orders."""

    llm: list[Candidate[Any]]
    stt: list[Candidate[Any]] = field(default_factory=list)
    tts: list[Candidate[Any]] = field(default_factory=list)


def scripted(dice: Random, turns: int, *, spoken: bool) -> Engines:
    """Engines that fail as their scripts say."""
    models = _models(dice, turns)
    return Engines(models, _recognisers(dice, turns), _voices(dice, turns)) if spoken else Engines(models)


def unfailing(kind: str) -> Any:
    """An engine that does not fail, and takes no time."""
    match kind:
        case "llm":
            return KnowingLLMService([Answer("")], goes_on=True)
        case "stt":
            return KnowingSTTService([Heard("")])
        case _:
            return WorkerTTSService(ScriptedVoice([Sound(0, 1.2)]), "", "en")


class SimulatedCall:
    """One call of some turns; in one with barge-ins the user waits for no answer but the last.

    Args:
        engines: What hears, answers and speaks; scripted ones where there are none.
        silent_frames: So long the microphone brings silence after speech, in tenths of a second.
    """

    def __init__(
        self,
        seed: int,
        *,
        spoken: bool,
        turns: int = 2,
        barges_in: bool = False,
        engines: Engines | None = None,
        silent_frames: int = 0,
    ) -> None:
        self._dice = Random(seed)
        self._engines = engines or scripted(self._dice, turns, spoken=spoken)
        self._silent_frames = silent_frames
        self._spoken = spoken
        self._turns = turns
        self._barges_in = barges_in
        self._breakers = Breakers()
        self._stopwatch = Stopwatch()
        self._answered = asyncio.Event()
        self.found = Outcome()
        self._context = LLMContext([{"role": "system", "content": "Answer."}])
        strategies = UserTurnStrategies(
            start=[VADUserTurnStartStrategy()],
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.3)],
        )
        params = LLMUserAggregatorParams(user_turn_strategies=strategies)
        self._pair = LLMContextAggregatorPair(self._context, user_params=params)
        self._worker = PipelineWorker(
            self._pipeline(),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=24000),
            observers=[_Witness(self.found), LatencyObserver(self._stopwatch)],
            clock=LoopClock(),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )
        self._listen()

    def _pipeline(self) -> Pipeline:
        llm = LLMOrder(self._engines.llm, self._breakers, DEADLINES, speaks=self._spoken)
        parts: dict[str, Any] = {
            "input_guardrail": InputGuardrail(_allowed, _nothing, lambda _: None),
            "context": self._pair,
            "approval_gate": IdentityFilter(),
            "llm": llm,
            "silence": Silence(lambda: None),
            "output_guardrail": OutputGuardrail(_allowed, _nothing),
            "played": PlayedWords(lambda _: None),
            "window": Window(16_000),
        }
        if not self._spoken:
            return text.build(**parts)
        return voice.build(
            transport=Studio(),  # type: ignore[arg-type]
            vad=IdentityFilter(),
            stt=STTOrder(self._engines.stt, self._breakers, DEADLINES),
            tts=TTSOrder(self._engines.tts, self._breakers, DEADLINES),
            pause=Pause(),
            **parts,
        )

    def _listen(self) -> None:
        @self._pair.user().event_handler("on_user_turn_stopped")
        async def _(_aggregator: Any, _strategy: Any, message: Any) -> None:
            self.found.users.append(message.content)

        @self._pair.assistant().event_handler("on_assistant_turn_stopped")
        async def _(_aggregator: Any, message: Any) -> None:
            if message.content or not message.interrupted:
                self.found.agents.append(message.content)
            if not message.interrupted:
                self._answered.set()

    async def run(self) -> Outcome:
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self._worker)
        running = asyncio.get_running_loop().create_task(runner.run())
        for number in range(1, self._turns + 1):
            if self._barges_in and number < self._turns:
                await self._say(number)
                await asyncio.sleep(self._dice.random() * 8)
            else:
                await self._turn(number)
        await self._worker.queue_frame(EndFrame())
        async with asyncio.timeout(_TURN_SECS):
            await running
        self.found.context = list(self._context.get_messages())
        return self.found

    async def _turn(self, number: int) -> None:
        if self._spoken:
            await self._say(number)
        else:
            self._answered.clear()
            message: Any = {"role": "user", "content": question(number)}
            await self._worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=True))
        with suppress(TimeoutError):
            async with asyncio.timeout(_TURN_SECS):
                await self._answered.wait()
        self.found.latencies.append(self._stopwatch.take())

    async def _say(self, number: int) -> None:
        await self._microphone([0] * 10)
        await self._worker.queue_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
        await self._microphone([LOUD + int(word) for word in question(number).split() for _ in range(3)])
        await self._microphone([0] * 2)
        self._answered.clear()
        await self._worker.queue_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await self._microphone([0] * self._silent_frames)

    async def _microphone(self, samples: Sequence[int]) -> None:
        for sample in samples:
            pcm = struct.pack("<h", sample) * round(RATE_HZ * _FRAME_SECS)
            await self._worker.queue_frame(InputAudioRawFrame(pcm, RATE_HZ, 1))
            await asyncio.sleep(_FRAME_SECS)


def _allowed(utterance: Utterance) -> Verdict:
    return Verdict(Action.ALLOW, utterance.text, ())


async def _nothing(_utterance: Utterance, _verdict: Verdict) -> None:
    pass
