"""The one place that owns background tasks: none is lost, none outlives its owner."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from loguru import logger


class Tasks:
    """The background tasks of one owner, which cancels them all when it closes."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start `work`; an exception in it is logged by its type, for nobody else would see it."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("task {} failed: {}", task.get_name(), type(error).__name__)

    def all(self) -> list[asyncio.Task[Any]]:
        """Those that still run."""
        return list(self._running)

    async def close(self) -> None:
        """Cancel what still runs, but the task that calls this, and wait for it."""
        current = asyncio.current_task()
        tasks = [task for task in self._running if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
