"""RTVI on the data channel: which messages a client may send.

RTVI trusts its client: among its messages are tool results, files and context updates. ORION takes
only those that a participant needs; all others are answered with `error-response` and dropped.
Protocol: https://docs.pipecat.ai/client/rtvi-standard
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import Frame, InputTransportMessageFrame, OutputTransportMessageUrgentFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.processors.frameworks.rtvi import RTVIProcessor

ALLOWED = frozenset({"client-ready", "disconnect-bot", "client-message", "send-text", "dtmf", "raw-audio"})
_LABEL = "rtvi-ai"
_RATES_HZ = frozenset({8000, 16000, 24000, 48000})
_MAX_TEXT_CHARS = 20_000
"""As by REST."""
_TEXTS = 20
_TEXT_SECS = 2.0
"""So many typed messages at once, and one more each two seconds: each is an inference that somebody pays."""
_MAX_AUDIO_CHARS = 64_000
"""Base64 of half a second at 48 kHz."""


class ClientMessages(RTVIProcessor):
    """Pipecat's RTVI processor, behind a check of what the client sent.

    Args:
        paused: Whether the conversation is paused now: nothing typed is taken then.
        clock: Seconds that only grow.
    """

    def __init__(
        self, paused: Callable[[], bool] = lambda: False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._orion_paused = paused
        self._orion_clock = clock
        self._orion_whole_at = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Drop and answer what is not allowed; leave the rest to Pipecat."""
        if isinstance(frame, InputTransportMessageFrame):
            refusal = refuse(frame.message, paused=self._orion_paused()) or self._orion_too_many(frame)
            if refusal:
                await self.push_frame(
                    OutputTransportMessageUrgentFrame(message=_error(frame.message, refusal))
                )
                return
        await super().process_frame(frame, direction)

    def _orion_too_many(self, frame: InputTransportMessageFrame) -> str:
        """Why a typed message is one too many (generic cell rate algorithm); empty if it is none."""
        if frame.message["type"] != "send-text":
            return ""
        now = self._orion_clock()
        whole_at = max(self._orion_whole_at, now) + _TEXT_SECS
        if whole_at - now > _TEXTS * _TEXT_SECS:
            return "limited: too many messages; wait a little"
        self._orion_whole_at = whole_at
        return ""


def refuse(message: Any, *, paused: bool = False) -> str:
    """Why the message is refused, as `slug: sentence`; empty if it may pass."""
    if not isinstance(message, dict) or message.get("label") != _LABEL:
        return "malformed: not an RTVI message"
    kind = message.get("type")
    if kind not in ALLOWED:
        return "refused: this message type is not taken from clients"
    if paused and kind == "send-text":
        return "conflict: the session is paused"
    body = message.get("data")
    if body is not None and not isinstance(body, dict):
        return "malformed: data must be an object"
    if kind == "send-text":
        return _refuse_text(body or {})
    return _refuse_audio(body or {}) if kind == "raw-audio" else ""


def _refuse_text(body: dict[str, Any]) -> str:
    text = body.get("content")
    if not isinstance(text, str) or not 0 < len(text) <= _MAX_TEXT_CHARS:
        return f"malformed: content must be a string of 1 to {_MAX_TEXT_CHARS} characters"
    return ""


def _refuse_audio(body: dict[str, Any]) -> str:
    audio = body.get("base64Audio")
    if not isinstance(audio, str) or len(audio) > _MAX_AUDIO_CHARS or body.get("base64AudioBatch"):
        return "malformed: base64Audio must be a string of half a second at most"
    if body.get("sampleRate") not in tuple(_RATES_HZ) or body.get("numChannels") != 1:
        return "malformed: raw audio must be mono at 8000, 16000, 24000 or 48000 Hz"
    return ""


def _error(message: Any, refusal: str) -> dict[str, Any]:
    request_id = message.get("id") if isinstance(message, dict) else None
    return {
        "label": _LABEL,
        "type": "error-response",
        "id": request_id if isinstance(request_id, str) else "",
        "data": {"error": refusal},
    }
