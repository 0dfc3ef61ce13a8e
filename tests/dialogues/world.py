"""What a dialogue happens in: a server with the guest house's project, its database, and the house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import yaml

from orion.store.embedded import EmbeddedPostgres
from tests.dialogues.dialogue import PROJECT, Dialogue, script
from tests.dialogues.house import House, open_house
from tests.journeys.conftest import Server, start_server

Running = tuple[Server, House]


@dataclass
class World:
    """One server, and what it leaves behind."""

    server: Server
    house: House
    database: asyncpg.Pool


@contextmanager
def serving(folder: Path, scripted: Sequence[Dialogue] = ()) -> Iterator[Running]:
    """A server with the engines that need nothing, or whose language model plays these dialogues."""
    environ = {"ORION_LLM": "offline"}
    folder.mkdir(mode=0o711)
    if scripted:
        (folder / "script.yaml").write_text(yaml.safe_dump(script(scripted)))
        environ = {"ORION_LLM": "scripted", "ORION_SCRIPT": str(folder / "script.yaml")}
    with open_house() as house:
        server = start_server(folder / "data", "--project", str(PROJECT), HOUSE_URL=house.url, **environ)
        try:
            yield server, house
        finally:
            server.end()


@asynccontextmanager
async def world(running: Running) -> AsyncIterator[World]:
    """The server with its database open, for this event loop."""
    server, house = running
    socket = str(EmbeddedPostgres(server.data_dir).socket_dir)
    async with asyncpg.create_pool(
        user="orion", database="postgres", host=socket, min_size=1, max_size=4
    ) as database:
        yield World(server, house, database)
