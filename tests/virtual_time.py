"""A loop whose clock jumps: where everybody waits for a timer, it is that timer's time. Nobody sleeps."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from pipecat.clocks.base_clock import BaseClock

_Result = TypeVar("_Result")


class _Jumping(selectors.DefaultSelector):
    """Does not wait for the next timer, but tells the loop how far away it is."""

    skipped_secs = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self.skipped_secs += timeout
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    """Time passes only where it is waited for, so that a run is the same on every machine."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.skipped_secs


class LoopClock(BaseClock):
    """The loop's time as a pipeline's clock."""

    def __init__(self) -> None:
        self._began = 0.0

    def start(self) -> None:
        self._began = asyncio.get_running_loop().time()

    def get_time(self) -> int:
        return round((asyncio.get_running_loop().time() - self._began) * 1e9)


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run it to its end in virtual time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)
