"""A caller that nobody of ORION's page wrote: plain aiortc and httpx, as a foreign client would be."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import asynccontextmanager, suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from orion.media import ice_sockets
from orion.providers.scripted.voice import voice_like

ice_sockets.use()  # aiortc as a client leaves loopback out, too, even where it is all there is

RATE_HZ = 16000
_FRAME = RATE_HZ // 50
LOUD = 300
"""Mean absolute sample value above which a 20 ms block counts as sound (about -40 dBFS)."""


def spoken(text: str, folder: Path, voice: str = "slt") -> np.ndarray:
    """The text as flite speaks it, or hibari by its own program (`heart`): int16 at 16 kHz."""
    path = folder / f"{abs(hash((text, voice)))}.wav"
    hibari = [sys.executable, "-m", "hibari.cli", text, "-o", str(path)]
    flite = ["flite", "-voice", voice, "-t", text, "-o", str(path)]
    subprocess.run(hibari if voice == "heart" else flite, check=True, stdout=subprocess.DEVNULL)
    return read_wav(path)


@cache
def voice(secs: float) -> np.ndarray:
    """What sounds like a person, and says nothing: int16 at 16 kHz."""
    frame = av.AudioFrame.from_ndarray(np.frombuffer(voice_like(secs), np.int16)[None, :], layout="mono")
    frame.sample_rate = 24000
    return _resampled([frame])


def read_wav(path: Path) -> np.ndarray:
    """A recording as int16 at 16 kHz mono."""
    with av.open(str(path)) as container:
        return _resampled(container.decode(audio=0))


def _resampled(frames: Iterable[av.AudioFrame]) -> np.ndarray:
    resampler = av.AudioResampler("s16", "mono", RATE_HZ)
    resampled = [f for frame in frames for f in resampler.resample(frame)] + resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in resampled]).astype(np.int16)


class Microphone(AudioStreamTrack):
    """Plays what it is given, and faint room noise in between."""

    def __init__(self) -> None:
        super().__init__()
        self._queue = np.zeros(0, np.int16)
        self._noise = np.random.default_rng(1).integers(-12, 12, _FRAME * 50).astype(np.int16)
        self._sent = 0
        self._begun = 0.0
        self.said_at = 0.0

    def say(self, pcm: np.ndarray) -> None:
        self._queue = np.concatenate([self._queue, pcm])

    async def recv(self) -> av.AudioFrame:
        if not self._begun:
            self._begun = time.monotonic()
        await asyncio.sleep(max(0.0, self._begun + self._sent * 0.02 - time.monotonic()))
        block, self._queue = self._queue[:_FRAME], self._queue[_FRAME:]
        if len(block):
            if np.abs(block).mean() > LOUD:
                self.said_at = time.monotonic()
            block = np.pad(block, (0, _FRAME - len(block)))
        else:
            start = self._sent % 50 * _FRAME
            block = self._noise[start : start + _FRAME]
        frame = av.AudioFrame.from_ndarray(block[None, :], layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._sent * _FRAME, Fraction(1, RATE_HZ)
        self._sent += 1
        return frame


class Phone:
    """One caller in one session: a microphone, an ear, the data channel and the event stream.

    With a room token a guest calls; the events are followed as the owner all the same.
    """

    def __init__(self, http: httpx.AsyncClient, session_id: str, room_token: str | None = None) -> None:
        self.http = http
        self.session_id = session_id
        self.microphone = Microphone()
        self.heard: list[tuple[float, np.ndarray]] = []
        self.messages: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self.pc = RTCPeerConnection()
        self.pc_id = ""
        self.headers = {"Authorization": f"Bearer {room_token}"} if room_token else {}
        self.answer: dict[str, Any] = {}
        self._channel: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    def _spawn(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    async def dial(self) -> None:
        """Join the session's call and follow its events."""
        self._spawn(self._follow())
        await self.event("__connected__")
        (await self._connect()).raise_for_status()

    async def reconnect(self, **offer: Any) -> httpx.Response:
        """Offer again by a new peer connection, as after a change of network; the old one is let go."""
        old, self.pc = self.pc, RTCPeerConnection()
        for sender in old.getSenders():
            sender.replaceTrack(None)
        response = await self._connect(pc_id=self.pc_id, **offer)
        await old.close()
        return response

    async def _connect(self, **offer: Any) -> httpx.Response:
        self.pc.addTrack(self.microphone)
        self._channel = self.pc.createDataChannel("chat")
        self._channel.on("open", self._opened)
        self._channel.on("message", lambda text: self.messages.append(json.loads(text)))
        self.pc.on("track", lambda track: self._spawn(self._listen(track)))
        await self.pc.setLocalDescription(await self.pc.createOffer())
        response = await self.offer(self.pc.localDescription.sdp, **offer)
        if response.status_code == 200:
            self.answer = answer = response.json()
            self.pc_id = answer["pc_id"]
            await self.pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
        return response

    async def offer(self, sdp: str, **offer: Any) -> httpx.Response:
        """Send an offer as it stands; what comes back is the caller's business."""
        url = f"/api/v1/sessions/{self.session_id}/offer"
        body = {"sdp": sdp, "type": "offer", **offer}
        return await self.http.post(url, json=body, headers=self.headers)

    def _opened(self) -> None:
        about = {"version": "2.1.0", "about": {"library": "phone"}}
        self.send("client-ready", about)
        self._spawn(self._ping())

    def send(self, kind: str, body: dict[str, Any]) -> None:
        """An RTVI message to the server."""
        self._channel.send(json.dumps({"label": "rtvi-ai", "id": kind, "type": kind, "data": body}))

    async def _ping(self) -> None:
        while self._channel.readyState == "open":
            self._channel.send(f"ping: {time.time()}")
            await asyncio.sleep(1)

    async def _listen(self, track: Any) -> None:
        resampler = av.AudioResampler("s16", "mono", RATE_HZ)
        with suppress(MediaStreamError):
            while True:
                for frame in resampler.resample(await track.recv()):
                    self.heard.append((time.monotonic(), frame.to_ndarray().reshape(-1).astype(np.int16)))

    async def _follow(self) -> None:
        url = f"/api/v1/sessions/{self.session_id}/events"
        async with self.http.stream("GET", url, timeout=None) as response:
            async for line in response.aiter_lines():
                if line == ": connected":
                    await self._happened({"name": "__connected__", "body": {}})
                elif line.startswith("data: "):
                    await self._happened(json.loads(line[6:]))

    async def _happened(self, event: dict[str, Any]) -> None:
        async with self._news:
            self.events.append({**event, "at": time.monotonic()})
            self._news.notify_all()

    async def event(
        self, name: str, since: int = 0, timeout_secs: float = 20.0, **wanted: Any
    ) -> dict[str, Any]:
        """The first event of that name, from index `since` on, whose body holds what is wanted."""

        def found() -> dict[str, Any] | None:
            for event in self.events[since:]:
                body = event["body"].get("turn", event["body"])
                if event["name"] == name and all(body.get(key) == value for key, value in wanted.items()):
                    return event
            return None

        async with asyncio.timeout(timeout_secs), self._news:
            await self._news.wait_for(lambda: found() is not None)
        event = found()
        assert event is not None
        return event

    async def say(self, pcm: np.ndarray) -> int:
        """Speak; the index of the next event."""
        since = len(self.events)
        self.microphone.say(pcm)
        return since

    async def answer_to(self, pcm: np.ndarray) -> dict[str, Any]:
        """Speak, and wait for the agent's turn to end.

        A turn that was cut before a word of it was heard is none: the person went on to speak.
        """
        since = await self.say(pcm)
        while True:
            event = await self.event("turn.ended", since, role="agent")
            turn: dict[str, Any] = event["body"]["turn"]
            if turn["text"] or not turn["interrupted"]:
                return turn
            since = self.events.index(event) + 1

    def sound_since(self, moment: float) -> list[tuple[float, np.ndarray]]:
        """The loud blocks that arrived after `moment` (monotonic seconds)."""
        return [(at, pcm) for at, pcm in self.heard if at > moment and np.abs(pcm).mean() > LOUD]

    async def quiet(self, secs: float = 0.6) -> None:
        """Wait until the agent has been heard, and then for that long not."""
        async with asyncio.timeout(20):
            while not self.sound_since(0) or time.monotonic() - self.sound_since(0)[-1][0] < secs:
                await asyncio.sleep(0.05)

    def pcm_between(self, start: float, end: float) -> np.ndarray:
        """What was heard between two moments, int16 at 16 kHz."""
        blocks = [pcm for at, pcm in self.heard if start <= at <= end]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)

    async def hang_up(self) -> None:
        """Leave, as a closed tab would."""
        await self.pc.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def calling(http: httpx.AsyncClient, session_id: str, room_token: str | None = None):
    """A phone that has dialled, and hangs up in the end."""
    phone = Phone(http, session_id, room_token)
    try:
        await phone.dial()
        yield phone
    finally:
        await phone.hang_up()
