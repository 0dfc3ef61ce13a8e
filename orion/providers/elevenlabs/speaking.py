"""Pipecat's service of ElevenLabs' multi-context WebSocket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from typing import Any

from pipecat.frames.frames import ErrorFrame, Frame, TTSStoppedFrame
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.services.settings import TTSSettings
from pipecat.utils.errors import ErrorCategory
from websockets.exceptions import ConnectionClosed

from orion.providers._text.faults import MalformedAnswer
from orion.providers._vendor import VendorVoice, told_language

_HOST = "wss://api.elevenlabs.io"
_CONNECT_SECS = 3.0
_VOICE = "JBFqnCBsd6RMkjVDRZzb"
"""George, the voice of ElevenLabs' own examples."""
_VOICE_ID = re.compile(r"[A-Za-z0-9]{20}\Z")
_REFUSALS = {
    "voice": ErrorCategory.INVALID_REQUEST,
    "model": ErrorCategory.INVALID_REQUEST,
    "api_key": ErrorCategory.AUTHENTICATION,
    "quota": ErrorCategory.QUOTA,
    "concurrent": ErrorCategory.RATE_LIMIT,
    "server_error": ErrorCategory.SERVER,
    "busy": ErrorCategory.RATE_LIMIT,
}
"""Words of the errors that it sends before it closes the connection."""


class _Refused(Exception):
    """ElevenLabs told an error over the connection; the text is its code."""


class Speaking(VendorVoice, ElevenLabsTTSService):
    """One call's voice; a barge-in closes the context of what it was saying."""

    orion_vendor = "elevenlabs"

    def __init__(self, key: str, base_url: str | None, model: str, voice: str | None, spoken: str) -> None:
        self._orion_connecting = asyncio.Lock()
        super().__init__(
            api_key=key,
            url=_socket_url(base_url or _HOST),
            settings=ElevenLabsTTSService.Settings(
                model=model, voice=_known(voice), language=told_language(spoken)
            ),
        )
        self.orion_tell_in_order(spoken)
        self._orion_respelled: dict[str, str] = {}

    async def _update_settings(self, delta: Any) -> dict[str, Any]:
        """Take another agent's voice; the name of another engine's is passed over."""
        if isinstance(delta, TTSSettings) and isinstance(delta.voice, str):
            delta.voice = _known(delta.voice)
        return await super()._update_settings(delta)

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Ask for one sentence; the space behind it lets the last word be told, too."""
        self._orion_respelled |= self.orion_lexicon.respellings(text)
        async for frame in super().run_tts(f"{self.orion_lexicon.respelled(text)} ", context_id):
            if isinstance(frame, ErrorFrame) and frame.category is None:
                frame.category = ErrorCategory.CONNECTIVITY
            yield frame

    async def add_word_timestamps(
        self, word_times: list[tuple[str, float]], *rest: Any, **options: Any
    ) -> None:
        """Tell words as they are written, not as they were respelled to be said right."""
        for said, written in self._orion_respelled.items():
            word_times = [(word.replace(said, written), secs) for word, secs in word_times]
        await super().add_word_timestamps(word_times, *rest, **options)

    async def _receive_messages(self) -> None:
        """Read until the connection ends; one that breaks while something is said is told, and made anew.

        Pipecat connects again without a word: the turn would wait for its audio, and what is said meanwhile
        would be lost with the old connection.
        """
        while True:
            try:
                await super()._receive_messages()
            except (ConnectionClosed, MalformedAnswer, _Refused) as error:
                speaking = self.get_audio_contexts()
                if speaking:
                    self._websocket = None
                    await self._connect_websocket()
                if speaking or not isinstance(error, ConnectionClosed):
                    await self.push_error("the connection is lost", error)
                for context_id in speaking:
                    self.orion_break(context_id)
                    await self.append_to_audio_context(context_id, TTSStoppedFrame(context_id=context_id))
                    await self.remove_audio_context(context_id)
                if not speaking or self._websocket is None:
                    raise
            else:
                return

    async def _connect_websocket(self) -> None:
        async with self._orion_connecting:  # a sentence connects, too, where it finds no connection
            await super()._connect_websocket()

    async def _next_audio_context_item(self, context_id: str) -> Any:
        """The next piece of sound or words; where it does not come although text was sent, that is told."""
        item = await super()._next_audio_context_item(context_id)
        if item is None and self.audio_context_available(context_id) and self._orion_owed(context_id):
            self.orion_break(context_id)
            await self.push_error("the speech stalled", category=ErrorCategory.CONNECTIVITY)
            await self.remove_audio_context(context_id)
            return TTSStoppedFrame(context_id=context_id)
        return item

    def _orion_owed(self, context_id: str) -> bool:
        """Whether words of the context have no sound yet."""
        slots = self._aggregated_frame_sequencer._slots  # noqa: SLF001 - there is no other way to ask
        return any(slot.spoken and not slot.complete and slot.context_id == context_id for slot in slots)

    async def _websocket_connect(self, uri: str, **options: Any) -> Any:
        return _Told(await super()._websocket_connect(uri, open_timeout=_CONNECT_SECS, **options))

    def _classify_error(self, exception: Exception) -> ErrorCategory | None:
        told = f"{exception}" if isinstance(exception, _Refused) else ""
        found = next((category for word, category in _REFUSALS.items() if word in told), None)
        return found or super()._classify_error(exception)


class _Told:
    """A connection whose errors are raised as they are told; Pipecat reads over them."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def __aiter__(self) -> AsyncGenerator[Any, None]:
        async for message in self._connection:
            try:
                content = json.loads(message)
            except json.JSONDecodeError as error:
                raise MalformedAnswer("a message is no JSON") from error
            if isinstance(content, dict) and content.get("error"):
                raise _Refused(str(content["error"]).lower())
            yield message


def _known(voice: str | None) -> str:
    return voice if voice and _VOICE_ID.match(voice) else _VOICE


def _socket_url(base_url: str) -> str:
    scheme, _, host = base_url.rstrip("/").rpartition("://")
    return f"{'ws' if scheme in {'ws', 'http'} else 'wss'}://{host}"
