"""Several engines of one kind in the place of one: each in a branch of its own, one at a time speaking.

What a branch does inside is seen by no observer: a failed attempt's words, the interruption that stops
it. Whoever watches the pipeline sees what leaves the order, and a SwitchedFrame for each switch.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from loguru import logger
from pipecat.frames.frames import (
    AudioRawFrame,
    CancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    ServiceMetadataFrame,
    StartFrame,
    StopFrame,
)
from pipecat.pipeline.base_pipeline import BasePipeline
from pipecat.pipeline.pipeline import Pipeline, PipelineSink, PipelineSource
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.ai_service import AIService

from orion.domain.breaker import Breaker, Breakers, Standing
from orion.processors.switched import Fault, SwitchedFrame
from orion.providers import Candidate, Kind

_SETUP_SECS = 3.0
_THROUGH_SECS = 2.0
_HALT_SECS = 1.0
_LIFE_CYCLE = (StartFrame, EndFrame, CancelFrame, StopFrame)


class Order(BasePipeline):
    """What the orders of all three kinds share: branches, life cycle, breakers.

    A subclass decides in `orion_enters` where a frame goes, and in `orion_leaves` what becomes of one
    that leaves a branch. A branch that does not start in time is left out until it has. `orion_active`
    is the index of the engine that has the word.
    """

    def __init__(self, kind: Kind, candidates: Sequence[Candidate[AIService]], breakers: Breakers) -> None:
        super().__init__()
        self.orion_kind = kind
        self.orion_services = [candidate.service for candidate in candidates]
        self.orion_names = [candidate.provider for candidate in candidates]
        self.orion_active = 0
        breakers_of = [breakers.of(kind, one.provider, one.model) for one in candidates]
        self._orion_standings = [Standing(shared, Breaker()) for shared in breakers_of]
        self._orion_branches = [
            self._orion_branch(i, service) for i, service in enumerate(self.orion_services)
        ]
        self._orion_given: list[deque[int]] = [deque(maxlen=64) for _ in candidates]
        self._orion_halts: dict[int, asyncio.Event] = {}
        self._orion_started: set[int] = set()
        self._orion_waits: tuple[int, set[int], asyncio.Event] | None = None

    def _orion_branch(self, index: int, service: FrameProcessor) -> Pipeline:
        leaves = partial(self._orion_leaves, index)
        return Pipeline(
            [service],
            source=PipelineSource(leaves, name=f"{self}::Source{index}"),
            sink=PipelineSink(leaves, name=f"{self}::Sink{index}"),
        )

    @property
    def processors(self) -> list[FrameProcessor]:
        """The branches."""
        return list(self._orion_branches)

    @property
    def entry_processors(self) -> list[FrameProcessor]:
        """The branches."""
        return self.processors

    def processors_with_metrics(self) -> list[FrameProcessor]:
        """The services that measure."""
        return [found for branch in self._orion_branches for found in branch.processors_with_metrics()]

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        """Set the branches up; one that hangs is not waited for."""
        await super().setup(setup)
        self._setup_finished()
        unseen = replace(setup, observer=None)
        tasks = [self._create_setup_task(branch, unseen) for branch in self._orion_branches]
        await asyncio.wait(tasks, timeout=_SETUP_SECS)

    async def cleanup(self) -> None:
        """Release the branches."""
        await super().cleanup()
        await self._cleanup_processors(self._orion_branches)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take the beginning and the end through all branches, and leave the rest to the subclass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, _LIFE_CYCLE):
            await self.orion_ends(frame)
            await self._orion_through(frame, direction)
            await self.push_frame(frame, direction)
        else:
            await self.orion_enters(frame, direction)

    @abstractmethod
    async def orion_enters(self, frame: Frame, direction: FrameDirection) -> None:
        """A frame came from outside."""

    @abstractmethod
    async def orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """A frame came out of the branch `index` that was not given to it by `orion_give`."""

    async def orion_ends(self, frame: Frame) -> None:
        """The pipeline begins or ends; whoever owes something yet may wait here."""

    async def orion_give(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """Give a frame to a branch; it does not come out of it again."""
        if not isinstance(frame, AudioRawFrame):  # there are too many to remember them
            self._orion_given[index].append(frame.id)
        await self._orion_branches[index].queue_frame(frame, direction)

    async def orion_pass(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """Send a frame through a branch; it comes out in `orion_leaves`."""
        await self._orion_branches[index].queue_frame(frame, direction)

    async def orion_share(self, frame: Frame, direction: FrameDirection) -> None:
        """Give a frame to all branches, and pass it on."""
        for index in range(len(self._orion_branches)):
            await self.orion_give(index, frame, direction)
        await self.push_frame(frame, direction)

    async def orion_halt(self, index: int) -> None:
        """Stop what a branch is doing, unseen from outside; what it did comes out no more."""
        frame, stopped = InterruptionFrame(), asyncio.Event()
        self._orion_halts[frame.id] = stopped
        await self.orion_give(index, frame, FrameDirection.DOWNSTREAM)
        with suppress(TimeoutError):
            async with asyncio.timeout(_HALT_SECS):
                await stopped.wait()
        self._orion_halts.pop(frame.id, None)

    def orion_candidates(self) -> Iterator[int]:
        """The engines to be asked, in order: first those that their breakers admit, then the others."""
        started = [index for index in range(len(self.orion_names)) if index in self._orion_started]
        refused = []
        for index in started:
            if self.orion_breaker(index).admits(self.orion_now()):
                yield index
            else:
                refused.append(index)
        yield from refused

    def orion_breaker(self, index: int) -> Standing:
        """The breaker of an engine, and how it takes this call's requests."""
        return self._orion_standings[index]

    def orion_now(self) -> float:
        """The event loop's time in seconds."""
        return self.get_event_loop().time()

    async def orion_take(self, index: int) -> None:
        """Let an engine have the word; one that had been given up is asked again."""
        await self.orion_services[index].set_usable(True)
        if index != self.orion_active:
            self.orion_active = index
            await self.orion_services[index].broadcast_service_metadata()

    async def orion_switched(self, found: Fault, taken: int | None) -> None:
        """Count a failure, and tell of it."""
        if found.refused:
            self.orion_breaker(found.index).refused(self.orion_now())
        else:
            self.orion_breaker(found.index).failed(self.orion_now(), lasting=found.lasting)
        failed, name = self.orion_names[found.index], None if taken is None else self.orion_names[taken]
        logger.warning(
            "{} by {} failed: {}; {} goes on", self.orion_kind, failed, found.reason, name or "nobody"
        )
        await self.push_frame(SwitchedFrame(self.orion_kind, failed, found.reason, name))

    async def _orion_through(self, frame: Frame, direction: FrameDirection) -> None:
        """Take a frame through all branches; one that is stuck is not waited for longer than 2 s."""
        arrived = asyncio.Event()
        self._orion_waits = (frame.id, set(range(len(self._orion_branches))), arrived)
        for branch in self._orion_branches:
            await branch.queue_frame(frame, direction)
        try:
            async with asyncio.timeout(_THROUGH_SECS):
                await arrived.wait()
        except TimeoutError:
            late = [self.orion_names[index] for index in self._orion_waits[1]]
            logger.warning("{} by {} did not follow in time", self.orion_kind, ", ".join(late))

    async def _orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, StartFrame):
            self._orion_started.add(index)
        if isinstance(frame, _LIFE_CYCLE):
            self._orion_arrived(index, frame)
        elif isinstance(frame, ServiceMetadataFrame):
            if index == self.orion_active:
                await self.push_frame(frame, direction)
        elif frame.id not in self._orion_given[index]:
            await self.orion_leaves(index, frame, direction)
        elif frame.id in self._orion_halts:
            self._orion_halts[frame.id].set()

    def _orion_arrived(self, index: int, frame: Frame) -> None:
        if self._orion_waits is not None and self._orion_waits[0] == frame.id:
            self._orion_waits[1].discard(index)
            if not self._orion_waits[1]:
                self._orion_waits[2].set()
