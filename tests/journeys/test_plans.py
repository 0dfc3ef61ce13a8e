"""Plans outlive whatever runs them: killed servers and databases lose no effect, and double none."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from orion.domain.plan import Plan
from orion.store.database import Database
from orion.store.embedded import EmbeddedPostgres
from orion.store.layout import Layout
from tests.api.running import PLAIN
from tests.journeys.conftest import ADA, Server, start_server
from tests.journeys.effects import Outside, project

TAKE_OVER_SECS = 5.0
PLANS_AT_ONCE = 2


def steps() -> tuple[tuple[Any, ...], ...]:
    """Those of one plan; a fact that is told twice is kept once, so each plan has its own."""
    return (
        ("append", {}),
        ("once", {}),
        ("append", {}),
        ("once", {}, 1),
        ("remember", {"content": f"{uuid4()} is a fact of a plan"}, 1),
        ("once", {}, 3),
        ("append", {}, 4),
        ("once", {}, 5),
    )


@dataclass
class Fleet:
    """Servers on one database, killed and brought back.

    Attributes:
        own: The database is the one of the only server, and comes and goes with it.
        took_over_secs: From each death, or from the return of the only server, to the next claim.
    """

    folder: Path
    own: bool = False
    servers: list[Server] = field(default_factory=list)
    took_over_secs: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    interrupted: int = 0

    @property
    def data(self) -> Path:
        """Where the database is."""
        return self.folder / "data"

    async def open(self, servers: int) -> None:
        self.project = project(self.folder)
        self.postgres = EmbeddedPostgres(self.data)
        if not self.own:
            await self.postgres.start()
        self.servers = [await self.server(number) for number in range(servers)]
        self.outside = Outside(self.folder, Database(self.postgres.url))
        async with httpx.AsyncClient(base_url=self.servers[0].url, timeout=30) as http:
            registered = await http.post("/api/v1/auth/register", json=ADA)
            self.token = registered.json()["access_token"]
        async with self.client() as http:
            self.session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.AsyncClient(base_url=self.servers[0].url, headers=headers, verify=PLAIN, timeout=30)

    async def server(self, number: int) -> Server:
        environ = {"JWT_SECRET": "j" * 32, "ORION_SECRET_KEYS": "s" * 32}
        if not self.own:
            environ["DATABASE_URL"] = self.postgres.url
        place = self.data if self.own else self.folder / f"node{number}"
        arguments = ("--project", str(self.project))
        return await asyncio.to_thread(start_server, place, *arguments, **environ)

    async def execute(self, *steps: tuple[Any, ...]) -> Plan:
        plan = await self.outside.draft(self.session_id, *steps)
        async with self.client() as http:
            path = f"/api/v1/agent/sessions/{self.session_id}/execute"
            begun = await http.post(path, json={"plan_id": str(plan.id)})
        assert begun.status_code == 202, begun.text
        return plan

    async def kill(self, *numbers: int) -> None:
        """`kill -9`, and new servers in their place where nobody is left."""
        for number in numbers:
            self.servers[number].process.send_signal(signal.SIGKILL)
        for number in numbers:
            self.servers[number].stop()

    async def back(self, *numbers: int) -> None:
        started = await asyncio.gather(*(self.server(number) for number in numbers))
        for number, server in zip(numbers, started, strict=True):
            self.servers[number] = server

    async def crash_database(self) -> None:
        """The database dies at once, and is there again a second later."""
        pid = Layout(self.data).postmaster_pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(1.0)
        await self.postgres.ensure()

    async def taken_over(self, plans: list[Plan], claims: list[int], since: float) -> None:
        """Wait until somebody has claimed each plan anew that is not over."""
        async with asyncio.timeout(30):
            for plan, before in zip(plans, claims, strict=True):
                while not (await self.outside.read(plan)).status.over:
                    if await self.outside.claims(plan) > before:
                        self.took_over_secs.append(time.monotonic() - since)
                        break
                    await asyncio.sleep(0.02)

    async def settle(self, plans: list[Plan]) -> None:
        """Answer what is asked, until all is over, and compare what happened with what should have."""
        for plan in plans:
            async with asyncio.timeout(60), self.client() as http:
                while not (now := await self.outside.read(plan)).status.over:
                    with suppress(httpx.TransportError):
                        await self.outside.answer(http, now)
                    await asyncio.sleep(0.05)
            self.interrupted += any(step.attempts > 1 or step.approval for step in now.steps)
            self.problems += self.outside.wrong(now)

    async def close(self) -> None:
        await self.outside.database.close()
        for server in self.servers:
            server.end() if self.own else server.stop()
        if not self.own:
            await self.postgres.stop()


async def rounds(fleet: Fleet, how: str, kills: int, seed: int) -> None:
    """Kill so often at random points of running plans, and see that each effect happened once."""
    chance = random.Random(seed)
    for _ in range(kills):
        plans = [await fleet.execute(*steps()) for _ in range(PLANS_AT_ONCE)]
        await asyncio.sleep(chance.uniform(0.0, 0.6))
        claims = [await fleet.outside.claims(plan) for plan in plans]
        if how == "database":
            await fleet.crash_database()
        else:
            killed = {"only": (0,), "one": (0,), "both": (0, 1)}[how]
            await fleet.kill(*killed)
            since = time.monotonic()
            if how != "one":
                await fleet.back(*killed)
                since = time.monotonic()
            await fleet.taken_over(plans, claims, since)
            if how == "one":
                await fleet.back(0)
        await fleet.settle(plans)


# Who is killed how often; one fleet of two is killed in three ways, for servers take their time to start.
KILLS = [({"only": 2}, 1), ({"one": 1, "both": 1, "database": 1}, 2)]
SOAK = [({"only": 80}, 1), ({"one": 50}, 2), ({"both": 40}, 2), ({"database": 30}, 1)]


@pytest.mark.parametrize(
    ("killed", "servers"),
    [*KILLS, *(pytest.param(*row, marks=pytest.mark.soak) for row in SOAK)],
    ids=["only", "fleet", *(f"{next(iter(killed))}-often" for killed, _ in SOAK)],
)
async def test_killed_at_random_points_plans_lose_no_effect_and_double_none(open_dir, killed, servers):
    kills = sum(killed.values())
    folder = open_dir / f"plans-{'-'.join(killed)}-{kills}"
    folder.mkdir()
    fleet = Fleet(folder, own="only" in killed)
    async with AsyncExitStack() as stack:
        await fleet.open(servers)
        stack.push_async_callback(fleet.close)
        for seed, (how, times) in enumerate(killed.items()):
            await rounds(fleet, how, times, seed)
        remembered = await memories(fleet)
    after = [round(secs, 2) for secs in sorted(fleet.took_over_secs)]
    print(f"{killed}: {kills} kills, {fleet.interrupted} plans interrupted, taken over after {after} s")
    assert fleet.problems == []
    assert remembered == kills * PLANS_AT_ONCE
    assert max(fleet.took_over_secs, default=0.0) < TAKE_OVER_SECS


async def test_a_server_that_is_stopped_leaves_its_plans_to_others_at_once(open_dir):
    folder = open_dir / "plans-stopped"
    folder.mkdir()
    fleet = Fleet(folder)
    async with AsyncExitStack() as stack:
        await fleet.open(2)
        stack.push_async_callback(fleet.close)
        # Longer than a server takes to stop, which goes on with them meanwhile.
        steps = (("once", {"secs": 0.5}), *(("once", {"secs": 0.5}, at) for at in range(19)))
        plan = await fleet.execute(*steps)
        async with asyncio.timeout(20):
            while not fleet.outside.effects():
                await asyncio.sleep(0.02)
        stopped = fleet.servers[0]
        await asyncio.to_thread(stopped.stop)
        assert stopped.process.returncode == 0
        fleet.servers.pop(0)
        async with asyncio.timeout(TAKE_OVER_SECS):
            while await fleet.outside.claims(plan) < 2:
                await asyncio.sleep(0.02)
        await fleet.settle([plan])
    assert fleet.problems == []


async def memories(fleet: Fleet) -> int:
    """How many memories the plans' `remember` steps have left."""
    async with fleet.client() as http:
        path = f"/api/v1/sessions/{fleet.session_id}/memory"
        found: list[Any] = []
        cursor = ""
        while True:
            params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            page = (await http.get(path, params=params)).json()
            found += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return len(found)


