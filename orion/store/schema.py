"""The schema: brought to this version at start by one process at a time, and checked for its guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from loguru import logger
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.errors import StartError
from orion.store.engines import lasting
from orion.store.tables import SCHEMA

if TYPE_CHECKING:
    from alembic.config import Config

ROLE = "orion_app"
"""The role as which every transaction acts; it cannot log in."""

_LOCK = {"key": 0x0410_0110}
"""Key of the advisory lock that lets one process at a time migrate."""
_HOLDER = text(
    """
    select l.pid, coalesce(a.state, 'unknown') as state
    from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = :key and l.objsubid = 1
      and l.database = (select oid from pg_database where datname = current_database())
    """
)
_LOCK_NOT_AVAILABLE = "55P03"
_WAIT_SECS = 60.0
_TELL_SECS = 10.0
_POLL_SECS = 0.25


def migrations_folder() -> Path:
    """The migrations: inside an installed package, or beside it in a checkout."""
    package = Path(str(files("orion")))
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file; `connection` is what the migrations use."""
    from alembic.config import Config  # noqa: PLC0415 - 12 MB that only a change of the schema needs

    settings = Config()
    settings.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def head() -> str:
    """The newest revision that this version knows: files begin with their revision, in order."""
    return _revisions()[-1]


def _revisions() -> list[str]:
    return sorted(path.name.split("_")[0] for path in (migrations_folder() / "versions").glob("[0-9]*.py"))


async def migrate(url: str, revision: str = "head", *, wait_secs: float = _WAIT_SECS) -> None:
    """Bring the schema to `revision`.

    Args:
        wait_secs: How long to wait for another process that migrates, and for each table in use.

    Raises:
        StartError: The database was made by a newer ORION, or somebody keeps the schema for too long.
    """
    engine = lasting(url)
    try:
        async with engine.connect() as connection:
            await _lock(connection, wait_secs)
            await connection.execute(text(f"set local lock_timeout = {round(wait_secs * 1000)}"))
            await connection.run_sync(_upgrade, revision)
            await connection.commit()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise StartError(
                f"a table was in use for {wait_secs:g} s, so the schema could not be changed; end the long "
                "transaction (pg_stat_activity shows it), and start again"
            ) from error
        raise
    finally:
        await engine.dispose()


async def _lock(connection: AsyncConnection, wait_secs: float) -> None:
    """Be the one process that migrates, until the end of the transaction."""
    clock = asyncio.get_running_loop().time
    deadline, told_at = clock() + wait_secs, clock()
    while True:
        got = await connection.execute(text("select pg_try_advisory_xact_lock(:key)"), _LOCK)
        if got.scalar_one():
            return
        holder = await _holder(connection)
        await connection.rollback()
        if clock() >= deadline:
            raise StartError(
                f"another process has been migrating the database for {wait_secs:g} s ({holder}); "
                "wait for it, or end it if it hangs: select pg_terminate_backend(PID)"
            )
        if clock() >= told_at:
            logger.info("waiting for another process that migrates the database ({})", holder)
            told_at += _TELL_SECS
        await asyncio.sleep(_POLL_SECS)


async def _holder(connection: AsyncConnection) -> str:
    """Who has the lock, in words; a name of an application is anybody's text, and not told."""
    found = (await connection.execute(_HOLDER, _LOCK)).first()
    return f"server process {found.pid}, {found.state}" if found else "it has just ended"


def _upgrade(connection: Connection, revision: str) -> None:
    current = _current(connection)
    if current is not None and current not in _revisions():
        raise StartError(f"the database was made by a newer ORION (schema {current}); update this one")
    if current != head() or revision != "head":
        from alembic import command  # noqa: PLC0415 - only a change of the schema needs it

        command.upgrade(config(connection), revision)


def _current(connection: Connection) -> str | None:
    """The revision of the database; None for one that has no schema of ORION yet."""
    table = connection.execute(text("select to_regclass(:name)"), {"name": f"{SCHEMA}.alembic_version"})
    if table.scalar_one() is None:
        return None
    found = connection.execute(text(f"select version_num from {SCHEMA}.alembic_version")).first()  # noqa: S608
    return str(found[0]) if found else None


_UNBOUND = text(
    """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = :schema and c.relkind = 'r' and c.relname <> 'alembic_version'
      and not (c.relrowsecurity and c.relforcerowsecurity)
    union all
    select rolname from pg_roles where rolname = :role and (rolsuper or rolbypassrls)
    """
)


_ACTING = text(
    "select rolname, rolname = :role and not rolsuper and not rolbypassrls as bound "
    "from pg_roles where rolname = current_user"
)
_NOT_PERMITTED = "42501"
_LOOKS = 3
"""A pooler that sends reads elsewhere would do it with one of them."""


async def refuse_unbound(url: str, transactions_url: str | None = None) -> None:
    """Refuse a database whose row-level security would not bind the server.

    Args:
        transactions_url: Where transactions are made, if that is elsewhere: through a pooler.

    Raises:
        StartError: The role may pass row-level security, a table lacks it, or it cannot be taken.
    """
    async with _connected(url) as connection:
        found = await connection.execute(_UNBOUND, {"schema": SCHEMA, "role": ROLE})
        names = {row[0] for row in found}
    async with _connected(transactions_url or url) as connection:
        try:
            await connection.execute(text(f"select set_config('role', '{ROLE}', true)"))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _NOT_PERMITTED:
                raise
            raise StartError(
                f"the user of DATABASE_URL may not act as {ROLE}; as the owner of the database: "
                f"GRANT {ROLE} TO that user"
            ) from error
        for _ in range(_LOOKS):
            row = (await connection.execute(_ACTING, {"role": ROLE})).one()
            names |= set() if row.bound else {row.rolname}
    if names:
        raise StartError(
            f"row-level security does not bind {', '.join(sorted(names))}; ORION does not start like this"
        )


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = lasting(url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
