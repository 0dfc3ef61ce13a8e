"""How connections to the database are made: a pool for transactions, and lasting ones for what needs one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from orion.settings.database_url import DatabaseUrl

POOL = 10


def driver_arguments(url: str, *, named: bool = True) -> dict[str, Any]:
    """The arguments of `asyncpg.connect`.

    Args:
        named: Whether prepared statements keep their names. A pooler that gives each transaction another
            server connection loses them; an unnamed one lasts for as long as its transaction needs it.
    """
    address = DatabaseUrl.read(url)
    given: dict[str, Any] = {"dsn": address.asyncpg}
    if address.timeout_secs is not None:
        given["timeout"] = address.timeout_secs
    if not named:
        given["statement_cache_size"] = 0
    return given


def pool(url: str, wait_secs: float, *, named: bool) -> AsyncEngine:
    """Connections that begin and end transactions by themselves (`Database` does it)."""
    caches = {} if named else {"prepared_statement_cache_size": 0}
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args={**driver_arguments(url, named=named), **caches},
        pool_size=POOL,
        max_overflow=POOL,
        isolation_level="AUTOCOMMIT",
        pool_timeout=wait_secs,
        hide_parameters=True,  # an error would quote what people said
    )


def lasting(url: str) -> AsyncEngine:
    """Connections of their own, for migrations, copies of tables and LISTEN."""
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args={**driver_arguments(url, named=False), "prepared_statement_cache_size": 0},
        poolclass=NullPool,
        hide_parameters=True,
    )
