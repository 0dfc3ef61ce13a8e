"""The end of a pipeline, down a ladder: ask it, cancel it, cancel it past its queues, leave it behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from loguru import logger
from pipecat.frames.frames import CancelFrame
from pipecat.pipeline.worker import PipelineWorker

from orion.pipelines.tasks import Tasks

_RUNG_SECS = 3.0
"""How long each rung may take."""


async def climb_down(
    worker: PipelineWorker, run: asyncio.Task[Any] | None, tasks: Tasks, *, politely: bool
) -> bool:
    """End a pipeline.

    Args:
        run: What runs it; None where it was never begun.
        tasks: The owner of the rungs, which may hang themselves.
        politely: Let it say what it is saying first.

    Returns:
        Whether it has ended; else it is left behind.
    """
    rungs: list[Callable[[], Awaitable[Any]]] = [
        worker.cancel,
        lambda: worker.pipeline.queue_frame(CancelFrame(reason="teardown")),
    ]
    if politely:
        rungs.insert(0, worker.stop_when_done)
    for rung in rungs:
        if run is None or run.done():
            return True
        tasks.spawn(_quietly(rung()), "teardown")
        await asyncio.wait({run}, timeout=_RUNG_SECS)
    return run is None or run.done()


async def _quietly(work: Awaitable[Any]) -> None:
    """Await a rung of the ladder; what it raises is the next rung's business."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - a call's edge: its end must be reached
        logger.debug("teardown: {}", type(error).__name__)
