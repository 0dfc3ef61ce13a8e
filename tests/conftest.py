import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import hypothesis
import pytest
from loguru import logger

from orion.domain.identity import Principal, User
from orion.settings import Settings
from orion.store.database import Database
from orion.store.embedded import EmbeddedPostgres
from orion.store.layout import Layout
from orion.store.schema import migrate
from tests import lanes

# The same cases in each run: who pushes a change is told of faults of that change alone.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: lanes.place(item.nodeid))
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(0))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> lanes.Lanes:
    return lanes.Lanes(config, log)


@pytest.fixture(scope="session")
def open_dir() -> Iterator[Path]:
    """A folder that the user `nobody` can reach, unlike pytest's own: root's server runs as `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="orion-"))
    folder.chmod(0o711)
    yield folder
    # The last server's own files may vanish meanwhile: it ends after those who used it.
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(open_dir) -> Iterator[EmbeddedPostgres]:
    """One embedded server for the whole run, with a migrated database `template_orion`."""
    server = EmbeddedPostgres(open_dir / "pg")
    asyncio.run(_prepare(server))
    yield server
    asyncio.run(server.stop())


async def _prepare(server: EmbeddedPostgres) -> None:
    await server.start()
    connection = await _connect(server)
    # A killed server loses nothing by these two, a machine without power would.
    for setting in ("fsync", "full_page_writes"):
        await connection.execute(f"alter system set {setting} = off")
    if (rules := Layout(server.socket_dir.parent).rules).exists():  # poolers, and other users of the tests'
        rules.write_text("local all all trust\n")
    await connection.execute("select pg_reload_conf()")
    await connection.execute("create database template_orion")
    await connection.close()
    await migrate(_url(server, "template_orion"))


async def _connect(server: EmbeddedPostgres) -> asyncpg.Connection:
    return await asyncpg.connect(user="orion", database="postgres", host=str(server.socket_dir))


def _url(server: EmbeddedPostgres, name: str) -> str:
    return server.url.replace("/postgres?", f"/{name}?")


@pytest.fixture
async def database_url(postgres) -> AsyncIterator[str]:
    """The URL of a database of its own, migrated and empty."""
    name = f"test_{uuid4().hex}"
    connection = await _connect(postgres)
    await connection.execute(f"create database {name} template template_orion")
    yield _url(postgres, name)
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture
async def database(database_url) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data_dir=tmp_path, embeddings="off")  # else each server starts the process of minilm


@pytest.fixture
def logs() -> Iterator[list[str]]:
    """The lines that are logged, as they come."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="DEBUG")
    yield lines
    logger.remove(sink)


async def make_user(database: Database, email: str) -> User:
    async with database.transaction(Principal.system("log-in")) as store:
        return await store.users.create(email=email, name=email, password_hash="-", role=None)


@pytest.fixture
async def ada(database) -> Principal:
    """The first user: an admin."""
    return Principal.of(await make_user(database, "ada@example.org"))


@pytest.fixture
async def ben(database, ada) -> Principal:
    """A user of the same workspace."""
    return Principal.of(await make_user(database, "ben@example.org"))
