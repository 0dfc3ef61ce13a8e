"""Whether a pooler stands before the database, and how it pools: by session, or by transaction.

A pooler has to tell its clients process ids and cancel keys of its own, for it must know itself which
server's query a cancel request means: so the id that the protocol tells (BackendKeyData) is not the one
that `pg_backend_pid()` gives. If it pools by transaction, two connections that are both open get to the
same server process. Both are seen within a few queries, of which none leaves anything behind.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import asyncpg

from orion.errors import StartError
from orion.settings import Settings
from orion.settings.database_url import DatabaseUrl
from orion.store.engines import driver_arguments
from orion.store.refusals import REFUSED, start_error

_URL, _DIRECT = "DATABASE_URL", "ORION_DATABASE_DIRECT_URL"
_CONNECTIONS = 4
_SECS = 15.0
_SERVER = "select pg_backend_pid(), pg_postmaster_start_time()"
_DATABASE = "select oid, pg_postmaster_start_time() from pg_database where datname = current_database()"

Server = tuple[int, datetime]


class Pooling(Enum):
    """What stands between here and the server."""

    NONE = "none"
    SESSION = "session"
    """Each connection keeps its server process, as far as was seen."""
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is.

    Attributes:
        url: For transactions.
        direct_url: For what needs a connection that lasts: migrations, LISTEN, plans, copies of tables.
        named: Whether prepared statements keep their names on `url`.
    """

    url: str
    direct_url: str
    named: bool = True

    @classmethod
    async def of(cls, settings: Settings) -> Addresses:
        """The addresses of the settings' own database.

        Raises:
            StartError: It cannot be reached, or a pooler is in the way of what needs a lasting connection.
        """
        url, direct_url = settings.database_url, settings.database_direct_url
        assert url is not None
        found = await pooling(url, _URL)
        if direct_url is None:
            if found is Pooling.TRANSACTION:
                raise StartError(
                    "a pooler before the database gives each transaction another connection; name the "
                    f"database's own address, too, for what needs one that lasts: {_DIRECT}=postgresql://..."
                )
            return cls(url, url, found is Pooling.NONE and DatabaseUrl.read(url).named_statements)
        if await pooling(direct_url, _DIRECT) is Pooling.TRANSACTION:
            raise StartError(
                f"{_DIRECT} leads to a pooler that gives each transaction another connection; name the "
                "address of the database itself"
            )
        if await _database(url, _URL) != await _database(direct_url, _DIRECT):
            raise StartError(f"{_URL} and {_DIRECT} lead to different databases; both must mean one")
        return cls(url, direct_url, named=False)


async def pooling(url: str, name: str) -> Pooling:
    """What stands between here and the server. Raises StartError where none can be reached."""
    try:
        async with AsyncExitStack() as stack:
            return await _seen(stack, url)
    except REFUSED as error:
        if "statement pooling" in str(error):
            told = f"the pooler of {name} pools by statement; let it pool by transaction"
            raise StartError(told) from error
        raise start_error(error, url, name) from error


async def _seen(stack: AsyncExitStack, url: str) -> Pooling:
    first = await _connected(stack, url)
    server = await _server(first)
    direct = True
    for _ in range(_CONNECTIONS - 1):
        other = await _connected(stack, url)
        # It keeps its server for as long as the transaction is open, so that the next one gets another.
        await other.execute("begin", timeout=_SECS)
        if await _server(other) == server or await _server(first) != server:
            return Pooling.TRANSACTION
        direct = first.get_server_pid() == server[0]
        if direct:
            break
    return Pooling.NONE if direct else Pooling.SESSION


async def _connected(stack: AsyncExitStack, url: str) -> asyncpg.Connection:
    given = {"timeout": _SECS, **driver_arguments(url, named=False)}
    connection = await asyncpg.connect(**given)
    stack.push_async_callback(_leave, connection)
    return connection


async def _leave(connection: asyncpg.Connection) -> None:
    """Close the connection in order: of one that is left in a transaction, poolers throw the server away."""
    with suppress(*REFUSED):
        if connection.is_in_transaction():
            await connection.execute("rollback", timeout=_SECS)
        await connection.close(timeout=_SECS)


async def _server(connection: asyncpg.Connection) -> Server:
    row = await connection.fetchrow(_SERVER, timeout=_SECS)
    assert row is not None
    return row[0], row[1]


async def _database(url: str, name: str) -> Server:
    try:
        async with AsyncExitStack() as stack:
            row = await (await _connected(stack, url)).fetchrow(_DATABASE, timeout=_SECS)
    except REFUSED as error:
        raise start_error(error, url, name) from error
    assert row is not None
    return row[0], row[1]
