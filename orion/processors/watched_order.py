"""An order whose engines work beside the frames: a watch over what they owe, and the turn-over."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence

from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.ai_service import AIService

from orion.domain.breaker import Breakers
from orion.processors.order import Order
from orion.processors.switched import Fault
from orion.providers import Candidate, Kind


class WatchedOrder(Order):
    """Gives an engine up when it reports a fault, or has owed something for too long.

    The turn-over has a task of its own: a fault is told by tasks of the engine, which ends with them.
    """

    def __init__(self, kind: Kind, candidates: Sequence[Candidate[AIService]], breakers: Breakers) -> None:
        super().__init__(kind, candidates, breakers)
        self._orion_due: float | None = None
        self._orion_fault: Fault | None = None
        self._orion_news = asyncio.Event()
        self._orion_settled = asyncio.Event()
        self._orion_watching: asyncio.Task[None] | None = None

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        """Begin to watch."""
        await super().setup(setup)
        self._orion_watching = self.create_task(self._orion_watch())

    async def cleanup(self) -> None:
        """Stop watching."""
        if self._orion_watching is not None:
            await self.cancel_task(self._orion_watching)
        await super().cleanup()

    @abstractmethod
    async def orion_turn_over(self, found: Fault, taken: int | None) -> None:
        """Give what is owed to the engine `taken`; None where none is left."""

    @abstractmethod
    def orion_tried(self) -> set[int]:
        """The engines that are not asked again for what is owed now."""

    @property
    def orion_at_fault(self) -> bool:
        """Whether what the engine does no longer counts."""
        return self._orion_fault is not None

    @property
    def orion_expecting(self) -> bool:
        """Whether something is owed."""
        return self._orion_due is not None

    def orion_expect(self, secs: float, *, at_latest: bool = False) -> None:
        """Something is owed, and is due so many seconds from now; `at_latest`: unless it was due before."""
        due = self.orion_now() + secs
        if at_latest and self._orion_due is not None:
            due = min(due, self._orion_due)
        self._orion_due = due
        self._orion_settled.clear()
        self._orion_news.set()

    def orion_relax(self) -> None:
        """Nothing is owed."""
        self._orion_due = None
        if self._orion_fault is None:
            self._orion_settled.set()

    def orion_fail(self, found: Fault) -> None:
        """The engine is at fault; the first fault counts."""
        if self._orion_fault is None and found.index == self.orion_active:
            self._orion_fault = found
            self._orion_settled.clear()
            self._orion_news.set()

    async def orion_settled(self, secs: float) -> None:
        """Wait until nothing is owed, so long at most."""
        if self._orion_due is None and self._orion_fault is None:
            return
        try:
            async with asyncio.timeout(secs):
                await self._orion_settled.wait()
        except TimeoutError:
            return

    async def _orion_watch(self) -> None:
        while True:
            await self._orion_news.wait()
            self._orion_news.clear()
            while self._orion_fault is None and self._orion_due is not None:
                left_secs = self._orion_due - self.orion_now()
                if left_secs <= 0:
                    self._orion_fault = Fault(self.orion_active, "nothing in time", silent=True)
                    break
                try:
                    async with asyncio.timeout(left_secs):
                        await self._orion_news.wait()
                    self._orion_news.clear()
                except TimeoutError:
                    continue
            if self._orion_fault is not None:
                await self._orion_turn_over(self._orion_fault)

    async def _orion_turn_over(self, found: Fault) -> None:
        self.orion_tried().add(found.index)
        taken = next((i for i in self.orion_candidates() if i not in self.orion_tried()), None)
        try:
            await self.orion_turn_over(found, taken)
        finally:
            self._orion_fault = None
            if self._orion_due is None:
                self._orion_settled.set()
