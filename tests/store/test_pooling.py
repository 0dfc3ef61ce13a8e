"""Behind a pooler: it is seen at start, and row-level security binds each transaction all the same."""

import asyncio
from contextlib import contextmanager
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import text

from orion.domain.identity import Principal
from orion.errors import StartError
from orion.settings import Settings
from orion.settings.database_url import DatabaseUrl
from orion.store.backup import backup, restore
from orion.store.database import Database
from orion.store.pooling import Addresses, Pooling, pooling
from orion.store.schema import migrate
from tests.store.servers import Pooler, own_folder
from tests.store.test_row_security import matrix

READY = Principal.system("ready")
LOCKS = """select count(*) from pg_locks where locktype = 'advisory'
and database = (select oid from pg_database where datname = current_database())"""
WHO = text("select current_user, pg_backend_pid()")


@contextmanager
def pooler(open_dir, postgres, **options):
    with Pooler(own_folder(open_dir, "pooler-"), postgres.socket_dir, **options) as started:
        yield started


def through(pooler, database_url, user="orion"):
    return pooler.url(user, DatabaseUrl.read(database_url).database)


def given(tmp_path, url, direct_url=None):
    return Settings(data_dir=tmp_path, database_url=url, database_direct_url=direct_url)


@pytest.mark.parametrize("size", [1, 6])
async def test_a_pooler_by_transaction_is_seen_however_few_or_many_servers_it_has(
    open_dir, postgres, database_url, size
):
    with pooler(open_dir, postgres, size=size) as pgbouncer:
        url = through(pgbouncer, database_url)
        assert await pooling(url, "DATABASE_URL") is Pooling.TRANSACTION
        busy = await asyncio.gather(*(asyncpg.connect(DatabaseUrl.read(url).asyncpg) for _ in range(5)))
        assert await pooling(url, "DATABASE_URL") is Pooling.TRANSACTION
        for connection in busy:
            await connection.close()


async def test_a_pooler_by_session_is_told_from_no_pooler(open_dir, postgres, database_url):
    assert await pooling(database_url, "DATABASE_URL") is Pooling.NONE
    with pooler(open_dir, postgres, mode="session", size=30) as pgbouncer:
        url = through(pgbouncer, database_url)
        assert await pooling(url, "DATABASE_URL") is Pooling.SESSION
        addresses = await Addresses.of(given(open_dir, url))
        assert (addresses.direct_url, addresses.named) == (url, False)


async def test_a_pooler_by_statement_is_refused(open_dir, postgres, database_url):
    with (
        pooler(open_dir, postgres, mode="statement") as pgbouncer,
        pytest.raises(StartError, match="by transaction"),
    ):
        await pooling(through(pgbouncer, database_url), "DATABASE_URL")


async def test_behind_a_pooler_by_transaction_a_direct_address_is_needed(
    open_dir, postgres, database_url, tmp_path
):
    with pooler(open_dir, postgres) as pgbouncer:
        url = through(pgbouncer, database_url)
        with pytest.raises(StartError, match="ORION_DATABASE_DIRECT_URL=postgresql"):
            await Database.open(given(tmp_path, url))
        with pytest.raises(StartError, match="ORION_DATABASE_DIRECT_URL leads to a pooler"):
            await Database.open(given(tmp_path, url, url))
        other = database_url.replace(DatabaseUrl.read(database_url).database, "template_orion")
        with pytest.raises(StartError, match="different databases"):
            await Database.open(given(tmp_path, url, other))
        database = await Database.open(given(tmp_path, url, database_url))
        assert await database.ready()
        await database.close()


@pytest.mark.parametrize("user", ["orion", "passing", "ordinary"])
async def test_every_transaction_acts_in_the_role_that_security_binds(open_dir, postgres, database_url, user):
    """As a superuser, as one that passes row-level security, and as neither."""
    driver = await asyncpg.connect(DatabaseUrl.read(database_url).asyncpg)
    if user != "orion":
        exists = await driver.fetchval("select true from pg_roles where rolname = $1", user)
        if not exists:
            await driver.execute(f"create role {user} login {'bypassrls' if user == 'passing' else ''}")
        await driver.execute(f"grant orion_app to {user}")
    await driver.close()
    with pooler(open_dir, postgres, size=3) as pgbouncer:
        url = through(pgbouncer, database_url, user)
        database = Database(Addresses(url, database_url, named=False))
        pids = set()

        async def look():
            async with database.transaction(READY) as store:
                for _ in range(3):
                    name, pid = (await store.connection.execute(WHO)).one()
                    assert name == "orion_app"
                    pids.add(pid)

        await asyncio.gather(*(look() for _ in range(60)))
        assert len(pids) > 1
        assert len(pids) <= 3
        if user == "orion":
            await matrix(database)
        await database.close()


async def test_migrate_backup_and_restore_go_to_the_database_itself(
    open_dir, postgres, database_url, tmp_path
):
    with pooler(open_dir, postgres, size=1) as pgbouncer:
        url = through(pgbouncer, database_url)
        database = await Database.open(given(tmp_path, url, database_url))
        await matrix(database)
        rows = await backup(database, tmp_path / "a.tar")
        assert rows > 20
        assert await restore(database, tmp_path / "a.tar", force=True) == rows
        driver = await asyncpg.connect(DatabaseUrl.read(database_url).asyncpg)
        left = "select count(*) from pg_locks where locktype = 'advisory' and database = "
        assert (
            await driver.fetchval(f"{left} (select oid from pg_database where datname = current_database())")
            == 0
        )
        await driver.close()
        await database.close()


async def test_a_start_that_waits_for_another_says_so_and_gives_up(database_url, logs):
    driver = await asyncpg.connect(DatabaseUrl.read(database_url).asyncpg)
    await driver.execute("select pg_advisory_lock(68157712)")
    with pytest.raises(
        StartError, match=rf"another process has been migrating .* {driver.get_server_pid()}, idle"
    ):
        await migrate(database_url, wait_secs=0.6)
    assert any("waiting for another process that migrates the database" in line for line in logs)
    await driver.execute("select pg_advisory_unlock(68157712)")
    await migrate(database_url)
    await driver.close()


async def test_a_login_that_may_not_take_the_role_is_refused_with_the_way_out(database_url, tmp_path):
    driver = await asyncpg.connect(DatabaseUrl.read(database_url).asyncpg)
    await driver.execute("drop role if exists stranger; create role stranger login")
    await driver.close()
    stranger = str(replace(DatabaseUrl.read(database_url), user="stranger"))
    with pytest.raises(StartError, match="GRANT orion_app TO"):
        await Database.open(given(tmp_path, stranger, database_url))
