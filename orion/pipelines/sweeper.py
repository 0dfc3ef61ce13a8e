"""Ends the sessions that nobody was in for ORION_SESSION_IDLE_SECS."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from loguru import logger

from orion.domain.identity import Principal
from orion.domain.session import EndReason, Session
from orion.errors import DatabaseUnavailable, NotFound
from orion.pipelines.shared import Shared

_SWEEP_SECS = 30.0


Busy = Callable[[UUID], bool]
End = Callable[[Session, EndReason], Awaitable[None]]


async def sweep(shared: Shared, busy: Busy, end: End) -> None:
    """Look every half minute, until cancelled.

    Args:
        busy: Whether something goes on in a session here.
        end: Ends a session.
    """
    while True:
        await asyncio.sleep(_SWEEP_SECS)
        cutoff = datetime.now(UTC) - timedelta(seconds=shared.settings.session_idle_secs)
        try:
            await end_idle(shared, cutoff, busy, end)
        except DatabaseUnavailable:
            logger.warning("the sweeper waits for the database")


async def end_idle(shared: Shared, cutoff: datetime, busy: Busy, end: End) -> None:
    """End the sessions in which nothing happened since `cutoff`."""
    async with shared.database.transaction(Principal.system("sweeper")) as store:
        idle = await store.sessions.idle_since(cutoff)
    for session in idle:
        if not busy(session.id):
            with suppress(NotFound):  # deleted meanwhile
                await end(session, EndReason.IDLE)
