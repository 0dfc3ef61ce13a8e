"""What is open ends with the credentials that opened it, in this process and in others."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from orion.domain.identity import Principal
from orion.store.tables import metadata
from tests.api.running import running
from tests.journeys.phone import calling
from tests.store.test_notices import CUT_OFF

AUTH = "/api/v1/auth"


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


@pytest.fixture
async def ada(server):
    return await server.register("ada")


@pytest.fixture
async def ben(server, ada):
    return await server.register("ben")


class Watching:
    """An event stream that somebody holds open."""

    def __init__(self, server, credential, session_id):
        self._server, self._credential = server, credential
        self._path = f"/api/v1/sessions/{session_id}/events"
        self._connected = asyncio.Event()

    async def _read(self):
        async with (
            self._server.client(self._credential) as http,
            http.stream("GET", self._path, timeout=None) as response,
        ):
            async for _ in response.aiter_bytes():
                self._connected.set()

    async def __aenter__(self):
        self._reading = asyncio.get_running_loop().create_task(self._read())
        async with asyncio.timeout(10):
            await self._connected.wait()
        return self

    async def __aexit__(self, *_):
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    @property
    def open(self):
        return not self._reading.done()

    async def ended(self):
        async with asyncio.timeout(5):
            await asyncio.shield(self._reading)


async def session_of(server, token):
    return (await server.call(token, "POST", "/api/v1/sessions", {})).json()["id"]


async def test_a_revoked_key_ends_its_streams_and_no_others(server, ben):
    token, session_id = ben["access_token"], await session_of(server, ben["access_token"])
    made, other = await server.key(token), await server.key(token)
    async with (
        Watching(server, made["key"], session_id) as by_key,
        Watching(server, other["key"], session_id) as by_other,
        Watching(server, token, session_id) as by_token,
    ):
        gone = await server.call(token, "DELETE", f"{AUTH}/api-keys/{made['api_key']['id']}")
        assert gone.status_code == 204
        await by_key.ended()
        assert by_other.open
        assert by_token.open


async def test_a_disabled_user_is_cut_off_in_another_process_of_the_same_database(
    server, ada, ben, database_url, tmp_path
):
    session_id = await session_of(server, ben["access_token"])
    async with running(database_url, tmp_path / "other") as other:
        key = (await server.key(ben["access_token"]))["key"]
        async with (
            Watching(other, ben["access_token"], session_id) as by_token,
            Watching(other, key, session_id) as by_key,
        ):
            path = f"/api/v1/users/{ben['user']['id']}"
            assert (await server.call(ada["access_token"], "PATCH", path, {"disabled": True})).is_success
            await by_token.ended()
            await by_key.ended()


async def test_logging_out_and_a_new_password_end_the_streams_of_that_sign_in(server, ben):
    account = {"email": "ben@example.org", "password": "correct horse battery"}
    session_id = await session_of(server, ben["access_token"])
    second, third = [(await server.call(None, "POST", f"{AUTH}/login", account)).json() for _ in range(2)]
    async with (
        Watching(server, ben["access_token"], session_id) as first_stream,
        Watching(server, second["access_token"], session_id) as second_stream,
        Watching(server, third["access_token"], session_id) as third_stream,
    ):
        leave = {"refresh_token": second["refresh_token"]}
        assert (await server.call(None, "POST", f"{AUTH}/logout", leave)).status_code == 204
        await second_stream.ended()
        assert third_stream.open
        body = {"current_password": account["password"], "new_password": "a better horse battery"}
        await server.call(ben["access_token"], "POST", f"{AUTH}/password", body)
        await third_stream.ended()
        assert first_stream.open


async def test_a_demoted_admins_streams_end_once_and_may_begin_anew(server, ada, ben):
    path = f"/api/v1/users/{ben['user']['id']}"
    await server.call(ada["access_token"], "PATCH", path, {"role": "admin"})
    session_id = await session_of(server, ben["access_token"])
    async with Watching(server, ben["access_token"], session_id) as stream:
        await server.call(ada["access_token"], "PATCH", path, {"role": "user"})
        await stream.ended()
    made = await server.key(ben["access_token"])
    async with (
        Watching(server, made["key"], session_id) as by_key,
        Watching(server, ben["access_token"], session_id) as stream,
    ):
        await server.call(ben["access_token"], "DELETE", f"{AUTH}/api-keys/{made['api_key']['id']}")
        await by_key.ended()  # all of Ben's have been judged now
        assert stream.open


async def test_a_key_that_is_made_to_expire_ends_its_streams(server, ben, database):
    session_id = await session_of(server, ben["access_token"])
    made = await server.key(ben["access_token"], expires_at="2099-01-01T00:00:00Z")
    keys = metadata.tables["orion.api_keys"]
    async with Watching(server, made["key"], session_id) as stream:
        async with database.transaction(Principal.system("log-in")) as store:
            await store.connection.execute(keys.update().values(expires_at=keys.c.created_at))
        await stream.ended()


async def test_what_was_told_while_nobody_could_listen_is_caught_up_on(server, ben, database_url):
    """The listening connection is cut, and the key revoked before it is back."""
    session_id = await session_of(server, ben["access_token"])
    made = await server.key(ben["access_token"])
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    async with Watching(server, made["key"], session_id) as stream:
        assert await connection.fetch(CUT_OFF)
        await connection.execute("set session_replication_role = replica")  # no trigger tells anything
        await connection.execute("delete from orion.api_keys")
        await stream.ended()
    await connection.close()


async def test_what_others_tell_on_the_channel_ends_no_judgement(server, ben, database_url):
    session_id = await session_of(server, ben["access_token"])
    made = await server.key(ben["access_token"])
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute("notify orion_credentials, 'no id'")
    await connection.close()
    async with Watching(server, made["key"], session_id) as stream:
        await server.call(ben["access_token"], "DELETE", f"{AUTH}/api-keys/{made['api_key']['id']}")
        await stream.ended()


async def hung_up(server, session_id):
    async with asyncio.timeout(10):
        while server.parts.calls.get(UUID(session_id)) is not None:
            await asyncio.sleep(0.05)


async def test_a_live_call_ends_with_the_key_that_began_it(server, ben):
    made, other = [await server.key(ben["access_token"]) for _ in range(2)]
    ids = [await session_of(server, ben["access_token"]) for _ in range(2)]
    async with (
        server.client(made["key"]) as by_key,
        server.client(other["key"]) as by_other,
        calling(by_key, ids[0]) as phone,
        calling(by_other, ids[1]) as stays,
    ):
        await phone.event("participant.joined")
        await stays.event("participant.joined")
        await server.call(ben["access_token"], "DELETE", f"{AUTH}/api-keys/{made['api_key']['id']}")
        await hung_up(server, ids[0])
        assert server.parts.calls.get(UUID(ids[1])) is not None


async def test_a_live_call_ends_when_its_user_is_disabled(server, ada, ben):
    session_id = await session_of(server, ben["access_token"])
    async with server.client(ben["access_token"]) as http, calling(http, session_id) as phone:
        await phone.event("participant.joined")
        path = f"/api/v1/users/{ben['user']['id']}"
        await server.call(ada["access_token"], "PATCH", path, {"disabled": True})
        await hung_up(server, session_id)
