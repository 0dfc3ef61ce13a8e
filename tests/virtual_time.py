"""A loop whose clock jumps: where everybody waits for a timer, it is that timer's time. Nobody sleeps."""

from __future__ import annotations

import asyncio
import os
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

from pipecat.clocks.base_clock import BaseClock

_Result = TypeVar("_Result")
_Given = TypeVarTuple("_Given")


_WORKING_SECS = 0.001
"""Of real time: so long a thread is waited for at once."""


class _Jumping(selectors.DefaultSelector):
    """Does not wait for the next timer, but tells the loop how far away it is.

    Attributes:
        working: Threads that work for the loop: while there are any, no time passes.
    """

    skipped_secs = 0.0
    working = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0 if timeout is not None else None)
        if found or not timeout:
            return found
        if self.working:
            return super().select(_WORKING_SECS)
        os.sched_yield()  # a byte may be under way between two sockets of this process
        found = super().select(0)
        if not found:
            self.skipped_secs += timeout
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    """Time passes only where it is waited for, so that a run is the same on every machine."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.skipped_secs

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Given], _Result], *args: *_Given
    ) -> asyncio.Future[_Result]:
        """Let a thread do it, and wait for it in real time."""
        self._jumping.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._worked)
        return future

    def _worked(self, _future: asyncio.Future[_Result]) -> None:
        self._jumping.working -= 1


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
