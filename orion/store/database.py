"""The database: opened once, used in transactions that row-level security binds to a principal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from orion.domain.identity import Principal
from orion.errors import DatabaseUnavailable, OrionError, StartError
from orion.settings import Settings
from orion.store.embedded import EmbeddedPostgres
from orion.store.layout import Layout
from orion.store.schema import ROLE, migrate, refuse_unbound
from orion.store.store import Store

_POOL = 10
_READY_SECS = 3.0
_RETRIES = 3
_ATTEMPTS = 2 * _POOL + 1
"""A restart of the server may have broken every pooled connection; the one after them is a new one."""
_GONE = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)


class Database:
    """A pool of connections to ORION's schema, each acting as a role that row-level security binds."""

    def __init__(self, url: str, embedded: EmbeddedPostgres | None = None) -> None:
        """Use `open`; this only makes the pool, it connects to nothing."""
        self.url = url
        self._embedded = embedded
        self.engine = _engine(url)

    @classmethod
    async def open(cls, settings: Settings) -> Database:
        """Start the embedded server or use `DATABASE_URL`, and bring its schema to this version.

        Raises:
            StartError: No server, a schema of a newer version, or a role that security does not bind.
        """
        embedded = None if settings.database_url else EmbeddedPostgres(settings.data_dir)
        url = await embedded.start() if embedded else settings.database_url
        assert url is not None
        try:
            await migrate(url)
            await refuse_unbound(url)
        except (OSError, OperationalError, InterfaceError) as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise StartError(f"the database cannot be reached: {reason}") from error
        return cls(url, embedded)

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[Store]:
        """One transaction as `principal`: committed at the end, rolled back by an exception.

        Raises:
            DatabaseUnavailable: The server is away, before or during the transaction.
        """
        try:
            async with self._begun(principal) as connection:
                yield Store(connection, principal)
        except OrionError:
            raise
        except (*_GONE, InterfaceError) as error:
            raise DatabaseUnavailable from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error, OperationalError):
                raise DatabaseUnavailable from error
            raise

    async def ready(self) -> bool:
        """Whether a transaction could begin now."""
        try:
            async with asyncio.timeout(_READY_SECS), self.transaction(Principal.system("ready")):
                return True
        except (TimeoutError, OrionError):
            return False

    async def close(self) -> None:
        """Close the pool and let the embedded server go."""
        await self.engine.dispose()
        if self._embedded is not None:
            await self._embedded.stop()

    @asynccontextmanager
    async def _begun(self, principal: Principal) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction bound to the principal: three round trips with one statement."""
        connection, driver = await self._bound(principal)
        try:
            yield connection
            await driver.execute("commit")
        except BaseException:
            if not connection.invalidated:
                await _roll_back(connection, driver)
            raise
        finally:
            await connection.close()

    async def _bound(self, principal: Principal) -> tuple[AsyncConnection, asyncpg.Connection]:
        """Begin and bind, in one round trip; a pooled connection that a restart broke is replaced."""
        begin = _begin(principal)
        for attempt in range(_ATTEMPTS):
            connection = await self._connect()
            try:
                driver = _driver(connection)
                await driver.execute(begin)
            except BaseException as error:
                await connection.invalidate()
                await connection.close()
                if attempt < _ATTEMPTS - 1 and isinstance(error, _GONE):
                    continue
                raise
            return connection, driver
        raise DatabaseUnavailable

    async def _connect(self) -> AsyncConnection:
        """Connect; see that the embedded server runs where that fails, for its supervisor may be gone."""
        for attempt in range(_RETRIES):
            try:
                return await self.engine.connect()
            except (OSError, DBAPIError):
                if self._embedded is None or attempt == _RETRIES - 1:
                    raise
                await self._embedded.ensure()
        raise DatabaseUnavailable


def report(settings: Settings) -> tuple[str, str | None, str]:
    """For `orion doctor`: the part, what serves it (None: nothing), and why."""
    if settings.database_url:
        return "database", "external", "named by DATABASE_URL"
    if Layout(settings.data_dir).wheel_binaries is None:
        return "database", None, "no PostgreSQL for this platform; name one with DATABASE_URL"
    return "database", "embedded", f"PostgreSQL in {settings.data_dir}"


def _engine(url: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=_POOL,
        max_overflow=_POOL,
        isolation_level="AUTOCOMMIT",  # `Database` itself begins and ends, see `_begin`
        pool_timeout=10,
        hide_parameters=True,  # an error would quote what people said
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _(connection: object, _record: object) -> None:
        # The login role may be a superuser, whom row-level security does not bind: act as ours.
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"set role {ROLE}")
        cursor.close()

    return engine


def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    assert connection.sync_connection is not None
    return connection.sync_connection.connection.driver_connection


async def _roll_back(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """End the transaction, or the connection where that fails: a pool must not hold an open one."""
    try:
        await driver.execute("rollback")
    except (*_GONE, asyncpg.PostgresError):
        await connection.invalidate()
    except BaseException:
        await connection.invalidate()
        raise


def _begin(principal: Principal) -> str:
    """Begin and bind as one simple query, which the driver sends without preparing anything."""
    settings = {
        "orion.workspace": str(principal.workspace_id or ""),
        "orion.user": str(principal.user_id or ""),
        "orion.role": principal.role.value,
        "orion.purpose": principal.purpose,
    }
    bound = ", ".join(f"set_config('{name}', {_quoted(value)}, true)" for name, value in settings.items())
    return f"begin; select {bound}"


def _quoted(value: str) -> str:
    """An SQL string literal (`standard_conforming_strings` is on by default since PostgreSQL 9.1)."""
    return "'" + value.replace("'", "''") + "'"
