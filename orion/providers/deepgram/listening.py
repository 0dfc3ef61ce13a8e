"""Pipecat's services of Deepgram's two protocols. They import the SDK at their top."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from deepgram import AsyncDeepgramClient, DeepgramClientEnvironment
from httpx import AsyncClient
from pipecat.frames.frames import ErrorFrame
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.flux.stt_base import FluxFatalError
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.utils.errors import ErrorCategory

from orion.providers import UtteranceOverFrame
from orion.providers._vendor import Vendor, told_language

_CONNECT_SECS = 3.0
_HOST = "wss://api.deepgram.com"
_LOST = ErrorCategory.CONNECTIVITY
_EAGER_THRESHOLD = 0.5


class Nova(Vendor, DeepgramSTTService):
    """One call's recogniser; the VAD's end of an utterance makes it give the final words (`Finalize`).

    It gives the words in parts, and none with the last where all were out before.
    """

    orion_vendor = "deepgram"
    orion_in_parts = True

    def __init__(self, key: str, base_url: str | None, model: str, spoken: str) -> None:
        super().__init__(
            api_key=key,
            base_url=base_url or "",
            settings=DeepgramSTTService.Settings(model=model, language=told_language(spoken) or "multi"),
        )

    def _record_stt_audio_usage(self, audio: bytes | bytearray) -> None:
        """Count the audio that is sent: what comes while there is no connection is not billed."""
        connection: Any = self._connection
        if connection is not None:
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


class Flux(Vendor, DeepgramFluxSTTService):
    """One call's recogniser, which also tells where turns begin and end."""

    orion_vendor = "deepgram"

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

    def _record_stt_audio_usage(self, audio: bytes | bytearray) -> None:
        """Count the audio that is sent: what comes while there is no connection is not billed."""
        if self._transport_is_active():
            super()._record_stt_audio_usage(audio)

    async def _websocket_connect(self, uri: str, **options: Any) -> Any:
        return await super()._websocket_connect(uri, open_timeout=_CONNECT_SECS, **options)

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
