"""What flite and espeak-ng share: the client of a speech worker process, and a TTS service over it.

All calls of a process share one worker per engine: a sentence takes it 4 to 40 ms. A worker that dies
is started again, and goes on where the sentence broke off. A barge-in cancels what is synthesized.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from loguru import logger
from pipecat.frames.frames import ErrorFrame, Frame, InterruptionFrame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import TTSSettings

from orion.domain.text.lexicon import marked
from orion.domain.text.reading import Alignment, read_aloud
from orion.errors import ProviderError
from orion.providers._speech.blocks import Blocks
from orion.providers._speech.timeline import Timeline
from orion.providers._speech.worker import HEADER
from orion.providers._words import WrittenWords

_WORKER = Path(__file__).with_name("worker.py")
_LOAD_SECS = 30.0
_ANSWER_SECS = 10.0
_STOP_SECS = 2.0
_ATTEMPTS = 2

Packet = tuple[bytes, bytes]


class SpeechWorker:
    """The worker process of one engine, started when it is first needed."""

    def __init__(self, engine: str, *options: str) -> None:
        self._engine = engine
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Queue[Packet]] = {}
        self._numbers = count(1)
        self._starting = asyncio.Lock()
        self._rate_hz = 0
        self._told_at = 0.0
        self.failure: str | None = None
        """Why the engine could not be loaded; None once it was."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of the engine's audio in Hz, once it has started."""
        return self._rate_hz

    @property
    def pid(self) -> int | None:
        """The worker's process id while it lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the process where it does not run. Raises ProviderError if the engine cannot load."""
        async with self._starting:
            if self.pid is not None and self._reader is not None and not self._reader.done():
                return
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-sP", str(_WORKER), self._engine, *self._options),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                self._rate_hz = await self._loaded(process)
            except BaseException as error:  # a barge-in or a hang-up, too: nobody else knows of the process
                if isinstance(error, ProviderError):
                    self.failure = error.detail
                with suppress(ProcessLookupError):
                    process.kill()
                raise
            assert process.stdout is not None
            self._process, self.failure = process, None
            self._reader = asyncio.get_running_loop().create_task(self._read(process.stdout))

    async def _loaded(self, process: asyncio.subprocess.Process) -> int:
        """Wait until the engine is there; its sample rate in Hz."""
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_LOAD_SECS):
                _, _, content = await _packet(process.stdout)
        except asyncio.IncompleteReadError as error:
            raise ProviderError(f"{self._engine} cannot be loaded on this machine") from error
        except TimeoutError as error:
            raise ProviderError(f"{self._engine} did not load in {_LOAD_SECS:.0f} s") from error
        return int(content)

    async def stop(self) -> None:
        """End the process."""
        if self._reader is not None:  # first, for it warns of a process that ends by itself
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                async with asyncio.timeout(_STOP_SECS):
                    await self._process.wait()
            except TimeoutError:  # it hangs
                self._process.kill()
                await self._process.wait()
        self._process = self._reader = None
        for answers in self._answers.values():
            answers.put_nowait((b"X", b"it was stopped"))

    async def speak(self, text: str, voice: str, language: str) -> AsyncGenerator[Packet, None]:
        """Packets `(kind, content)` of the spoken text: `W` words, `A` audio; closing it cancels.

        Raises:
            ProviderError: The engine refused the text, or its process died twice over it.
        """
        given = {b"W": 0, b"A": 0}
        for _ in range(_ATTEMPTS):
            await self.start()
            already = dict(given)
            async with aclosing(self._request(text, voice, language)) as packets:
                async for kind, content in packets:
                    if kind == b"X":
                        raise ProviderError(f"{self._engine} cannot speak this: {content.decode()}")
                    if kind == b"E":
                        return
                    if kind == b"D":
                        break
                    fresh = content[already[kind] :]  # after a death: not what was given before
                    already[kind] = max(0, already[kind] - len(content))
                    given[kind] += len(fresh)
                    if fresh:
                        yield kind, fresh
        raise ProviderError(f"the process of {self._engine} died")

    async def _request(self, text: str, voice: str, language: str) -> AsyncGenerator[Packet, None]:
        number = next(self._numbers)
        answers = self._answers[number] = asyncio.Queue()
        ended = False
        self._send({"id": number, "text": text, "voice": voice, "language": language})
        try:
            while not ended:
                packet = await self._answer(answers)
                ended = packet[0] in b"EXD"
                yield packet
        finally:
            del self._answers[number]
            if not ended:
                self._send({"cancel": number})

    async def _answer(self, answers: asyncio.Queue[Packet]) -> Packet:
        """The next packet. Raises TimeoutError; a process that has told nobody anything meanwhile ends."""
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(_ANSWER_SECS):
                return await answers.get()
        except TimeoutError:
            if self.pid is not None and clock() - self._told_at >= _ANSWER_SECS:
                assert self._process is not None
                logger.warning("the process of {} hangs, and is started anew", self._engine)
                self._process.kill()
            raise

    def _send(self, message: dict[str, str | int]) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(ConnectionError, RuntimeError):  # a process that is gone is seen by `_read`
                self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _read(self, stream: asyncio.StreamReader) -> None:
        """Hand the packets to who asked; what nobody waits for any more was interrupted."""
        with suppress(asyncio.IncompleteReadError):
            while True:
                kind, number, content = await _packet(stream)
                self._told_at = asyncio.get_running_loop().time()
                if number in self._answers:
                    self._answers[number].put_nowait((kind, content))
        logger.warning("the process of {} has ended", self._engine)
        for answers in self._answers.values():
            answers.put_nowait((b"D", b""))


