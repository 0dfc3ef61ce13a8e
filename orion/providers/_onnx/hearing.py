"""Speech to text by a pulled model: every utterance as a whole, when the VAD has found its end.

While somebody speaks, models that are quick enough are asked for the words so far, too; these decide when
a turn ends and whether a barge-in is one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService
from pipecat.transcriptions.language import Language
from pipecat.utils.time import time_now_iso8601

from orion.errors import OrionError
from orion.providers._onnx.recogniser import Heard, Recogniser

_RATE_HZ = 16000
_BYTES_PER_SEC = _RATE_HZ * 2
_BEFORE_BYTES = _BYTES_PER_SEC // 2
"""Half a second before the VAD's start belongs to the utterance: the VAD needs 0.2 s to be sure."""
_LONGEST_BYTES = 20 * _BYTES_PER_SEC
"""Longer utterances are heard in parts: Whisper hears 30 s at once, Moonshine was made for less."""
_PARTIAL_BYTES = _BYTES_PER_SEC * 3 // 5
_PARTIAL_UP_TO_BYTES = 8 * _BYTES_PER_SEC
"""The words so far are asked for every 0.6 s, as long as that costs little."""


@dataclass(frozen=True, slots=True)
class _Part:
    pcm: bytes
    ends: bool


class Hearing(STTService):
    """One call's recogniser, 16-bit mono PCM at 16 kHz.

    An utterance whose process dies is heard again by the next one. What cannot be heard at all is told
    as an error, and lost.
    """

    def __init__(
        self, recogniser: Recogniser, model: str, language: str, *, latency_secs: float, partial: bool
    ) -> None:
        """`latency_secs`: from the end of speech to the words, 99 of 100 times; the VAD waits 0.2 s of it."""
        super().__init__(
            sample_rate=_RATE_HZ,
            ttfs_p99_latency=latency_secs,
            settings=STTSettings(model=model, language=None),
        )
        self._orion_recogniser = recogniser
        self._orion_language = language
        self._orion_partial = partial
        self._orion_before: deque[bytes] = deque()
        self._orion_utterance = bytearray()
        self._orion_speaking = False
        self._orion_parts: asyncio.Queue[_Part] = asyncio.Queue()
        self._orion_listening: asyncio.Task[None] | None = None
        self._orion_guessing: asyncio.Task[None] | None = None
        self._orion_guessed_bytes = 0

    def can_generate_metrics(self) -> bool:
        """Time to the final transcript is measured."""
        return True

    async def start(self, frame: StartFrame) -> None:
        """Begin to listen; the model is loaded meanwhile, where it is not."""
        await super().start(frame)
        self._orion_listening = self.create_task(self._orion_listen())

    async def cleanup(self) -> None:
        """Stop listening."""
        await super().cleanup()
        for task in (self._orion_listening, self._orion_guessing):
            if task is not None:
                await self.cancel_task(task)
        self._orion_listening = self._orion_guessing = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin and end utterances where the VAD does."""
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame) and not self._orion_speaking:
            self._orion_speaking = True
            self._orion_utterance[:] = b"".join(self._orion_before)
            self._orion_guessed_bytes = len(self._orion_utterance)
        elif isinstance(frame, VADUserStoppedSpeakingFrame) and self._orion_speaking:
            self._orion_speaking = False
            self.request_finalize()
            self._orion_hand_over(ends=True)
            self._orion_before.clear()  # it is part of this utterance, not of the next

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Collect 20 ms or so of audio; the words come later."""
        self._orion_before.append(audio)
        while sum(map(len, self._orion_before)) > _BEFORE_BYTES:
            self._orion_before.popleft()
        if self._orion_speaking:
            self._orion_utterance += audio
            if len(self._orion_utterance) >= _LONGEST_BYTES:
                self._orion_hand_over(ends=False)
            elif self._orion_partial:
                self._orion_guess()
        yield None

    def _orion_hand_over(self, *, ends: bool) -> None:
        self._orion_parts.put_nowait(_Part(bytes(self._orion_utterance), ends))
        self._orion_utterance.clear()
        self._orion_guessed_bytes = 0

    def _orion_guess(self) -> None:
        fresh_bytes = len(self._orion_utterance) - self._orion_guessed_bytes
        idle = self._orion_guessing is None or self._orion_guessing.done()
        if idle and fresh_bytes >= _PARTIAL_BYTES and len(self._orion_utterance) < _PARTIAL_UP_TO_BYTES:
            self._orion_guessed_bytes = len(self._orion_utterance)
            self._orion_guessing = self.create_task(self._orion_tell_so_far(bytes(self._orion_utterance)))

    async def _orion_tell_so_far(self, pcm: bytes) -> None:
        try:
            heard = await self._orion_recogniser.hear(pcm, self._orion_language, draft=True)
        except (OrionError, OSError):
            return  # the end of the utterance tells it
        if heard.text and self._orion_speaking:
            await self.push_frame(
                InterimTranscriptionFrame(heard.text, self._user_id, time_now_iso8601(), _language(heard))
            )

    async def _orion_listen(self) -> None:
        with suppress(OrionError, OSError):  # the first utterance tells it
            await self._orion_recogniser.start()
        while True:
            part = await self._orion_parts.get()
            try:
                heard = await self._orion_recogniser.hear(part.pcm, self._orion_language)
            except (OrionError, OSError) as error:
                await self.push_error("speech recognition failed; an utterance is lost", exception=error)
                continue
            if heard.text:
                if part.ends:
                    self.confirm_finalize()
                await self.push_frame(
                    TranscriptionFrame(
                        heard.text,
                        self._user_id,
                        time_now_iso8601(),
                        _language(heard),
                        finalized=part.ends,
                    )
                )


def _language(heard: Heard) -> Language | None:
    return next((known for known in Language if known.value == heard.language), None)
