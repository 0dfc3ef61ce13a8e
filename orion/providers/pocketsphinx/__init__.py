"""Speech to text by PocketSphinx in worker processes: streaming, offline, English.

Good for short clear commands, best for those that the tools' examples give; read sentences have a
word error rate around 30 %, free dictation is poor. Licence: BSD-like; the model (cmusphinx en-us) is
inside the wheel.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from pathlib import Path

from loguru import logger
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
from pipecat.utils.time import time_now_iso8601

from orion.domain.agent import Agent
from orion.domain.language_model import LanguageModel
from orion.errors import ProviderError
from orion.settings import Settings

RANK = 10
_WORKER = Path(__file__).with_name("worker.py")
_HEADER_BYTES = 5
_RATE_HZ = 16000
_BEFORE_BYTES = _RATE_HZ * 2 // 2
"""Half a second before the VAD's start belongs to the utterance: the VAD needs 0.2 s to be sure."""
_LATENCY_SECS = 0.5
"""Time from the end of speech to the final words, 99 of 100 times; the VAD waits 0.2 s of it."""
_LOAD_SECS = 30.0
_LONGEST_BYTES = 30 * _RATE_HZ * 2
"""Longer utterances (a radio, a machine) are heard in parts, so that none is kept for ever."""
_DEATHS = 3
"""Processes that may die over one utterance before it is given up."""


