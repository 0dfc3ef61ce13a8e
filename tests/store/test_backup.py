import stat

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from orion.errors import Conflict, Invalid
from orion.store.backup import backup, restore
from orion.store.tables import SCHEMA, metadata
from tests.store.rows import fill


async def dump(database):
    """Every row of every table, as the owner of the tables sees it."""
    engine = create_async_engine(database.url)
    async with engine.connect() as connection:
        found = {
            table.name: sorted(
                map(repr, await connection.execute(text(f"select * from {SCHEMA}.{table.name}")))
            )
            for table in metadata.sorted_tables
        }
    await engine.dispose()
    return found


async def wipe(database):
    engine = create_async_engine(database.url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                f"truncate {SCHEMA}.workspaces, {SCHEMA}.sign_in_tokens, {SCHEMA}.log_in_failures, "
                f"{SCHEMA}.budgets, {SCHEMA}.nodes cascade"
            )
        )
    await engine.dispose()


async def test_backup_wipe_restore_gives_identical_rows(database, tmp_path):
    await fill(database)
    before = await dump(database)
    assert all(before.values()), "a table without a row proves nothing"
    written = await backup(database, tmp_path / "orion.tar")
    await wipe(database)
    assert not any((await dump(database)).values())
    assert await restore(database, tmp_path / "orion.tar") == written
    assert await dump(database) == before


async def test_a_backup_is_for_its_owners_eyes_only(database, tmp_path):
    await backup(database, tmp_path / "orion.tar")
    assert stat.S_IMODE((tmp_path / "orion.tar").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["orion.tar"]


async def test_a_full_database_is_not_replaced_unless_told_to(database, tmp_path):
    await fill(database)
    await backup(database, tmp_path / "orion.tar")
    before = await dump(database)
    with pytest.raises(Conflict, match="--force"):
        await restore(database, tmp_path / "orion.tar")
    await restore(database, tmp_path / "orion.tar", force=True)
    assert await dump(database) == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "text"])
async def test_a_damaged_file_is_refused_and_nothing_is_lost(database, tmp_path, damage):
    await fill(database)
    file = tmp_path / "orion.tar"
    await backup(database, file)
    content = bytearray(file.read_bytes())
    place = content.index(b"ada@example.org")
    content[place] ^= 1
    file.write_bytes(
        {
            "flipped": bytes(content),
            "cut": bytes(content[: len(content) // 2]),
            "empty": b"",
            "text": b"hello",
        }[damage]
    )
    before = await dump(database)
    with pytest.raises(Invalid):
        await restore(database, file, force=True)
    assert await dump(database) == before


async def test_a_missing_file_is_told(database, tmp_path):
    with pytest.raises(Invalid, match="no backup"):
        await restore(database, tmp_path / "nothing.tar")


async def test_a_folder_that_is_not_there_and_one_in_the_files_place_are_told(database, tmp_path):
    with pytest.raises(Invalid, match=r"there is no folder .*/nowhere; make it"):
        await backup(database, tmp_path / "nowhere" / "x.tar")
    (tmp_path / "taken.tar").mkdir()
    with pytest.raises(Invalid, match=r"taken\.tar cannot be written"):
        await backup(database, tmp_path / "taken.tar")
    with pytest.raises(Invalid, match="no such file"):
        await restore(database, tmp_path / "missing.tar")
    with pytest.raises(Invalid, match="cannot be read"):
        await restore(database, tmp_path)
