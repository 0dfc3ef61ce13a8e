"""The schema: brought to this version at start by one process at a time, and checked for its guard."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from orion.errors import StartError
from orion.store.tables import SCHEMA

if TYPE_CHECKING:
    from alembic.config import Config

ROLE = "orion_app"
"""The role as which every connection acts; it cannot log in."""

_MIGRATION_LOCK = 0x0410_0110
"""Key of the advisory lock that lets one process at a time migrate."""


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


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`.

    Raises:
        StartError: The database was made by a newer ORION.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.commit()
            await connection.run_sync(_upgrade, revision)
            await connection.commit()
    finally:
        await engine.dispose()


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


async def refuse_unbound(url: str) -> None:
    """Refuse a database whose row-level security would not bind the server.

    Raises:
        StartError: The role may pass row-level security, or a table lacks it.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            found = await connection.execute(_UNBOUND, {"schema": SCHEMA, "role": ROLE})
            names = [row[0] for row in found]
    finally:
        await engine.dispose()
    if names:
        raise StartError(
            f"row-level security does not bind {', '.join(names)}; ORION does not start like this"
        )