class Listeners:
    """The fork server: a process that has loaded the model and forks one child per call."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._model: Path | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Start the fork server where it does not run, and wait until the model is loaded."""
        async with self._starting:
            if self._process is not None and self._process.poll() is None:
                return
            self.close()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            self._control = ours
            command = [sys.executable, "-sP", str(_WORKER), str(theirs.fileno())]
            with theirs:
                # A fork and an exec: milliseconds, and asyncio's own kind cannot outlive its loop.
                self._process = subprocess.Popen(  # noqa: ASYNC220
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                )
            await self._loaded(ours)
            if self._model is not None:
                ours.send(b"L" + str(self._model).encode())
                await self._loaded(ours)

    async def expect(self, model: Path) -> None:
        """Let calls from now on listen for the phrases of a language model, too."""
        async with self._starting:
            self._model = model
            if self._control is not None and await self._took(self._control, model):
                return
            self.close()
        await self.start()

    async def _took(self, control: socket.socket, model: Path) -> bool:
        """Whether the fork server that runs has loaded the language model; half a second of its CPU."""
        try:
            control.send(b"L" + str(model).encode())
            await self._loaded(control)
        except (ProviderError, OSError):  # a TimeoutError is an OSError
            return False
        return True

    async def _loaded(self, control: socket.socket) -> None:
        async with asyncio.timeout(_LOAD_SECS):
            if not await asyncio.get_running_loop().sock_recv(control, 1):
                raise ProviderError("PocketSphinx cannot be loaded on this machine")

    async def listener(self) -> socket.socket:
        """A socket to a new child, which serves one call and ends with the socket."""
        for _ in range(2):
            await self.start()
            assert self._control is not None
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    socket.send_fds(self._control, [b"C"], [theirs.fileno()])
                except OSError:
                    ours.close()
                    self.close()
                    continue
            ours.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            return ours
        raise ProviderError("the processes of PocketSphinx cannot be started")

    def close(self) -> None:
        """End the fork server; its children end with their calls."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self._process.kill()
            self._process.wait()
            self._process = None


_LISTENERS = Listeners()


def available(_settings: Settings, _kind: str) -> str | None:
    """None where the package is there, else how to get it."""
    return None if importlib.util.find_spec("pocketsphinx") else "pip install pocketsphinx"


def languages(_settings: Settings, _kind: str) -> frozenset[str]:
    """English alone."""
    return frozenset({"en"})


async def start(_settings: Settings) -> None:
    """Load the model, so that no call waits for it."""
    await _LISTENERS.start()


async def expect(settings: Settings, phrases: Iterable[str]) -> None:
    """Listen for what tools expect: requests are heard far better, other speech as before."""
    model = settings.data_dir / "tools.lm"
    await asyncio.to_thread(_write, model, list(phrases))
    await _LISTENERS.expect(model)


def _write(model: Path, phrases: list[str]) -> None:
    model.parent.mkdir(parents=True, exist_ok=True)
    part = model.with_suffix(".part")
    part.write_text(LanguageModel.of_requests(phrases).arpa())
    part.replace(model)


async def stop() -> None:
    """End the fork server."""
    await asyncio.to_thread(_LISTENERS.close)


def stt(_settings: Settings, _agent: Agent) -> STTService:
    """A service for one call."""
    return PocketSphinxSTTService(_LISTENERS)


class PocketSphinxSTTService(STTService):
    """Streams what the VAD takes for speech to a listener, and brings back words.

    Audio is 16-bit mono PCM at 16 kHz. The audio of the running utterance is kept until its final
    words are there: a listener that dies is replaced and hears it all again, so nothing is lost.
    """

    def __init__(self, listeners: Listeners) -> None:
        super().__init__(
            sample_rate=_RATE_HZ,
            ttfs_p99_latency=_LATENCY_SECS,
            settings=STTSettings(model="en-us", language=None),
        )
        self._orion_listeners = listeners
        self._orion_writer: asyncio.StreamWriter | None = None
        self._orion_listening: asyncio.Task[None] | None = None
        self._orion_before: deque[bytes] = deque()
        self._orion_utterance: list[tuple[bytes, bytes]] = []
        self._orion_speaking = False
        self._orion_heard_bytes = 0

    def can_generate_metrics(self) -> bool:
        """Time to the final transcript is measured."""
        return True

    async def start(self, frame: StartFrame) -> None:
        """Get a listener for the call."""
        await super().start(frame)
        self._orion_listen()

    async def cleanup(self) -> None:
        """Let the listener go."""
        await super().cleanup()
        if self._orion_listening is not None:
            await self.cancel_task(self._orion_listening)
            self._orion_listening = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin and end utterances where the VAD does."""
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame) and not self._orion_speaking:
            self._orion_speaking = True
            self._orion_listen()
            self._orion_begin(b"".join(self._orion_before))
        elif isinstance(frame, VADUserStoppedSpeakingFrame) and self._orion_speaking:
            self._orion_speaking = False
            self.request_finalize()
            self._orion_say(b"E", b"")
            self._orion_before.clear()  # it is part of this utterance, not of the next

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Hand 20 ms or so of audio on; the words come back later."""
        self._orion_before.append(audio)
        while sum(map(len, self._orion_before)) > _BEFORE_BYTES:
            self._orion_before.popleft()
        if self._orion_speaking:
            self._orion_say(b"A", audio)
            if self._orion_heard_bytes > _LONGEST_BYTES:
                self._orion_say(b"E", b"")
                self._orion_begin(b"")
        yield None

    def _orion_begin(self, before: bytes) -> None:
        self._orion_heard_bytes = 0
        self._orion_say(b"S", b"")
        if before:  # PocketSphinx raises on audio without samples
            self._orion_say(b"A", before)

    def _orion_say(self, kind: bytes, content: bytes) -> None:
        self._orion_heard_bytes += len(content)
        self._orion_utterance.append((kind, content))
        if self._orion_writer is not None:
            self._orion_writer.write(_packet(kind, content))

    def _orion_listen(self) -> None:
        """See to it that somebody listens; after a failure every utterance is a new attempt."""
        if self._orion_listening is None or self._orion_listening.done():
            self._orion_listening = self.create_task(self._orion_keep_listening())

    async def _orion_keep_listening(self) -> None:
        deaths = 0
        while deaths < _DEATHS:
            try:
                listener = await self._orion_listeners.listener()
            except (ProviderError, OSError) as error:  # a TimeoutError is an OSError
                self._orion_give_up()
                await self.push_error("speech recognition cannot be started", exception=error)
                return
            heard = await self._orion_serve(listener)
            deaths = 1 if heard else deaths + 1
            logger.warning("a speech recognition process died, {} in a row", deaths)
        self._orion_give_up()
        await self.push_error("speech recognition died again and again over one utterance, which is lost")

    def _orion_give_up(self) -> None:
        """Drop the utterance under way: nobody hears it, and the next one is a new attempt."""
        self._orion_utterance.clear()
        self._orion_speaking = False

    async def _orion_serve(self, listener: socket.socket) -> bool:
        """Tell a listener all of the utterance under way, and hear it until it dies; True if it heard one."""
        reader, writer = await asyncio.open_unix_connection(sock=listener)
        heard = False
        try:
            for kind, content in self._orion_utterance:
                writer.write(_packet(kind, content))
            self._orion_writer = writer
            while True:
                header = await reader.readexactly(_HEADER_BYTES)
                content = await reader.readexactly(int.from_bytes(header[1:], "little"))
                heard = heard or header[:1] == b"F"
                await self._orion_heard(header[:1], content.decode())
        except (asyncio.IncompleteReadError, ConnectionError):
            return heard
        finally:
            self._orion_writer = None
            writer.transport.abort()  # what is not yet written would be decoded for nobody

    async def _orion_heard(self, kind: bytes, words: str) -> None:
        if kind == b"P":
            await self.push_frame(InterimTranscriptionFrame(words, self._user_id, time_now_iso8601()))
            return
        self._orion_forget()
        if words:
            self.confirm_finalize()
            await self.push_frame(
                TranscriptionFrame(words, self._user_id, time_now_iso8601(), finalized=True)
            )

    def _orion_forget(self) -> None:
        """Drop the audio up to the end of the utterance whose words are there."""
        for index, (kind, _) in enumerate(self._orion_utterance):
            if kind == b"E":
                del self._orion_utterance[: index + 1]
                return


def _packet(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content
