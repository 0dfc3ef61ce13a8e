"""How long foreign schemas and patterns may keep a processor busy: one limit for a whole piece of work.

Python cannot stop a thread, so what works on foreign data says now and then how far it is: `spend`. There
it ends when its time is over, and there it gives way, so that the thread of the event loop never waits
long for the interpreter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SLICE_SECS = 0.001
"""After so long at work a thread gives way."""
_REST_SECS = 0.0005
_STEPS_PER_LOOK = 16
"""The clock of a thread is a system call."""


class OutOfTime(Exception):
    """The work took longer than it may."""


class Effort:
    """The limit of one piece of work, in seconds of processor time.

    Args:
        rests: Whether it works in a thread of its own, which can give way.
    """

    def __init__(self, secs: float, *, rests: bool) -> None:
        self._ends = time.thread_time() + secs
        self._works_until = time.thread_time() + _SLICE_SECS if rests else None
        self._steps = 0

    @property
    def left_secs(self) -> float:
        """What is left, 0 at least."""
        return max(0.0, self._ends - time.thread_time())

    def spend(self) -> None:
        """A step was made. Raises OutOfTime."""
        self._steps += 1
        if self._steps % _STEPS_PER_LOOK:
            return
        now = time.thread_time()
        if now > self._ends:
            raise OutOfTime
        if self._works_until is not None and now > self._works_until:
            threading.Event().wait(_REST_SECS)
            self._works_until = now + _SLICE_SECS


_CURRENT: ContextVar[Effort | None] = ContextVar("effort", default=None)


@contextmanager
def within(secs: float, *, rests: bool = False) -> Iterator[None]:
    """The limit in force, or else one of so many seconds while the context is open."""
    if _CURRENT.get() is not None:
        yield
        return
    token = _CURRENT.set(Effort(secs, rests=rests))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def spend() -> None:
    """A step was made by what works within a limit. Raises OutOfTime."""
    current = _CURRENT.get()
    if current is not None:
        current.spend()


def left_secs(most: float) -> float:
    """What is left of the limit in force, `most` at most."""
    current = _CURRENT.get()
    return most if current is None else min(most, current.left_secs)
