"""An order of language models in which a slow one may be overtaken: two are asked, and one answers.

Source: J. Dean, L. Barroso, The Tail at Scale, CACM 56(2), 2013: hedged requests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipecat.frames.frames import Frame, LLMContextFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.llm_attempt import RESPONSE, TOO_LATE, Attempt, Confirmed, Start, of_a_tool
from orion.processors.order import Order
from orion.processors.switched import Fault
from orion.providers import Candidate, Stateful


class HedgedOrder(Order):
    """Keeps the attempts at an answer apart: what leaves a branch belongs to one, or to a tool of before."""

    def __init__(
        self, candidates: Sequence[Candidate[LLMService[Any]]], breakers: Breakers, deadlines: Deadlines
    ) -> None:
        super().__init__("llm", candidates, breakers)
        self.orion_deadlines = deadlines
        self._orion_attempts: dict[int, Attempt] = {}
        self._orion_lost: dict[int, Attempt] = {}

    async def orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """Collect what belongs to an attempt; drop the rest of failed ones; pass on tool calls."""
        if index in self._orion_attempts:
            self._orion_attempts[index].put(frame, direction)
        elif not isinstance(frame, RESPONSE) or of_a_tool(frame):
            lost = self._orion_lost.get(index)
            if lost is None or not lost.made(frame):
                await self.push_frame(frame, direction)

    def orion_admits(self, service: FrameProcessor) -> bool:
        """Whether a tool that this model calls may run: of two that were asked at once, only one acts."""
        index = next((i for i, known in enumerate(self.orion_services) if known is service), -1)
        if index in self._orion_attempts:
            return self._orion_attempts[index].acts(self.orion_now())
        return index not in self._orion_lost

    async def orion_ask(
        self, index: int, asked: Callable[[int], LLMContextFrame], *, hedged: bool
    ) -> Attempt:
        """Ask a model, and another one where its first word is later than usual.

        Args:
            asked: What a model is asked, by its index.
            hedged: Another one may be asked, where the agent wishes it: the answer is not held back.

        Returns:
            The attempt to follow; it may be the other model's.
        """
        attempt = await self._orion_begin(index, asked)
        attempt.held = not hedged
        percent = self.orion_deadlines.hedge_percentile if hedged else 0
        usual_secs = self.orion_breaker(index).pace.percentile(percent)
        second = self._orion_second(index)
        if not percent or usual_secs is None or second is None:
            return attempt
        if await attempt.starts(attempt.begun + usual_secs):
            return attempt
        rival = await self._orion_begin(second, asked, attempt.start)
        in_time = await attempt.starts(attempt.begun + self.orion_deadlines.first_token_secs)
        if attempt.answers:
            await self._orion_lose(rival, rival.fault, attempt)
            return attempt
        found = attempt.fault or (None if in_time else Fault(index, TOO_LATE))
        await self._orion_lose(attempt, found, rival)
        await self.orion_take(second)
        return rival

    def orion_confirmed(self) -> None:
        """The turn has ended that the attempts answer ahead of its end: their deadlines begin."""
        for attempt in self._orion_attempts.values():
            attempt.put(Confirmed(), FrameDirection.DOWNSTREAM)

    def orion_interrupted(self) -> None:
        """A barge-in came before it was known whether the models answer."""
        for index in self._orion_attempts:
            self.orion_breaker(index).withdrawn()

    def orion_over(self) -> None:
        """The attempts are over: what still leaves the branches is not of the answer."""
        for index, attempt in self._orion_attempts.items():
            if attempt.answers and not attempt.held:
                self.orion_breaker(index).pace.add(attempt.acted - attempt.begun)
        self._orion_attempts.clear()

    def orion_offline(self, index: int) -> bool:
        """Whether it is the offline agent, which is not asked the same way."""
        return isinstance(self.orion_services[index], Stateful)

    async def _orion_begin(
        self, index: int, asked: Callable[[int], LLMContextFrame], start: Start | None = None
    ) -> Attempt:
        attempt = self._orion_attempts[index] = Attempt(index, self.orion_now(), start=start)
        self._orion_lost.pop(index, None)
        await self.orion_give(index, asked(index), FrameDirection.DOWNSTREAM)
        return attempt

    def _orion_second(self, index: int) -> int | None:
        """The model to ask beside a slow one: the next that is well, but not the offline agent."""
        models = (i for i in range(index + 1, len(self.orion_names)) if i in self._orion_started)
        well = (i for i in models if not self.orion_breaker(i).open and not self.orion_offline(i))
        return next(well, None)

    async def _orion_lose(self, attempt: Attempt, found: Fault | None, winner: Attempt) -> None:
        """Stop an attempt that another one has overtaken; what it has said or called is not known of."""
        self._orion_lost[attempt.index] = self._orion_attempts.pop(attempt.index)
        while not attempt.leaving.empty():
            await self.orion_leaves(attempt.index, *attempt.leaving.get_nowait())
        await self.orion_halt(attempt.index)
        self.orion_breaker(attempt.index).pace.add(self.orion_now() - attempt.begun)
        if found is not None:
            await self.orion_switched(found, winner.index)