async def test_a_node_that_was_frozen_and_wakes_up_changes_nothing_any_more(open_dir):
    folder = open_dir / "plans-frozen"
    folder.mkdir()
    fleet = Fleet(folder)
    async with AsyncExitStack() as stack:
        await fleet.open(2)
        stack.push_async_callback(fleet.close)
        steps = tuple(
            ("remember", {"content": f"{uuid4()} is a fact"}, *([at - 1] if at else [])) for at in range(12)
        )
        plan = await fleet.execute(*steps, *(("once", {"secs": 0.2}, at) for at in range(8)))
        async with asyncio.timeout(20):
            while not (await fleet.outside.read(plan)).steps[0].result:
                await asyncio.sleep(0.01)
        frozen = fleet.servers.pop(0)
        frozen.process.send_signal(signal.SIGSTOP)
        claims = await fleet.outside.claims(plan)
        await fleet.taken_over([plan], [claims], time.monotonic())
        await fleet.settle([plan])
        frozen.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(20), httpx.AsyncClient(base_url=frozen.url) as http:
            while (await http.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.1)
        assert len(fleet.took_over_secs) == 1
        assert await memories(fleet) == 12
        await asyncio.to_thread(frozen.stop)
        assert await memories(fleet) == 12
    assert fleet.problems == []
