"""The database: opened once, used in transactions that row-level security binds to a principal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
from loguru import logger
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal, Role
from orion.domain.provider_key import ProviderKey
from orion.errors import DatabaseUnavailable, OrionError, Unauthenticated
from orion.settings import Settings
from orion.settings.database_url import DatabaseUrl
from orion.store.embedded import EmbeddedPostgres
from orion.store.engines import POOL, pool
from orion.store.layout import Layout
from orion.store.pooling import Addresses
from orion.store.refusals import REFUSED, start_error
from orion.store.schema import ROLE, migrate, refuse_unbound
from orion.store.store import Store

_WAIT_SECS = 10.0
"""How long a transaction waits for a connection of the pool."""
_READY_SECS = 3.0
_RETRIES = 3
_ATTEMPTS = 2 * POOL + 1
"""A restart of the server may have broken every pooled connection; the one after them is a new one."""
_GONE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.TooManyConnectionsError,
)
_CROSSED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""Another transaction stood in the way of this one, which the server rolled back: it may be tried again."""
_BIND = f"""
select case when set_config('role', '{ROLE}', true) = '{ROLE}'
then orion.act_as($1, $2, $3, $4, $5, $6, $7) end
"""
"""Lets row-level security bind this transaction, then sets who acts and tells that one's role.

The login role may be a superuser, whom security does not bind, and a pooler may give each transaction another
connection: so each one takes the role anew, in the statement without which nobody sees anything. Null where
user, key or sign-in is not good any more.
"""


class Database:
    """A pool of connections to ORION's schema, whose transactions act as a role that security binds.

    Attributes:
        url: For transactions.
        direct_url: For what needs a connection that lasts.
    """

    def __init__(
        self,
        addresses: Addresses | str,
        embedded: EmbeddedPostgres | None = None,
        *,
        wait_secs: float = _WAIT_SECS,
    ) -> None:
        """Use `open`; this only makes the pool, it connects to nothing."""
        if isinstance(addresses, str):
            addresses = Addresses(addresses, addresses)
        self.url, self.direct_url = addresses.url, addresses.direct_url
        self._embedded = embedded
        self.engine = pool(self.url, wait_secs, named=addresses.named)

    @classmethod
    async def open(cls, settings: Settings) -> Database:
        """Start the embedded server or use `DATABASE_URL`, and bring its schema to this version.

        Raises:
            StartError: No server, a schema of a newer version, or a role that security does not bind.
        """
        database = await cls.found(settings)
        try:
            await migrate(database.direct_url)
            await refuse_unbound(database.direct_url, database.url)
        except REFUSED as error:
            await database.close()
            name = "DATABASE_URL" if settings.database_direct_url is None else "ORION_DATABASE_DIRECT_URL"
            raise start_error(error, database.direct_url, name) from error
        except OrionError:
            await database.close()
            raise
        return database

    @classmethod
    async def found(cls, settings: Settings) -> Database:
        """Start the embedded server or find `DATABASE_URL`, whose schema may be of any version, or missing.

        Raises:
            StartError: No server.
        """
        if settings.database_url is None:
            embedded = EmbeddedPostgres(settings.data_dir)
            return cls(await embedded.start(), embedded)
        addresses = await Addresses.of(settings)
        if ignored := DatabaseUrl.read(settings.database_url).ignored:
            logger.warning("DATABASE_URL: {} means nothing here, it is ignored", ", ".join(ignored))
        return cls(addresses)

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[Store]:
        """One transaction as `principal`: committed at the end, rolled back by an exception.

        The same statement that binds it asks whether the principal still may; `store.principal` has
        the role that the user has now.

        Raises:
            Unauthenticated: The user is disabled, or the key or the sign-in is gone or has expired.
            DatabaseUnavailable: The server is away, before or during the transaction, or no connection
                of the pool got free in time; or another transaction stood in the way (40P01, 40001).
        """
        try:
            async with self._begun(principal) as (connection, role):
                if role is None:
                    raise Unauthenticated("these credentials are not valid any more; sign in again")
                yield Store(connection, replace(principal, role=Role(role)))
        except OrionError:
            raise
        except (*_GONE, *_CROSSED, InterfaceError, PoolExhausted) as error:
            raise DatabaseUnavailable from error
        except DBAPIError as error:
            # A server that starts or stops says so in words of its own, which SQLAlchemy takes for any error.
            gone = isinstance(getattr(error.orig, "__cause__", None), (*_GONE, *_CROSSED))
            if gone or error.connection_invalidated or isinstance(error, OperationalError):
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
    async def _begun(self, principal: Principal) -> AsyncIterator[tuple[AsyncConnection, str | None]]:
        """A connection in a transaction bound to the principal, and the role that the principal has."""
        connection, driver, role = await self._bound(principal)
        try:
            yield connection, role
            await driver.execute("commit")
        except BaseException:
            if not connection.invalidated:
                await _roll_back(connection, driver)
            raise
        finally:
            await connection.close()

    async def _bound(self, principal: Principal) -> tuple[AsyncConnection, asyncpg.Connection, str | None]:
        """Begin and bind; a pooled connection that a restart broke is replaced."""
        for attempt in range(_ATTEMPTS):
            connection = await self._connect()
            try:
                driver = _driver(connection)
                await driver.execute("begin")
                role = await driver.fetchval(_BIND, *_binding(principal))
            except BaseException as error:
                await connection.invalidate()
                await connection.close()
                if attempt < _ATTEMPTS - 1 and isinstance(error, _GONE):
                    continue
                raise
            return connection, driver, role
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


async def entered_keys(settings: Settings) -> dict[str, tuple[ProviderKey, ...]]:
    """For `orion doctor`: what admins have entered, by the names of their workspaces; still sealed.

    The schema is left as it is, and where there is no database yet none is made.

    Raises:
        StartError, DatabaseUnavailable: It cannot be reached.
    """
    if settings.database_url is None and not Layout(settings.data_dir).cluster.exists():
        return {}
    database = await Database.found(settings)
    try:
        async with database.transaction(Principal.system("log-in")) as store:
            workspaces = await store.users.workspaces()
        found: dict[str, tuple[ProviderKey, ...]] = {}
        for name, workspace_id in workspaces.items():
            async with database.transaction(Principal(workspace_id, None)) as store:
                found[name] = await store.provider_keys.all()
    except (DBAPIError, asyncpg.PostgresError):  # no schema yet, or one that is older than the keys
        return {}
    finally:
        await database.close()
    return {name: keys for name, keys in found.items() if keys}


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


def _binding(principal: Principal) -> tuple[str | bool, ...]:
    """What `_BIND` takes, in order."""
    return (
        str(principal.workspace_id or ""),
        str(principal.user_id or ""),
        principal.role.value,
        principal.purpose,
        str(principal.key_id or ""),
        str(principal.sign_in_id or ""),
        principal.claimed,
    )
