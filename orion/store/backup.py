"""Backup and restore: all rows of ORION's schema in one file, with no program but ORION.

A tar file: `manifest.json` (format, schema revision, rows and SHA-256 per table) and one
`<table>.copy` per table, PostgreSQL's text COPY format with the columns that the manifest names. It
holds personal data and password hashes, so it is written for its owner's eyes only (0600).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.errors import Conflict, Invalid
from orion.store.database import Database
from orion.store.engines import lasting
from orion.store.schema import head
from orion.store.tables import SCHEMA, metadata

_FORMAT = 1
_IS_SUPERUSER = text("select rolsuper from pg_roles where rolname = current_user")


async def backup(database: Database, file: Path) -> int:
    """Write all rows, as of one moment, into `file`; the number of rows.

    An existing file is replaced, once the new one is whole.

    Raises:
        Invalid: There is no such folder, or the file cannot be written there.
    """
    try:
        return await _backup(database, file)
    except OSError as error:
        raise Invalid(cannot_write(file, error)) from error


def cannot_write(file: Path, error: OSError) -> str:
    """Why a file cannot be written, and what to do."""
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}; make it, or name another file"
    return f"{file} cannot be written: {error.strerror or type(error).__name__}; name another file"


async def _backup(database: Database, file: Path) -> int:
    part = file.with_name(f".{file.name}.part")
    manifest: dict[str, Any] = {"format": _FORMAT, "revision": head(), "tables": {}}
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as archive:
            async with _owner(database) as connection:
                for table in metadata.sorted_tables:
                    rows, content = await _copy_out(connection, table)
                    manifest["tables"][table.name] = {
                        "rows": rows,
                        "columns": _columns(table),
                        "sha256": hashlib.sha256(content).hexdigest(),
                    }
                    _add(archive, f"{table.name}.copy", content)
            _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(file)
    return sum(int(table["rows"]) for table in manifest["tables"].values())


async def restore(database: Database, file: Path, *, force: bool = False) -> int:
    """Read all rows of `file` into the database, in one transaction; the number of rows.

    Raises:
        Invalid: There is no such file, it is damaged, or was made by a newer ORION.
        Conflict: The database is not empty, and `force` is not given.
    """
    manifest, contents = _read(file)
    async with _owner(database) as connection:
        tables = [table for table in metadata.sorted_tables if table.name in manifest["tables"]]
        if not force:
            await _refuse_full(connection)
        names = ", ".join(f"{SCHEMA}.{table.name}" for table in metadata.sorted_tables)
        await connection.execute(text(f"truncate {names}"))
        for table in tables:
            await _copy_in(connection, table, manifest["tables"][table.name]["columns"], contents[table.name])
    return sum(int(table["rows"]) for table in manifest["tables"].values())


@asynccontextmanager
async def _owner(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction of the role that logged in and owns the tables.

    The policies are forced upon the owner, too, unless it is a superuser: it lifts that inside the
    transaction, whose locks then keep everybody else out, and puts it back before the end.
    """
    engine = lasting(database.direct_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("set transaction isolation level repeatable read"))
            found = await connection.execute(_IS_SUPERUSER)
            forced = not found.scalar_one()
            await _force(connection, "no force" if forced else "")
            yield connection
            await connection.execute(text("set constraints all immediate"))  # else no table can be altered
            await _force(connection, "force" if forced else "")
    finally:
        await engine.dispose()


async def _force(connection: AsyncConnection, change: str) -> None:
    for table in metadata.sorted_tables if change else []:
        await connection.execute(text(f"alter table {SCHEMA}.{table.name} {change} row level security"))


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.computed is None]


async def _copy_out(connection: AsyncConnection, table: Table) -> tuple[int, bytes]:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    content = io.BytesIO()
    status = await driver.copy_from_table(
        table.name, schema_name=SCHEMA, columns=_columns(table), output=content
    )
    return int(status.split()[-1]), content.getvalue()


async def _copy_in(connection: AsyncConnection, table: Table, columns: list[str], content: bytes) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.copy_to_table(table.name, schema_name=SCHEMA, columns=columns, source=io.BytesIO(content))


async def _refuse_full(connection: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        found = await connection.execute(text(f"select 1 from {SCHEMA}.{table.name} limit 1"))  # noqa: S608
        if found.first() is not None:
            raise Conflict("the database is not empty; --force replaces all that it holds")


def _read(file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Manifest and contents, checked as a whole before anything is written."""
    try:
        with tarfile.open(file) as archive:
            files = {member.name: archive.extractfile(member) for member in archive.getmembers()}
            read = {name: stream.read() for name, stream in files.items() if stream is not None}
        manifest: dict[str, Any] = json.loads(read["manifest.json"])
        if manifest["format"] != _FORMAT or manifest["revision"] > head():
            raise Invalid("the backup was made by a newer ORION; update this one first")
        contents = {name: read[f"{name}.copy"] for name in manifest["tables"]}
        for name, table in manifest["tables"].items():
            if hashlib.sha256(contents[name]).hexdigest() != table["sha256"]:
                raise Invalid(f"the backup is damaged: {name} is not what was written")
    except FileNotFoundError as error:
        raise Invalid(f"there is no backup {file}: no such file") from error
    except (PermissionError, IsADirectoryError) as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}") from error
    except (OSError, EOFError, tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise Invalid(f"{file} is no backup of ORION, or a damaged one") from error
    return manifest, contents


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
