"""Pipecat's services of Deepgram's two protocols. They import the SDK at their top."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from deepgram import AsyncDeepgramClient, DeepgramClientEnvironment
from httpx import AsyncClient
from pipecat.frames.frames import ErrorFrame, Frame, InputAudioRawFrame, VADUserStartedSpeakingFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.flux.stt_base import FluxFatalError
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.stt_service import STTService
from pipecat.utils.errors import ErrorCategory

from orion.providers import UtteranceOverFrame
from orion.providers._vendor import Vendor, told_language

_CONNECT_SECS = 3.0
_HOST = "wss://api.deepgram.com"
_LOST = ErrorCategory.CONNECTIVITY
_EAGER_THRESHOLD = 0.5


class _Listener(Vendor, STTService):
    """What both have in common: audio for which there is no connection is told of, once an utterance.

    Pipecat drops it without a word, also while it connects again: those words would be lost.
    """

    orion_vendor = "deepgram"
    _orion_missed = False

    @abstractmethod
    def orion_connected(self) -> bool:
        """Whether audio that comes now is heard."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take note that an utterance begins."""
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._orion_missed = False
        await super().process_frame(frame, direction)

    async def process_audio_frame(self, frame: InputAudioRawFrame, direction: FrameDirection) -> None:
        """Send the audio, or tell that it was not."""
        await super().process_audio_frame(frame, direction)
        if not self._orion_missed and not self.orion_connected():
            self._orion_missed = True
            await self.push_error("no connection", category=_LOST)


class Nova(_Listener, DeepgramSTTService):
    """One call's recogniser; the VAD's end of an utterance makes it give the final words (`Finalize`).

    It gives the words in parts, and none with the last where all were out before.
    """

    orion_in_parts = True

    def __init__(self, key: str, base_url: str | None, model: str, spoken: str) -> None:
        super().__init__(
            api_key=key,
            base_url=base_url or "",
            settings=DeepgramSTTService.Settings(model=model, language=told_language(spoken) or "multi"),
        )

    def orion_connected(self) -> bool:
        """Whether audio that comes now is heard."""
        connection: Any = self._connection
        return connection is not None

    def _record_stt_audio_usage(self, audio: bytes | bytearray) -> None:
        """Count the audio that is sent: what comes while there is no connection is not billed."""
        if self.orion_connected():
            super()._record_stt_audio_usage(audio)

    async def _connect(self) -> None:
        """Connect, but let no call wait for long; it is tried on in the background."""
        try:
            async with asyncio.timeout(_CONNECT_SECS):
                await super()._connect()
        except TimeoutError:
            await self.push_error("no connection in time", category=ErrorCategory.CONNECTIVITY)

    async def _on_message(self, message: Any) -> None:
        await super()._on_message(message)
        if getattr(message, "from_finalize", False):
            await self.push_frame(UtteranceOverFrame())

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        """Tell of it, and let nobody wait for a connection that has failed: it is tried anew in seconds."""
        self._connection_settled.set()
        await super().push_error_frame(error, force_treat_as_permanent)

    async def _on_error(self, error: Any) -> None:
        """Tell of a lost connection by its kind; Pipecat, which connects again, keeps only its text."""
        exception = error if isinstance(error, Exception) else None
        await self.push_error("the connection is lost", exception, category=None if exception else _LOST)
        await self.stop_all_metrics()


class Flux(_Listener, DeepgramFluxSTTService):
    """One call's recogniser, which also tells where turns begin and end."""

    _orion_told = False

    def __init__(self, key: str, base_url: str | None, model: str, spoken: str, *, eager: bool) -> None:
        chosen: dict[str, Any] = {"model": model}
        if model.endswith("multi") and (hint := told_language(spoken)):
            chosen["language_hints"] = [hint]
        if eager:
            chosen["eager_eot_threshold"] = _EAGER_THRESHOLD
        super().__init__(
            api_key=key,
            url=f"{_socket_url(base_url or _HOST)}/v2/listen",
            enable_eager_end_of_turn=eager,
            settings=DeepgramFluxSTTService.Settings(**chosen),
        )

    def orion_connected(self) -> bool:
        """Whether audio that comes now is heard."""
        return bool(self._transport_is_active())

    def _record_stt_audio_usage(self, audio: bytes | bytearray) -> None:
        """Count the audio that is sent: what comes while there is no connection is not billed."""
        if self.orion_connected():
            super()._record_stt_audio_usage(audio)

    async def _websocket_connect(self, uri: str, **options: Any) -> Any:
        self._orion_told = False
        return await super()._websocket_connect(uri, open_timeout=_CONNECT_SECS, **options)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        """Tell of it; once is enough for a connection."""
        self._orion_told = True
        await super().push_error_frame(error, force_treat_as_permanent)

    async def _end_turn_cut_short(self) -> None:
        """The connection has ended by itself, and with it what was heard of a turn: that is told.

        Pipecat takes the words so far for the turn and connects again without a word: what is said
        meanwhile would be lost.
        """
        if not self._orion_told:
            await self.push_error("the connection is lost", category=_LOST)
        await super()._end_turn_cut_short()

    def _classify_error(self, exception: Exception) -> ErrorCategory | None:
        internal = isinstance(exception, FluxFatalError) and "SERVER" in exception.code
        return ErrorCategory.SERVER if internal else super()._classify_error(exception)

    def orion_turns(self) -> Any:
        """The turn strategies that follow what Flux tells."""
        return self.service_metadata_frame().user_turn_strategies


def _socket_url(base_url: str) -> str:
    scheme, separator, host = base_url.rstrip("/").rpartition("://")
    return f"{'ws' if scheme in {'ws', 'http'} else 'wss'}{separator or '://'}{host}"


@asynccontextmanager
async def account(key: str, base_url: str | None) -> AsyncIterator[AsyncDeepgramClient]:
    """The SDK's client of what is no stream; it would leave its connections open."""
    socket = _socket_url(base_url or _HOST)
    http = f"http{socket.removeprefix('ws')}"
    place = DeepgramClientEnvironment(base=http, production=socket, agent=socket, agent_rest=http)
    async with AsyncClient(follow_redirects=True) as connections:
        yield AsyncDeepgramClient(api_key=key, environment=place, httpx_client=connections)
