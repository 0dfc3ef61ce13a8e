"""From every earlier schema, with data, to today's: nothing is lost; and down and up again."""

from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from orion.domain.identity import Principal, Role
from orion.store.database import Database
from orion.store.schema import config, head, migrate, migrations_folder
from tests.store.rows import fill

HISTORY = Path(__file__).parent / "history"
EARLIER = sorted(
    path.name.split("_")[0]
    for path in (migrations_folder() / "versions").glob("[0-9]*.py")
    if not path.name.startswith(head())
)
COLUMNS = text(
    "select table_name, column_name from information_schema.columns where table_schema = 'orion' "
    "and table_name <> 'alembic_version' and is_generated = 'NEVER' order by 1, 2"
)


async def run(url, statement):
    """Run a statement as the owner of the tables, whom no policy binds; its rows."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        found = (await connection.execute(statement)).all()
    await engine.dispose()
    return found


async def columns(url):
    found: dict[str, list[str]] = {}
    for table, column in await run(url, COLUMNS):
        found.setdefault(table, []).append(column)
    return found


async def rows(url, known):
    """All rows of the known columns, as text."""
    return {
        table: sorted(map(str, await run(url, text(f"select {', '.join(names)} from orion.{table}"))))
        for table, names in known.items()
    }


async def down(url, revision):
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(config(c), revision))
    await engine.dispose()


@pytest.mark.parametrize("revision", EARLIER)
async def test_down_to_an_earlier_schema_and_up_again_keeps_what_both_know(database, revision):
    await fill(database)
    url = database.url
    await database.close()
    now = await columns(url)
    await down(url, revision)
    then = await columns(url)
    known = {
        table: [name for name in names if name in now.get(table, [])]
        for table, names in then.items()
        if table in now
    }
    before = await rows(url, known)
    assert all(before[table] for table in ("users", "sessions", "turns", "tool_calls", "memories", "events"))
    await migrate(url)
    assert await columns(url) == now
    assert await rows(url, known) == before


@pytest.mark.parametrize("file", sorted(HISTORY.glob("*.sql")), ids=lambda file: file.stem)
async def test_what_an_earlier_server_kept_is_all_there_today(database_url, file):
    await down(database_url, "base")
    await migrate(database_url, file.stem)
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        for statement in file.read_text().split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement)
    await engine.dispose()
    known = await columns(database_url)
    before = await rows(database_url, known)
    assert all(before.values())
    await migrate(database_url)
    assert await rows(database_url, known) == before
    database = Database(database_url)
    user_id = UUID("01900000-0000-7000-8000-000000000002")
    ada = Principal(UUID("01900000-0000-7000-8000-000000000001"), user_id)
    async with database.transaction(ada) as store:
        assert (await store.users.get(user_id)).role is Role.ADMIN
        session = await store.sessions.get(UUID("01900000-0000-7000-8000-000000000004"))
        turns = await store.turns.of_session(session.id)
        assert turns[0].tool_calls[0].result == {"result": "12"}
        assert (await store.memories.search("dog"))[0].content == "my dog is called Bello"
    await database.close()
