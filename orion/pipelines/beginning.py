"""How a call begins: all that is logged meanwhile names its session, and a failure ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orion import log
from orion.domain.session import EndReason
from orion.pipelines.call import Call


@asynccontextmanager
async def beginning(call: Call) -> AsyncIterator[None]:
    """While a call begins: one that cannot leaves nothing behind."""
    try:
        with log.in_session(str(call.session_id)):
            yield
    except BaseException:
        await call.end(EndReason.ERROR)
        raise
