"""An engine that waits to be needed: it is built with the call, and set up when another has failed."""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import Frame, StartFrame
from pipecat.pipeline.base_pipeline import BasePipeline
from pipecat.pipeline.pipeline import Pipeline, PipelineSink, PipelineSource
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

_WAKE_SECS = 5.0


class Standby(BasePipeline):
    """Passes all frames by until it is woken, and then through the engine.

    Until then it costs nothing: no connection, no worker.

    Args:
        keeps: Frames that nobody else takes: they wait for it.
        wake_secs: So long may setting it up take, and as long its start.
    """

    def __init__(
        self, engine: FrameProcessor, keeps: tuple[type[Frame], ...] = (), wake_secs: float = _WAKE_SECS
    ) -> None:
        super().__init__()
        self._orion_wake_secs = wake_secs
        self._orion_keeps = keeps
        self._orion_branch = Pipeline(
            [engine],
            source=PipelineSource(self._orion_leaves, name=f"{self}::Source"),
            sink=PipelineSink(self._orion_leaves, name=f"{self}::Sink"),
        )
        self._orion_setup: FrameProcessorSetup | None = None
        self._orion_start: StartFrame | None = None
        self._orion_kept: list[Frame] = []
        self._orion_started = asyncio.Event()
        self._orion_woken = self._orion_awake = False
        self._orion_since = 0

    @property
    def processors(self) -> list[FrameProcessor]:
        """The branch with the engine."""
        return [self._orion_branch]

    @property
    def entry_processors(self) -> list[FrameProcessor]:
        """The branch with the engine."""
        return self.processors

    def processors_with_metrics(self) -> list[FrameProcessor]:
        """The engine, if it measures."""
        return list(self._orion_branch.processors_with_metrics())

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        """Keep what the engine will need."""
        await super().setup(setup)
        self._setup_finished()
        self._orion_setup = setup

    async def cleanup(self) -> None:
        """Release the engine if it was needed."""
        await super().cleanup()
        if self._orion_woken:
            await self._cleanup_processors([self._orion_branch])

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame by, or through the engine."""
        await super().process_frame(frame, direction)
        if self._orion_awake and frame.id > self._orion_since:
            await self._orion_branch.queue_frame(frame, direction)
            return
        if isinstance(frame, StartFrame):
            self._orion_start = frame
        if isinstance(frame, self._orion_keeps) and not self._orion_awake:
            self._orion_kept.append(frame)
        else:
            await self.push_frame(frame, direction)

    async def orion_wake(self) -> None:
        """Set the engine up, and let frames through it from now on."""
        if self._orion_awake or self._orion_setup is None or self._orion_start is None:
            return
        self._orion_woken = True
        await asyncio.wait(
            [self._create_setup_task(self._orion_branch, self._orion_setup)], timeout=self._orion_wake_secs
        )
        await self._orion_branch.queue_frame(self._orion_start, FrameDirection.DOWNSTREAM)
        async with asyncio.timeout(self._orion_wake_secs):
            await self._orion_started.wait()
        self._orion_since = Frame().id  # what is under way was meant for the engine that failed
        self._orion_awake = True
        for frame in self._orion_kept:
            await self._orion_branch.queue_frame(frame, FrameDirection.DOWNSTREAM)

    async def _orion_leaves(self, frame: Frame, direction: FrameDirection) -> None:
        if frame is self._orion_start:
            self._orion_started.set()
        else:
            await self.push_frame(frame, direction)
