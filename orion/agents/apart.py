"""Work on foreign data beside the event loop: in a few threads that give way, each within one limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

from orion.domain.effort import within

_Result = TypeVar("_Result")
_Given = TypeVarTuple("_Given")

_SECS = 0.5
_THREADS = ThreadPoolExecutor(2, "checks")
"""Threads of their own: what takes long holds up other checks, and nothing else."""


async def apart(work: Callable[[*_Given], _Result], *given: *_Given, secs: float = _SECS) -> _Result:
    """What the work gives; it has so many seconds of processor time. Raises OutOfTime, and what it raises."""

    def limited() -> _Result:
        with within(secs, rests=True):
            return work(*given)

    return await asyncio.get_running_loop().run_in_executor(_THREADS, limited)
