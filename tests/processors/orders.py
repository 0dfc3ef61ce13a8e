"""Orders of scripted engines, on a stage: each engine plays a script of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pipecat.frames.frames import Frame, LLMFullResponseEndFrame, LLMTextFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import LLMService

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.llm_order import LLMOrder
from orion.processors.stt_order import STTOrder
from orion.processors.switched import SwitchedFrame
from orion.processors.tts_order import TTSOrder
from orion.providers import Candidate
from orion.providers._speech import WorkerTTSService
from orion.providers.scripted import ScriptedLLMService, ScriptedSTTService
from orion.providers.scripted.script import Answer, Heard, Sound
from orion.providers.scripted.voice import ScriptedVoice
from tests.providers.stage import Speaker, Stage, on_stage

SOON = Deadlines(0.15, 0.15, 0.1, 0.2, 0.15)
NAMES = ("first", "second", "third")


class AttentiveLLMService(ScriptedLLMService):
    """Keeps the contexts that it was asked about."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        super().__init__(answers)
        self.asked: list[list[Any]] = []

    async def _orion_answer(self, context: LLMContext, answer: Answer) -> None:
        self.asked.append(list(context.get_messages()))
        await super()._orion_answer(context, answer)


class AttentiveSTTService(ScriptedSTTService):
    """Counts the audio that it gets."""

    heard_secs = 0.0

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        self.heard_secs += len(audio) / 2 / self.sample_rate
        async for frame in super().run_stt(audio):
            yield frame


def models(
    *scripts: Sequence[Answer] | LLMService[Any],
    speaks: bool = False,
    breakers: Breakers | None = None,
    deadlines: Deadlines = SOON,
):
    services = [s if isinstance(s, LLMService) else AttentiveLLMService(s) for s in scripts]
    named = [Candidate(name, service) for name, service in zip(NAMES, services, strict=False)]
    return LLMOrder(named, breakers or Breakers(), deadlines, speaks=speaks)


def voices(
    *scripts: Sequence[Sound] | WorkerTTSService,
    breakers: Breakers | None = None,
    deadlines: Deadlines = SOON,
) -> TTSOrder:
    services = [
        s if isinstance(s, WorkerTTSService) else WorkerTTSService(ScriptedVoice(s), "", "en")
        for s in scripts
    ]
    named = [Candidate(name, service) for name, service in zip(NAMES, services, strict=False)]
    return TTSOrder(named, breakers or Breakers(), deadlines)


def recognisers(*scripts: Sequence[Heard], breakers: Breakers | None = None) -> STTOrder:
    services = [AttentiveSTTService(heard) for heard in scripts]
    named = [Candidate(name, service) for name, service in zip(NAMES, services, strict=False)]
    return STTOrder(named, breakers or Breakers(), SOON)


def switches(stage: Stage) -> list[tuple[str, str | None]]:
    """Which failed, and which went on."""
    return [(frame.failed, frame.taken) for frame in stage.all(SwitchedFrame)]


def said(stage: Stage) -> str:
    return "".join(frame.text for frame in stage.all(LLMTextFrame))


async def answered(stage: Stage, number: int = 1) -> str:
    await stage.heard(LLMFullResponseEndFrame, number)
    return said(stage)


@asynccontextmanager
async def speaking(order: TTSOrder) -> AsyncIterator[Stage]:
    """A stage that plays what is said."""
    async with on_stage(order, speaker=Speaker()) as stage:
        yield stage
