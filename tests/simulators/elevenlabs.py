"""A server that speaks ElevenLabs' multi-context WebSocket, and lists voices and models.

Reference: https://elevenlabs.io/docs/api-reference/text-to-speech; checked against the SDK's types.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.simulators.faults import Faults
from tests.simulators.pace import Pace
from tests.simulators.sockets import Socket, listen

KEY = "el-simulated"
VOICE = "JBFqnCBsd6RMkjVDRZzb"
_CHARACTER_MS = 60


@dataclass
class ElevenLabs:
    """The running server.

    Attributes:
        refuses: The code of the error with which it answers the first text, e.g. `invalid_api_key`.
        asked: Path and query of every connection. `said`: the texts, by context. `closed`: contexts that
            the client has closed.
    """

    url: str = ""
    refuses: str | None = None
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    async def talk(self, socket: Socket) -> None:
        self.asked.append((socket.path, socket.query))
        rate_hz = int(socket.query["output_format"][0].removeprefix("pcm_"))
        async for message in socket.messages():
            context = message.get("context_id", "")
            text = message.get("text", "")
            if message.get("close_socket"):
                return await socket.close()
            if self.refuses and text:
                await socket.send({"message": "m", "error": self.refuses, "code": 1008}, {})
                return await socket.close(1008, self.refuses)
            if text.strip():
                self.said.setdefault(context, []).append(text)
                for word in _words(text):
                    await socket.send(audio(word, context, rate_hz), _ERROR)
            if message.get("close_context"):
                self.closed.append(context)
                await socket.send(final(context), _ERROR)
        return None


_ERROR = {"message": "m", "error": "internal_server_error", "code": 1011}


def _words(text: str) -> list[str]:
    """A word each, with the space behind it, as the model gives its chunks."""
    words = text.split(" ")
    return [f"{word} " for word in words[:-1]] + ([words[-1]] if words[-1] else [])


def audio(text: str, context: str, rate_hz: int) -> dict[str, Any]:
    """A chunk of audio with the times of its characters, which count from its beginning."""
    times_secs = np.arange(len(text) * _CHARACTER_MS * rate_hz // 1000) / rate_hz
    pcm = (8000 * np.sin(2 * np.pi * 200 * times_secs)).astype("<i2").tobytes()
    times = {
        "chars": list(text),
        "charStartTimesMs": [index * _CHARACTER_MS for index in range(len(text))],
        "charDurationsMs": [_CHARACTER_MS] * len(text),
    }
    return {
        "audio": base64.b64encode(pcm).decode(),
        "alignment": times,
        "normalizedAlignment": times,
        "contextId": context,
    }


LISTS: dict[str, Any] = {
    "/v2/voices": {
        "voices": [{"voice_id": VOICE, "name": "George", "labels": {"language": "en"}}],
        "has_more": False,
        "total_count": 1,
    },
    "/v1/models": [
        {"model_id": "eleven_flash_v2_5", "can_do_text_to_speech": True},
        {"model_id": "eleven_english_sts_v2", "can_do_text_to_speech": False},
    ],
}


def final(context: str) -> dict[str, Any]:
    return {"isFinal": True, "contextId": context}


@asynccontextmanager
async def elevenlabs() -> AsyncIterator[ElevenLabs]:
    """Serve on a free port of loopback while the context is open."""
    simulator = ElevenLabs()

    def allowed(request: Any) -> bool:
        return bool(request.headers.get("xi-api-key") == KEY)

    async with listen(simulator.talk, simulator.faults, allowed, LISTS, lambda: simulator.pace) as url:
        simulator.url = url
        yield simulator
