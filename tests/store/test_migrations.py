from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from orion.store.schema import config, migrate
from orion.store.tables import SCHEMA, metadata
from tests.store.rows import fill


async def difference(url):
    """What Alembic would change to bring the database to the tables."""

    def compare(connection):
        options = {
            "version_table_schema": SCHEMA,
            "include_schemas": True,
            "include_name": lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
        }
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    # The user is called orion, too: its schema would be the default one, and come without its name.
    settings = {"server_settings": {"search_path": "public"}}
    engine = create_async_engine(url, connect_args=settings)
    async with engine.connect() as connection:
        found = await connection.run_sync(compare)
    await engine.dispose()
    return found


async def test_the_migrations_from_zero_equal_the_tables(database_url):
    assert await difference(database_url) == []


async def test_down_and_up_again_gives_the_same_schema(database_url):
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(config(c), "base"))
    await engine.dispose()
    await migrate(database_url)
    assert await difference(database_url) == []


async def test_migrating_twice_changes_nothing(database):
    await fill(database)
    await migrate(database.url)
    assert await difference(database.url) == []
