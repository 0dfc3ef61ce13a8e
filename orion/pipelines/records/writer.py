"""The bounded queue between the frames and the database: no frame ever waits for SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import islice

from loguru import logger

from orion.domain.identity import Principal
from orion.domain.session import Event
from orion.errors import DatabaseUnavailable
from orion.store.database import Database
from orion.store.store import Store

Write = Callable[[Store], Awaitable[object]]
Record = Write | Event

_LIMIT = 20_000
_BATCH = 100
_GATHER_SECS = 0.02
"""A record waits so long for others to share its transaction, unless somebody waits for it."""
_RETRY_SECS = (0.1, 0.2, 0.5, 1.0, 2.0)


class Writer:
    """Writes what the calls of this process record, in order, a batch in a transaction.

    The events of a batch are written by one statement, after its other writes.

    While the database is away the writes wait (up to 20,000, some hours of one call) and are tried
    again; each write is idempotent, so a batch whose commit was lost may run twice. A write that the
    database refuses is logged and left out; it does not hold up the others.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: asyncio.Queue[Record] = asyncio.Queue(_LIMIT)
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="writer")

    def put(self, record: Record) -> None:
        """Queue an event or a write; on a full queue it is counted as dropped and logged."""
        try:
            self._pending.put_nowait(record)
        except asyncio.QueueFull:
            self.dropped += 1
            logger.error("the recorder's queue is full, {} writes were dropped", self.dropped)

    @property
    def waiting(self) -> int:
        """How many writes are queued."""
        return self._pending.qsize()

    async def flush(self, timeout_secs: float = 5.0) -> bool:
        """Wait until all that is queued now is written; False if that took too long."""
        self._hurry.set()
        try:
            async with asyncio.timeout(timeout_secs):
                await self._pending.join()
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """Write what is queued, for ten seconds at most, and end."""
        if self._task is None:
            return
        if not await self.flush(10.0):
            logger.error("{} records could not be written before the end", self._pending.qsize())
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _run(self) -> None:
        while True:
            batch = [await self._pending.get()]
            await self._gather()
            batch += islice(iter(self._next, None), _BATCH - 1)
            await self._write(batch)
            for _ in batch:
                self._pending.task_done()

    async def _gather(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_GATHER_SECS):
                await self._hurry.wait()
        self._hurry.clear()

    def _next(self) -> Record | None:
        return None if self._pending.empty() else self._pending.get_nowait()

    async def _write(self, batch: list[Record]) -> None:
        attempt = 0
        while True:
            try:
                await self._transaction(batch)
            except DatabaseUnavailable:
                await asyncio.sleep(_RETRY_SECS[min(attempt, len(_RETRY_SECS) - 1)])
                attempt += 1
            except Exception as error:  # noqa: BLE001 - the recorder's edge: one bad write, not all
                if len(batch) == 1:
                    logger.error("a record was refused by the database: {}", type(error).__name__)
                    return
                for record in batch:
                    await self._write([record])
                return
            else:
                return

    async def _transaction(self, batch: list[Record]) -> None:
        async with self._database.transaction(Principal.system("recorder")) as store:
            for record in batch:
                if not isinstance(record, Event):
                    await record(store)
            await store.events.add(record for record in batch if isinstance(record, Event))
