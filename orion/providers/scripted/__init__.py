"""STT, LLM and TTS that play a script, for tests and benchmarks: the same every time, at no cost.

`ORION_SCRIPT` names the script (its form stands in `script.py`). Without one they take no time: a fixed
final at the end of each utterance, one sentence, five seconds of a voice-like signal. They have no rank,
so `auto` never chooses them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import cycle
from typing import Any
from uuid import uuid4

from pipecat.frames.frames import (
    Frame,
    FunctionCallFromLLM,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.utils.errors import ErrorCategory
from pipecat.utils.time import time_now_iso8601

from orion.domain.agent import Agent
from orion.errors import StartError
from orion.providers._model import Model
from orion.providers._speech import WorkerTTSService
from orion.providers.scripted.replies import Replies
from orion.providers.scripted.script import STALL, Answer, Heard, Script, read
from orion.providers.scripted.voice import ScriptedVoice, voice_like
from orion.settings import Settings

_PARTIAL_SECS = 0.2
_NOTHING = Script().llm[0]


def available(settings: Settings, _kind: str) -> str | None:
    """None where the script can be played, else what is wrong with it."""
    try:
        read(settings.script)
    except StartError as error:
        return str(error)
    return None


async def start(settings: Settings) -> None:
    """Compute the signal, so that no call waits for it."""
    for sound in read(settings.script).tts:
        voice_like(sound.secs)


async def stop() -> None:
    """Nothing runs."""


def stt(settings: Settings, _agent: Agent) -> STTService:
    """Hears the script's utterances, one call's from the first on. Raises StartError."""
    return ScriptedSTTService(read(settings.script).stt)


def llm(settings: Settings, _agent: Agent) -> LLMService[Any]:
    """Answers as the script says, one call's from the first on. Raises StartError."""
    script = read(settings.script)
    return ScriptedLLMService(script.llm, script.inference)


def tts(settings: Settings, agent: Agent) -> TTSService:
    """Sounds as long as the script says. Raises StartError."""
    return WorkerTTSService(ScriptedVoice(read(settings.script).tts), "", agent.language)


class ScriptedSTTService(STTService):
    """One entry per utterance that the VAD marks; partials come by the audio's time, not by a clock."""

    def __init__(self, utterances: Sequence[Heard]) -> None:
        longest_secs = max(heard.delay_ms for heard in utterances) / 1000
        super().__init__(
            ttfs_p99_latency=longest_secs + 0.3,  # more than the VAD's stop time, which it includes
            settings=STTSettings(model="scripted", language=None),
        )
        self._orion_utterances = cycle(utterances)
        self._orion_heard = Heard()
        self._orion_partials: Iterator[str] = iter(())
        self._orion_speaking = False
        self._orion_secs = 0.0
        self._orion_total = 0.0

    def can_generate_metrics(self) -> bool:
        """Time to the final transcript is measured."""
        return True

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin and end utterances where the VAD does."""
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame) and not self._orion_speaking:
            self._orion_speaking, self._orion_secs, self._orion_total = True, 0.0, 0.0
            self._orion_heard = next(self._orion_utterances)
            self._orion_partials = iter(self._orion_heard.partials)
        elif isinstance(frame, VADUserStoppedSpeakingFrame) and self._orion_speaking:
            self._orion_speaking = False
            if self._orion_heard.fault:
                await self._orion_fault()
            elif self._orion_heard.delay_ms:
                self.create_task(self._orion_final(self._orion_heard))
            else:
                await self._orion_final(self._orion_heard)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Take 16-bit mono PCM; a partial is due after every 200 ms of it."""
        words = None
        if self._orion_speaking:
            secs = len(audio) / 2 / self.sample_rate
            self._orion_secs += secs
            self._orion_total += secs
            if self._orion_heard.fault and self._orion_total >= self._orion_heard.after:
                await self._orion_fault()
            elif self._orion_secs >= _PARTIAL_SECS:
                self._orion_secs -= _PARTIAL_SECS
                words = next(self._orion_partials, None)
        yield InterimTranscriptionFrame(words, self._user_id, time_now_iso8601()) if words else None

    async def _orion_fault(self) -> None:
        self._orion_speaking = False
        if self._orion_heard.fault != STALL:
            await self.push_error("as the script says", category=ErrorCategory(self._orion_heard.fault))

    async def _orion_final(self, heard: Heard) -> None:
        await asyncio.sleep(heard.delay_ms / 1000)
        if heard.text:
            final = TranscriptionFrame(heard.text, self._user_id, time_now_iso8601(), finalized=True)
            await self.push_frame(final)


class ScriptedLLMService(Model):
    """One entry per context that it is asked to answer; a barge-in cancels what is under way."""

    def __init__(self, answers: Sequence[Answer], inferences: Sequence[Answer] = ()) -> None:
        super().__init__(settings=_settings())
        self._orion_answers = Replies(answers, cycle([one for one in answers if not one.to] or [_NOTHING]))
        self._orion_inferences = Replies(inferences, iter([one for one in inferences if not one.to]))

    def can_generate_metrics(self) -> bool:
        """Time to the first token is measured."""
        return True

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a context; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self._orion_answer(frame.context, self._orion_answers.next(frame.context) or _NOTHING)
        else:
            await self.push_frame(frame, direction)

    async def run_inference(
        self,
        context: LLMContext,
        max_tokens: int | None = None,  # noqa: ARG002 - Pipecat's signature
        system_instruction: str | None = None,  # noqa: ARG002
        response_schema: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> str | None:
        """The script's next answer outside the conversation; None where it has none."""
        answer = self._orion_inferences.next(context)
        if answer is None:
            return None
        await asyncio.sleep(answer.delay_ms / 1000)
        return answer.text

    async def _orion_answer(self, context: LLMContext, answer: Answer) -> None:
        self.orion_answers(context)
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            await self.start_ttfb_metrics()
            await asyncio.sleep(answer.delay_ms / 1000)
            await self.stop_ttfb_metrics()
            words = answer.text.split()
            for index, word in enumerate(words[: int(answer.after)] if answer.fault else words):
                await asyncio.sleep(answer.token_delay_ms / 1000 if index else 0)
                await self._push_llm_text(f" {word}" if index else word)
            if answer.fault == STALL:
                await asyncio.Event().wait()
            if answer.fault:
                await self.push_error("as the script says", category=ErrorCategory(answer.fault))
                return
            await self.run_function_calls([_call(call, context) for call in answer.tool_calls])
        finally:
            await self.push_frame(LLMFullResponseEndFrame())


def _call(call: Any, context: LLMContext) -> FunctionCallFromLLM:
    return FunctionCallFromLLM(
        function_name=call["name"],
        tool_call_id=f"call_{uuid4().hex}",
        arguments=dict(call.get("arguments", {})),
        context=context,
    )


def _settings() -> LLMSettings:
    """Every field has a value, as Pipecat wants it; none means anything here."""
    return LLMSettings(
        model="scripted",
        system_instruction=None,
        temperature=None,
        max_tokens=None,
        top_p=None,
        top_k=None,
        frequency_penalty=None,
        presence_penalty=None,
        seed=None,
        filter_incomplete_user_turns=False,
        user_turn_completion_config=None,
    )
