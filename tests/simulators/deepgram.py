"""A server that speaks Deepgram's streaming protocols: v1 (Nova) and v2 (Flux). Its clock is the audio.

Reference: https://developers.deepgram.com/reference/speech-to-text; checked against the SDK's types.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.simulators.faults import Faults
from tests.simulators.pace import Pace
from tests.simulators.sockets import Socket, listen

KEY = "dg-simulated"
LOUD = 300
_STEP_SECS = 0.2
_EAGER_SECS = 0.3
_ENDED_SECS = 0.6
_PART_SECS = 0.1


@dataclass
class Deepgram:
    """The running server.

    Attributes:
        heard: What is said, an utterance each; the last one stays. `predicted`: what Flux takes the end of
            a turn for, where it is not the whole utterance. `joined`: the connections, as they come.
        reads: Finds the words in the PCM of an utterance, instead of `heard`.
        secs: Seconds of audio that it was given, which is what Deepgram bills.
        in_parts: Nova gives words as final in every pause, as it does by its own end-pointing.
        asked: The query of every connection. `controls`: the control messages, in order.
    """

    url: str = ""
    heard: list[str] = field(default_factory=lambda: ["what is seven plus five"])
    predicted: str | None = None
    reads: Callable[[bytes], list[str]] | None = None
    in_parts: bool = False
    secs: float = 0.0
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)
    joined: asyncio.Queue[Socket] = field(default_factory=asyncio.Queue)

    async def talk(self, socket: Socket) -> None:
        self.asked.append(socket.query)
        self.joined.put_nowait(socket)
        rate_hz = int(socket.query["sample_rate"][0])
        ear: _Nova | _Flux = (_Flux if socket.path == "/v2/listen" else _Nova)(self, socket, rate_hz)
        if isinstance(ear, _Flux):
            await ear.send({"type": "Connected", "request_id": "r"})
        async for message in socket.messages():
            if isinstance(message, bytes):
                await ear.take(message)
                continue
            self.controls.append(message["type"])
            if message["type"] == "CloseStream":
                return await socket.close()
            await ear.control(message["type"])
        return None

    def utterance(self) -> str:
        return self.heard.pop(0) if len(self.heard) > 1 else self.heard[0]


class _Ear:
    def __init__(self, server: Deepgram, socket: Socket, rate_hz: int) -> None:
        self._server = server
        self._socket = socket
        self._rate_hz = rate_hz
        self._secs = self._voiced_secs = self._silent_secs = 0.0
        self._words: list[str] = []
        self._pcm = b""
        self._told = 0

    def _listen(self, pcm: bytes) -> bool:
        """Count the audio; whether it is loud."""
        secs = len(pcm) / 2 / self._rate_hz
        loud = len(pcm) > 0 and float(np.abs(np.frombuffer(pcm, "<i2").astype(float)).mean()) > LOUD
        self._secs += secs
        self._server.secs += secs
        self._voiced_secs += secs if loud else 0
        self._silent_secs = 0 if loud else self._silent_secs + secs
        if self._server.reads is not None:
            self._pcm += pcm if loud else b""
            self._words = self._server.reads(self._pcm)
        elif loud and not self._words:
            self._words = self._server.utterance().split()
        return loud

    def _due(self) -> str | None:
        """The words so far, where 200 ms more of voice have passed."""
        due = min(int(self._voiced_secs / _STEP_SECS), len(self._words))
        if due <= self._told:
            return None
        self._told = due
        return " ".join(self._words[:due])

    def _over(self) -> str:
        said, self._words, self._pcm = " ".join(self._words), [], b""
        self._voiced_secs, self._told = 0.0, 0
        return said


class _Nova(_Ear):
    async def take(self, pcm: bytes) -> None:
        self._listen(pcm)
        if (words := self._due()) is not None:
            await self._send(words)
        if self._server.in_parts and self._told and self._silent_secs >= _PART_SECS:
            part, self._words = self._words[: self._told], self._words[self._told :]
            self._voiced_secs, self._told = 0.0, 0
            await self._send(" ".join(part), is_final=True, speech_final=True)

    async def control(self, kind: str) -> None:
        if kind == "Finalize":
            await self._send(self._over(), is_final=True, speech_final=True, from_finalize=True)

    async def _send(self, text: str, **marks: bool) -> None:
        error = {"type": "Error", "description": "It does not work.", "code": "NET-0000", "message": "m"}
        await self._socket.send(results(text, self._secs, **marks), error)


class _Flux(_Ear):
    _sequence = 0
    _turn = 0
    _eager = False

    async def send(self, message: dict[str, Any]) -> None:
        about = {"sequence_id": self._sequence}
        self._sequence += 1
        error = {"type": "Error", **about, "code": "INTERNAL_SERVER_ERROR", "description": "d"}
        await self._socket.send({**message, **about}, error)

    async def control(self, kind: str) -> None:
        if kind == "Configure":
            await self.send({"type": "ConfigureSuccess", "request_id": "r"})

    async def take(self, pcm: bytes) -> None:
        spoken = bool(self._words)
        if self._listen(pcm) and not spoken:
            await self._tell("StartOfTurn", "")
        if not self._words:
            return
        if self._eager and not self._silent_secs:
            self._eager = False
            await self._tell("TurnResumed", " ".join(self._words))
        if (words := self._due()) is not None:
            await self._tell("Update", words)
        wanted = "eager_eot_threshold" in self._socket.query
        if wanted and not self._eager and _EAGER_SECS <= self._silent_secs < _ENDED_SECS:
            self._eager = True
            await self._tell("EagerEndOfTurn", self._server.predicted or " ".join(self._words))
        if self._silent_secs >= _ENDED_SECS:
            self._eager = False
            await self._tell("EndOfTurn", self._over())
            self._turn += 1

    async def _tell(self, event: str, text: str) -> None:
        await self.send(turn_info(event, text, self._turn, self._secs))


def results(text: str, secs: float, **marks: bool) -> dict[str, Any]:
    """`Results` of v1."""
    words = [
        {"word": w, "start": i * 0.2, "end": i * 0.2 + 0.2, "confidence": 0.98, "punctuated_word": w}
        for i, w in enumerate(text.split())
    ]
    channel = {"alternatives": [{"transcript": text, "confidence": 0.98, "words": words}]}
    info = {"name": "nova-3", "version": "1", "arch": "nova-3"}
    kept = {"is_final": False, "speech_final": False, "from_finalize": False, **marks}
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "duration": secs,
        "start": 0.0,
        "channel": channel,
        "metadata": {"request_id": "r", "model_info": info, "model_uuid": "m"},
        **kept,
    }


LISTS: dict[str, Any] = {
    "/v1/projects": {"projects": [{"project_id": "p", "name": "n"}]},
    "/v1/models": {
        "stt": [
            {"name": "general", "canonical_name": "nova-3-general", "streaming": True},
            {"name": "whisper", "canonical_name": "whisper-large", "streaming": False},
        ],
        "tts": [],
    },
}


def turn_info(event: str, text: str, turn: int, secs: float) -> dict[str, Any]:
    """`TurnInfo` of v2, without its `sequence_id`."""
    told: dict[str, Any] = {
        "type": "TurnInfo",
        "request_id": "r",
        "event": event,
        "turn_index": turn,
        "audio_window_start": 0.0,
        "audio_window_end": secs,
        "transcript": text,
        "words": [{"word": word, "confidence": 0.98} for word in text.split()],
        "end_of_turn_confidence": {"EndOfTurn": 0.9, "EagerEndOfTurn": 0.6}.get(event, 0.1),
    }
    return {**told, "trigger": "model"} if event == "EndOfTurn" else told


@asynccontextmanager
async def deepgram() -> AsyncIterator[Deepgram]:
    """Serve on a free port of loopback while the context is open."""
    simulator = Deepgram()

    def allowed(request: Any) -> bool:
        return bool(request.headers.get("Authorization") == f"Token {KEY}")

    async with listen(simulator.talk, simulator.faults, allowed, LISTS, lambda: simulator.pace) as url:
        simulator.url = url
        yield simulator
