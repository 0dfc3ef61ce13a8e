"""Speech to text by a pulled model: every utterance as a whole, when the VAD has found its end.

While somebody speaks, models that are quick enough are asked for the words so far, too; these decide when
a turn ends and whether a barge-in is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
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
from orion.providers import UnsureFrame
from orion.providers._onnx.recogniser import Heard, Recogniser
from orion.providers._onnx.retold import beyond
from orion.providers._onnx.turn_sound import BYTES_PER_SEC, Part, TurnSound

_RATE_HZ = 16000
_DRAFT_BYTES = BYTES_PER_SEC // 2
_DRAFT_UP_TO_BYTES = 8 * BYTES_PER_SEC
"""The words so far are asked for every 0.5 s, as long as that costs little."""
_DRAFT_SHARE = 4
"""The time between two of them is so many times what the last one took: there are fewer under load."""


class Hearing(STTService):
    """One call's recogniser, 16-bit mono PCM at 16 kHz.

    An utterance whose process dies is heard again by the next one. What cannot be heard at all is told
    as an error, and lost.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        model: str,
        language: str,
        *,
        latency_secs: float,
        partial: bool,
        together: bool = False,
    ) -> None:
        """Take a recogniser for one call.

        Args:
            latency_secs: From the end of speech to the words, 99 of 100 times; the VAD waits 0.2 s of it.
            partial: Words are told while one speaks.
            together: What is said between short pauses is heard as a whole, and what is new in it is told.
        """
        super().__init__(
            sample_rate=_RATE_HZ,
            ttfs_p99_latency=latency_secs,
            settings=STTSettings(model=model, language=None),
        )
        self._orion_recogniser = recogniser
        self._orion_language = language
        self._orion_partial = partial
        self._orion_sound = TurnSound(together=together)
        self._orion_parts: asyncio.Queue[Part] = asyncio.Queue()
        self._orion_listening: asyncio.Task[None] | None = None
        self._orion_drafting: asyncio.Task[None] | None = None
        self._orion_drafted_bytes = 0
        self._orion_draft_secs = 0.0

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
        for task in (self._orion_listening, self._orion_drafting):
            if task is not None:
                await self.cancel_task(task)
        self._orion_listening = self._orion_drafting = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin and end utterances where the VAD does; an answer that is heard parts them."""
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame) and not self._orion_sound.speaking:
            self._orion_sound.start()
            self._orion_drafted_bytes = len(self._orion_sound.so_far)
        elif isinstance(frame, VADUserStoppedSpeakingFrame) and self._orion_sound.speaking:
            self.request_finalize()
            self._orion_parts.put_nowait(self._orion_sound.stop())
        elif isinstance(frame, BotStartedSpeakingFrame):
            self._orion_sound.answered()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Collect 20 ms or so of audio; the words come later."""
        part = self._orion_sound.add(audio)
        if part is not None:
            self._orion_parts.put_nowait(part)
            self._orion_drafted_bytes = 0
        elif self._orion_partial and self._orion_sound.speaking:
            self._orion_draft()
        yield None

    def _orion_draft(self) -> None:
        so_far = self._orion_sound.so_far
        fresh_bytes = len(so_far) - self._orion_drafted_bytes
        idle = self._orion_drafting is None or self._orion_drafting.done()
        wanted_bytes = max(_DRAFT_BYTES, int(self._orion_draft_secs * _DRAFT_SHARE * BYTES_PER_SEC))
        if idle and fresh_bytes >= wanted_bytes and len(so_far) < _DRAFT_UP_TO_BYTES:
            self._orion_drafted_bytes = len(so_far)
            self._orion_drafting = self.create_task(self._orion_tell_so_far(bytes(so_far)))

    async def _orion_tell_so_far(self, pcm: bytes) -> None:
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            heard = await self._orion_recogniser.hear(pcm, self._orion_language, draft=True)
        except (OrionError, OSError):
            return  # the end of the utterance tells it
        self._orion_draft_secs = clock() - asked
        if heard.text and heard.sure and self._orion_sound.speaking:
            await self.push_frame(
                InterimTranscriptionFrame(heard.text, self._user_id, time_now_iso8601(), _language(heard))
            )

    async def _orion_listen(self) -> None:
        with suppress(OrionError, OSError):  # the first utterance tells it
            await self._orion_recogniser.start()
        while True:
            part = await self._orion_parts.get()
            try:
                heard = await self._orion_recogniser.hear(part.together, self._orion_language)
            except (OrionError, OSError) as error:
                await self.push_error("speech recognition failed; an utterance is lost", exception=error)
                continue
            part.told = beyond(part.told_before, heard.text)
            if heard.sure or part.before:
                await self._orion_tell(part, heard)
            else:
                part.told = ""
                await self.push_frame(UnsureFrame())

    async def _orion_tell(self, part: Part, heard: Heard) -> None:
        if not part.told:
            return
        if part.ends:
            self.confirm_finalize()
        await self.push_frame(
            TranscriptionFrame(
                part.told, self._user_id, time_now_iso8601(), _language(heard), finalized=part.ends
            )
        )


def _language(heard: Heard) -> Language | None:
    return next((known for known in Language if known.value == heard.language), None)