async def _packet(stream: asyncio.StreamReader) -> tuple[bytes, int, bytes]:
    kind, number, length = HEADER.unpack(await stream.readexactly(HEADER.size))
    return kind, number, await stream.readexactly(length)


class Voice(Protocol):
    """What speaks: packets `W` (words, JSON `[[word, secs], ...]`) and `A` (PCM at `rate_hz`)."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of the audio, in Hz."""

    def speak(self, text: str, voice: str, language: str, /) -> AsyncGenerator[Packet, None]:
        """The packets of the spoken text; closing it cancels."""


class WorkerTTSService(WrittenWords):
    """Text to speech by a speech worker, with the time of every word.

    The worker is given the text as it is said ("5 and a half"); what is told is as written ("5 ½").
    Audio comes in whole blocks of 20 ms. Words travel behind their sound, so that after a barge-in the
    context holds those that were played.
    """

    def __init__(self, worker: Voice, voice: str, language: str) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            push_text_frames=False,
            settings=TTSSettings(model=None, voice=voice, language=language),
        )
        self.orion_tell_in_order(language)
        self._orion_worker = worker
        self._orion_voice = voice
        self._orion_language = language
        self._orion_timeline = Timeline()
        read_aloud("", language)  # its rules are made now, not before the first sound
        self._orion_asked: str | None = None
        """The context whose sentence the worker was asked for, until it has answered."""

    def can_generate_metrics(self) -> bool:
        """Time to first byte and characters are measured."""
        return True

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Forget what was cut off."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._orion_timeline.cut()

    async def _update_settings(self, delta: Any) -> dict[str, Any]:
        """Take a voice or a language from now on."""
        if isinstance(delta, TTSSettings):
            if isinstance(delta.language, str):
                self._orion_language = str(delta.language)
            if isinstance(delta.voice, str):
                self._orion_voice = delta.voice
        return await super()._update_settings(delta)

    async def on_audio_context_completed(self, context_id: str) -> None:
        """Forget a turn that is synthesized."""
        self._orion_timeline.completed(context_id)
        await super().on_audio_context_completed(context_id)

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Speak one sentence: words first, then the audio in which they are heard."""
        await self.start_tts_usage_metrics(text)
        self._orion_asked = context_id
        voice = str(self._settings.voice or self._orion_voice)
        readings = self.orion_lexicon.pronounced(read_aloud(text, self._orion_language), marked)
        said = " ".join(reading.said for reading in readings if reading.said)
        try:
            async with (
                aclosing(self._orion_worker.speak(said, voice, self._orion_language)) as packets,
                aclosing(self._orion_blocks(packets, Alignment(readings), context_id)) as blocks,
            ):
                async for pcm in blocks:
                    yield TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)
        except (ProviderError, TimeoutError) as error:
            yield ErrorFrame(error=str(error) or "the speech worker does not answer", exception=error)
        finally:
            self._orion_asked = None

    async def _next_audio_context_item(self, context_id: str) -> Any:
        """The next piece of sound or words. Pipecat waits 3 s; a worker that died may take longer."""
        item = await super()._next_audio_context_item(context_id)
        while item is None and self._orion_asked == context_id and self.audio_context_available(context_id):
            item = await super()._next_audio_context_item(context_id)
        return item

    async def _orion_blocks(
        self, packets: AsyncGenerator[Packet, None], written: Alignment, context_id: str
    ) -> AsyncGenerator[bytes, None]:
        """The audio of a sentence at the transport's rate; its words go to Pipecat as they come."""
        offset_secs, blocks, silent = None, None, True
        async for kind, content in packets:
            # Word times count from the start of the turn, which may have several sentences.
            if offset_secs is None:
                offset_secs = self._orion_timeline.offset_secs(context_id, self._orion_now())
            if kind == b"W":
                words = [(word, secs + offset_secs) for word, secs in json.loads(content)]
                await self.add_word_timestamps(written.take(words), context_id)
                continue
            blocks = blocks or Blocks(self._orion_worker.rate_hz, self.sample_rate)
            if pcm := blocks.take(content):
                silent = False
                yield self._orion_timed(pcm)
        rest = blocks.rest() if blocks else b""
        if silent and not rest:  # of a text without words; Pipecat takes no audio for a failure
            rest = bytes(self.sample_rate // 50 * 2)
        await self.add_word_timestamps(written.rest(), context_id)
        if rest:
            yield self._orion_timed(rest)

    def _orion_timed(self, pcm: bytes) -> bytes:
        self._orion_timeline.add(len(pcm) / 2 / self.sample_rate, self._orion_now())
        return pcm

    def _orion_now(self) -> float:
        return asyncio.get_running_loop().time()
