"""OpenAI's transcription and speech, on the client that all calls share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import httpx2
from openai import OpenAIError, Timeout
from openai.types.audio import Transcription
from pipecat.frames.frames import ErrorFrame, Frame, InterruptionFrame, TTSAudioRawFrame
from pipecat.metrics.metrics import STTUsage
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import VALID_VOICES, OpenAITTSService, OpenAITTSSettings

from orion.providers._openai.server import Server
from orion.providers._openai.sound import samples
from orion.providers._speech.timeline import Timeline
from orion.providers._text.faults import HalfAnswer, MalformedAnswer
from orion.providers._usage import sounded
from orion.providers._vendor import Vendor, VendorVoice, told_language

_VOICE = "alloy"
_CONNECT_SECS = 3.0
_HEARD_SECS = 15.0
"""The longest that the words of an utterance take."""
_STALL_SECS = 5.0
"""The longest silence before and in the middle of a sentence's sound."""
_WAV_HEADER_BYTES = 44
_CHARACTERS_PER_SEC = 16.0
"""A little faster than voices speak, so that no word is told after the sound of its sentence."""
_LEAST_SECS_PER_CHARACTER = 0.025
"""More than twice as fast as anybody speaks: a sound that is shorter has broken off."""


class Hearing(Vendor, OpenAISTTService):
    """One call's recogniser: each utterance is sent when the VAD has found its end."""

    orion_vendor = "openai"

    def __init__(self, server: Server, model: str, spoken: str) -> None:
        chosen = OpenAISTTService.Settings(model=model, language=told_language(spoken))
        super().__init__(api_key="none", http_client=server.http, settings=chosen)
        self._client = server.client.with_options(timeout=Timeout(_HEARD_SECS, connect=_CONNECT_SECS))
        self._orion_model, self._orion_detects = model, told_language(spoken) is None
        self._orion_failure: Exception | None = None

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """Transcribe one utterance, a WAV."""
        async for frame in super().run_stt(audio):
            if isinstance(frame, ErrorFrame):
                frame.exception = self._orion_failure
            yield frame

    async def _transcribe(self, audio: bytes) -> Transcription:
        try:
            if self._orion_detects:  # Pipecat cannot leave the language out
                heard = await self._orion_detect(audio)
            else:
                heard = await super()._transcribe(audio)
        except (OpenAIError, httpx2.HTTPError, ValueError) as error:  # the last for what is no JSON
            self._orion_failure = error  # Pipecat keeps only its text
            raise
        secs = (len(audio) - _WAV_HEADER_BYTES) / 2 / self.sample_rate
        await self.start_stt_usage_metrics(STTUsage(audio_seconds=secs))
        return heard

    def _record_stt_audio_usage(self, audio: bytes | bytearray) -> None:
        """Count nothing here: an utterance that is refused is not billed."""

    async def _orion_detect(self, audio: bytes) -> Transcription:
        file = ("audio.wav", audio, "audio/wav")
        return await self._client.audio.transcriptions.create(file=file, model=self._orion_model)


class Speech(VendorVoice, OpenAITTSService):
    """One call's voice. The protocol tells no word times: they are estimated by the text's length."""

    orion_vendor = "openai"
    _settings: OpenAITTSSettings

    def __init__(
        self,
        server: Server,
        model: str,
        voice: str | None,
        spoken: str = "auto",
        *,
        stall_secs: float = _STALL_SECS,
    ) -> None:
        super().__init__(
            api_key="none",
            http_client=server.http,
            push_text_frames=False,
            settings=OpenAITTSService.Settings(model=model, voice=voice),
        )
        self.orion_tell_in_order(spoken)
        patience = Timeout(stall_secs, connect=min(_CONNECT_SECS, stall_secs))
        self._client = server.client.with_options(timeout=patience)
        self._orion_official = server.official
        self._orion_timeline = Timeline()
        self._orion_told_until = ("", 0.0)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Forget what was cut off."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._orion_timeline.cut()

    async def on_audio_context_completed(self, context_id: str) -> None:
        """Forget a turn that is synthesized."""
        self._orion_timeline.completed(context_id)
        await super().on_audio_context_completed(context_id)

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """Speak one sentence; a barge-in closes the connection."""
        begun, sound_secs = False, 0.0
        try:
            async with self._client.audio.speech.with_streaming_response.create(
                input=self.orion_lexicon.respelled(text),
                model=str(self._settings.model),
                voice=self._orion_voice(),
                response_format="pcm",
            ) as response:
                await self.start_tts_usage_metrics(text)
                told = response.headers.get("content-type", "")
                rate_hz, sound = await samples(response.iter_bytes(), told)
                async for frame in self._stream_audio_frames_from_iterator(
                    sound, in_sample_rate=rate_hz, context_id=context_id
                ):
                    if not begun:
                        begun = True
                        await self.stop_ttfb_metrics()
                        await self._orion_tell(text, context_id)
                    if isinstance(frame, TTSAudioRawFrame):
                        secs = len(frame.audio) / 2 / frame.sample_rate
                        sound_secs += secs
                        sounded(self, secs)
                        self._orion_timeline.add(secs, asyncio.get_running_loop().time())
                    yield frame
            _refuse_half(text, sound_secs)
        except (OpenAIError, httpx2.HTTPError, HalfAnswer, MalformedAnswer) as error:
            self.orion_break(context_id)
            yield ErrorFrame(error="no speech", exception=error)

    def _orion_voice(self) -> str:
        """The agent's voice; one that OpenAI does not have (another engine's) counts on other servers."""
        voice = str(self._settings.voice or _VOICE)
        return _VOICE if self._orion_official and voice not in VALID_VOICES else voice

    async def _orion_tell(self, text: str, context_id: str) -> None:
        now = asyncio.get_running_loop().time()
        secs, words = self._orion_timeline.offset_secs(context_id, now), []
        context, until_secs = self._orion_told_until
        if context == context_id:  # a sentence whose sound was short has words yet, which come before these
            secs = max(secs, until_secs)
        for word in text.split():
            words.append((word, secs))
            secs += (len(word) + 1) / _CHARACTERS_PER_SEC
        self._orion_told_until = context_id, secs
        await self.add_word_timestamps(words, context_id)


def _refuse_half(text: str, sound_secs: float) -> None:
    """Raise HalfAnswer for a sound that ended as if it were complete, too soon for its text."""
    if sound_secs < len(text) * _LEAST_SECS_PER_CHARACTER:
        raise HalfAnswer
