"""A small real pipeline around one service: frames go in, what comes out is kept, and can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from wave import open as open_wav

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    StartFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

RATE_HZ = 16000
RECORDINGS = Path(__file__).parents[1] / "recordings"

_Frame = TypeVar("_Frame", bound=Frame)


def recording(name: str) -> bytes:
    """PCM of a human recording: 16-bit mono, 16 kHz."""
    with open_wav(str(RECORDINGS / f"{name}.wav"), "rb") as wav:
        return wav.readframes(wav.getnframes())


class Speaker(BaseOutputTransport):
    """Takes as long to play as the audio lasts."""

    def __init__(self) -> None:
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_end_silence_secs=0))
        self.played_secs = 0.0
        self._free_at = 0.0

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: Any) -> bool:
        now = asyncio.get_running_loop().time()
        secs = len(frame.audio) / 2 / frame.sample_rate
        self._free_at = max(self._free_at, now) + secs
        await asyncio.sleep(self._free_at - now)
        self.played_secs += secs
        return True


class _Ear(FrameProcessor):
    """Keeps what passes in one direction, in the order in which it passes."""

    def __init__(self, stage: Stage, direction: FrameDirection) -> None:
        super().__init__()
        self._stage = stage
        self._listens = direction

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is self._listens and (
            direction is FrameDirection.DOWNSTREAM or isinstance(frame, ErrorFrame)
        ):
            await self._stage.note(frame)
        await self.push_frame(frame, direction)


class Stage:
    """One running pipeline.

    Attributes:
        frames: What came out, in order.
        words: Every word that was told as spoken, with the seconds of audio played by then.
    """

    def __init__(
        self, *services: FrameProcessor, speaker: Speaker | None = None, usage: bool = False
    ) -> None:
        self.frames: list[Frame] = []
        self.words: list[tuple[str, float]] = []
        self._speaker = speaker
        self._changed = asyncio.Condition()
        # Errors travel upstream, all else is listened for behind the services.
        first, last = _Ear(self, FrameDirection.UPSTREAM), _Ear(self, FrameDirection.DOWNSTREAM)
        ends = [speaker] if speaker else []
        self._worker = PipelineWorker(
            Pipeline([first, *services, *ends, last]),
            params=PipelineParams(
                audio_in_sample_rate=RATE_HZ,
                audio_out_sample_rate=24000,
                enable_metrics=usage,
                enable_usage_metrics=True,
            ),
            cancel_on_idle_timeout=False,
            enable_rtvi=False,
        )

    async def note(self, frame: Frame) -> None:
        async with self._changed:
            self.frames.append(frame)
            if isinstance(frame, TTSTextFrame):
                self.words.append((frame.text, self._speaker.played_secs if self._speaker else 0.0))
            self._changed.notify_all()

    async def send(self, *frames: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        await self._worker.queue_frames(list(frames), direction)

    async def answer(self, *texts: str) -> None:
        """One response of a language model; every text one token."""
        tokens = [LLMTextFrame(text) for text in texts]
        await self.send(LLMFullResponseStartFrame(), *tokens, LLMFullResponseEndFrame())

    async def answer_part(self, text: str) -> None:
        """One token of a response that goes on."""
        await self.send(LLMTextFrame(text))

    async def quiet(self, secs: float) -> None:
        """Let so much time pass, as a person would."""
        await asyncio.sleep(secs)

    async def audio(self, pcm: bytes) -> None:
        """Audio of a microphone, in 20 ms frames, faster than real time."""
        step = RATE_HZ // 50 * 2
        frames = [InputAudioRawFrame(pcm[i : i + step], RATE_HZ, 1) for i in range(0, len(pcm), step)]
        await self.send(*frames)

    async def until(self, met: Callable[[], Any], timeout_secs: float = 10.0) -> None:
        async with asyncio.timeout(timeout_secs), self._changed:
            await self._changed.wait_for(met)

    async def heard(self, kind: type[_Frame], number: int = 1) -> _Frame:
        """Wait for the `number`th frame of a kind."""
        await self.until(lambda: len(self.all(kind)) >= number)
        return self.all(kind)[number - 1]

    def all(self, kind: type[_Frame]) -> list[_Frame]:
        return [frame for frame in self.frames if isinstance(frame, kind)]

    async def interrupt(self) -> None:
        """A barge-in, seen through to the end of the pipeline."""
        before = len(self.all(InterruptionFrame))
        await self.send(InterruptionFrame())
        await self.heard(InterruptionFrame, before + 1)

    async def run(self) -> None:
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self._worker)
        await runner.run()


@asynccontextmanager
async def on_stage(
    *services: FrameProcessor, speaker: Speaker | None = None, errors: int | None = 0, usage: bool = False
) -> AsyncIterator[Stage]:
    """Run the services between two ears; other than the `errors` expected (None: any) fail the test.

    With `usage` they tell the tokens that they have used.
    """
    stage = Stage(*services, speaker=speaker, usage=usage)
    running = asyncio.get_running_loop().create_task(stage.run())
    try:
        await stage.heard(StartFrame)
        yield stage
        await stage.send(EndFrame())
        async with asyncio.timeout(20):
            await running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert errors is None or len(stage.all(ErrorFrame)) == errors, stage.all(ErrorFrame)
