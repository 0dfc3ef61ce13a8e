"""What the database tells by NOTIFY: a connection of its own that listens, and comes back when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
from loguru import logger
from sqlalchemy.exc import DBAPIError

from orion.store.engines import lasting

CREDENTIALS = "orion_credentials"
"""Channel on which triggers name the user whose credentials changed."""

_RETRY_SECS = (0.5, 1.0, 2.0, 5.0)
_PING_SECS = 5.0
_LOST = (OSError, TimeoutError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def listen(
    url: str, channel: str, told: Callable[[str | None], Awaitable[None]], *, check_secs: float
) -> None:
    """Call `told` with each payload, until cancelled; `url` is the database's own, for LISTEN needs it.

    `told(None)` means that something may have been missed: after each connection, and every
    `check_secs`, however much is told.
    """
    engine = lasting(url)
    attempt = 0
    while True:
        try:
            async with engine.connect() as connection:
                attempt = 0
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await _follow(driver, channel, told, check_secs)
        except _LOST as error:
            if attempt == 0:
                logger.warning("listening to the database broke off: {}", type(error).__name__)
        await asyncio.sleep(_RETRY_SECS[min(attempt, len(_RETRY_SECS) - 1)])
        attempt += 1


async def _follow(
    driver: Any, channel: str, told: Callable[[str | None], Awaitable[None]], check_secs: float
) -> None:
    """Follow the channel until the connection is lost."""
    heard: asyncio.Queue[str | None] = asyncio.Queue()
    driver.add_termination_listener(lambda _: heard.put_nowait(None))
    await driver.add_listener(channel, lambda _connection, _pid, _channel, payload: heard.put_nowait(payload))
    await told(None)
    clock = asyncio.get_running_loop().time
    due = clock() + check_secs
    while not driver.is_closed():
        payload = None
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                payload = await heard.get()
        if clock() >= due:
            await driver.execute("select 1", timeout=_PING_SECS)
            payload, due = None, clock() + check_secs
        await told(payload)
