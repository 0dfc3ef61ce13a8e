"""A server behind PgBouncer in transaction mode: nobody gets what is another's, and everything works."""

import asyncio
import json
from collections import Counter
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from orion.settings.database_url import DatabaseUrl
from tests.api.running import draft, running
from tests.pipelines.test_approvals import PROJECT, tool
from tests.pipelines.test_spoken_approval import PAY
from tests.store.servers import Pooler, debian_cluster, own_folder

V1 = "/api/v1"
WORKERS = 16
LOGINS = {"super": "superuser", "passing": "bypassrls createrole", "ordinary": "createrole"}
SOAK = pytest.param(10_000, marks=pytest.mark.soak)


@asynccontextmanager
async def pooled(open_dir, tmp_path, login):
    """A server on a new database of Debian's PostgreSQL, behind its PgBouncer."""
    with debian_cluster(open_dir) as cluster:
        if login != "super":
            cluster.sql(f"create role {login} login {LOGINS[login]}")
        cluster.sql(f"create database app owner {login}")
        with Pooler(own_folder(open_dir, "pooler-"), cluster.folder, size=6) as pooler:
            options = {
                "llm": ("offline",),
                "project": PROJECT,
                "rate_limit_max": 10**6,
                "jwt_expires_secs": 7200,
            }
            direct_url = cluster.url(login, "app")
            url = pooler.url(login, "app")
            async with running(url, tmp_path, database_direct_url=direct_url, **options) as server:
                yield server


def asking(server, token):
    """A client that closes what is idle before the server does, whose end it could not tell from a fault."""
    http = server.client(token)
    http._transport._pool._keepalive_expiry = 1.0
    return http


class Person:
    """A user with a session of their own, who asks for it and for others' ones."""

    def __init__(self, http):
        self.http = http
        self.seen: Counter[object] = Counter()

    async def begin(self):
        self.session = (await self.http.post(f"{V1}/sessions", json={})).json()["id"]
        await self.http.post(
            f"{V1}/sessions/{self.session}/memory",
            json={"type": "fact", "content": f"secret of {self.session}"},
        )
        await self.http.post(f"{V1}/sessions/{self.session}/messages", json={"text": "hello"})
        return self

    def calls(self, foreign):
        """Requests, each with the statuses that are right for it."""
        own, other = f"{V1}/sessions/{self.session}", f"{V1}/sessions/{foreign}"
        return [
            ("GET", own, None, {200}),
            ("GET", f"{own}/turns", None, {200}),
            ("GET", other, None, {404}),
            ("GET", f"{other}/turns", None, {404}),
            ("GET", f"{V1}/sessions", None, {200}),
            ("GET", f"{own}/memory", None, {200}),
            ("PATCH", f"{other}/status", {"status": "paused"}, {404, 409}),
            ("DELETE", other, None, {404}),
            ("GET", f"{V1}/auth/profile", None, {200}),
        ]

    async def ask(self, foreign, number):
        method, path, body, right = self.calls(foreign)[number % 9]
        answer = await self.http.request(method, path, json=body)
        self.seen[answer.status_code] += 1
        self.seen["wrong"] += answer.status_code not in right
        if answer.status_code == 200:
            self.seen["foreign"] += foreign in answer.text
            self.seen["own"] += self.session in answer.text


async def crowd(people, requests):
    """Each of the workers asks in turns for both; nothing is in order."""

    async def work(worker):
        for number in range(requests // WORKERS):
            asking, other = people if (worker + number) % 2 else reversed(people)
            await asking.ask(other.session, number // 2 + worker)

    await asyncio.gather(*map(work, range(WORKERS)))


async def planned_and_told(server, person):
    """A plan runs, and who follows the session hears of it by NOTIFY and by the feed."""
    plan = await draft(server.parts.database, person.session)
    path = f"{V1}/sessions/{person.session}"
    async with asyncio.timeout(60), person.http.stream("GET", f"{path}/events", timeout=30) as stream:
        begun = await person.http.post(
            f"{V1}/agent/sessions/{person.session}/execute", json={"plan_id": str(plan.id)}
        )
        assert begun.status_code == 202, begun.text
        async for line in stream.aiter_lines():
            told = json.loads(line[6:]) if line.startswith("data: ") else {}
            if told.get("name") == "plan.updated" and told["body"]["plan"]["status"] == "done":
                break


async def asked_and_paid(person):
    """A dangerous call waits for a yes, which is given by REST."""
    path = f"{V1}/sessions/{person.session}"
    await person.http.post(f"{path}/messages", json={"text": PAY})
    (call,) = (await person.http.get(f"{path}/approvals")).json()["items"]
    answered = await person.http.post(
        f"{path}/approvals/{call['call_id']}", json={"approve": True, "digest": call["digest"]}
    )
    assert answered.status_code == 200, answered.text
    async with asyncio.timeout(20):
        while not [one for one in tool("send_money").LEDGER if str(one["session"]) == person.session]:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("requests", [480, SOAK])
@pytest.mark.parametrize("login", LOGINS)
async def test_behind_a_pooler_nobody_gets_what_is_anothers(open_dir, tmp_path, logs, login, requests):
    async with pooled(open_dir, tmp_path, login) as server:
        tokens = [(await server.register(name))["access_token"] for name in ("ada", "ben", "cleo")]
        async with asking(server, tokens[1]) as ben, asking(server, tokens[2]) as cleo:
            people = [await Person(ben).begin(), await Person(cleo).begin()]
            for person in people:
                await planned_and_told(server, person)
                await asked_and_paid(person)
            await crowd(people, requests)
            for person in people:
                assert (person.seen["foreign"], person.seen["wrong"]) == (0, 0), person.seen
                assert person.seen["own"] > requests / 9
            assert sum(person.seen[200] + person.seen[404] for person in people) == requests
            await asked_and_paid(await Person(ben).begin())
    assert [line for line in logs if "ERROR" in line or "WARNING" in line] == []


async def test_who_leaves_a_transaction_in_the_midst_leaves_no_role_behind(open_dir, tmp_path):
    """The pooler's next client gets a server connection that acts as whoever logged in, and nobody else."""
    async with pooled(open_dir, tmp_path, "super") as server:
        token = (await server.register("ada"))["access_token"]
        async with server.client(token) as http:
            await (person := Person(http)).begin()
            asking = [asyncio.create_task(person.ask(str(uuid4()), n)) for n in range(40)]  # noqa: TID251
            await asyncio.sleep(0)
            for task in asking[::2]:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        url = DatabaseUrl.read(server.parts.database.url).asyncpg
        for _ in range(12):
            driver = await asyncpg.connect(url, statement_cache_size=0)
            assert await driver.fetchval("select current_user") == "super"
            assert not await driver.fetchval("select current_setting('orion.user', true)")
            await driver.close()
