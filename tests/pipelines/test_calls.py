"""Calls whose session vanishes at the worst moment, through a real server, WebRTC and PostgreSQL."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import psutil
import pytest

from orion.domain.hand_off import HandOver
from orion.domain.identity import Principal, new_id
from orion.domain.session import SessionStatus
from orion.domain.tool import ToolFailure
from orion.domain.turn import Speaker, Turn
from orion.pipelines.sweeper import end_idle
from tests.api.running import running
from tests.journeys.phone import Phone, calling
from tests.providers.pulled import put

WAITING = "select count(*) from pg_locks where not granted"


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


@pytest.fixture
async def http(server):
    ada = await server.register("ada")
    async with server.client(ada["access_token"]) as client:
        yield client


@asynccontextmanager
async def vanishing(database_url, session_id):
    """The session is deleted, which others learn only at the end, once one of them waits for its row."""
    deleting, looking = [await asyncpg.connect(database_url.replace("+asyncpg", "")) for _ in range(2)]
    async with deleting.transaction():
        await deleting.execute("delete from orion.sessions where id = $1", session_id)
        yield
        async with asyncio.timeout(10):
            while not await looking.fetchval(WAITING):
                await asyncio.sleep(0.02)
    await deleting.close()
    await looking.close()


async def test_a_session_of_the_agent_that_was_called_orion_goes_on_with_the_concierge(database_url, http):
    session_id = await new_session(http)
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute("update orion.sessions set agent = 'orion' where id = $1", session_id)
    await connection.close()
    said = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "hello"})
    assert said.status_code == 200, said.text
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    assert {turn["agent"] for turn in turns} == {"concierge"}


async def test_who_takes_over_has_its_instructions_and_tools_before_anybody_can_interrupt(server, http):
    session_id = await new_session(http)
    async with calling(http, str(session_id)) as phone:
        await phone.event("participant.joined")
        call = server.parts.calls.get(session_id)
        scheduler = call.conversation.offer.roster.get("scheduler")
        call.conversation.requests.hand_over = HandOver("scheduler")
        now = datetime.now(UTC)
        call._agent_turn_ended(
            Turn(new_id(), session_id, Speaker.AGENT, "concierge", "One moment.", now, now)
        )
        assert call.conversation.context.messages[0]["content"].startswith(scheduler.instructions)
        offered = {schema.name for schema in call.conversation.context.tools.standard_tools}
        assert offered == {schema.name for schema in call.conversation.tools().standard_tools}


async def test_one_session_holds_no_endless_number_of_timers(server, http):
    session_id = await new_session(http)
    async with calling(http, str(session_id)) as phone:
        await phone.event("participant.joined")
        context = server.parts.calls.get(session_id).conversation.tool_context.for_call("timer")
        for _ in range(20):
            context.announce_after(3600, "Later.")
        with pytest.raises(ToolFailure):
            context.announce_after(3600, "Much later.")


async def test_a_database_that_is_slow_with_the_tools_holds_up_no_answer(server, http, database_url):
    session_id = await new_session(http)
    async with calling(http, str(session_id)) as phone:
        await phone.event("participant.joined")
        blocking = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with blocking.transaction():
            await blocking.execute("lock table orion.tools in access exclusive mode")
            async with asyncio.timeout(15):
                answer = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "hello"})
        await blocking.close()
    assert answer.status_code == 200


async def new_session(http, **body):
    return UUID((await http.post("/api/v1/sessions", json=body)).json()["id"])


async def test_models_that_are_pulled_while_the_server_runs_are_loaded_for_the_next_call_and_end_with_it(
    database_url, tmp_path
):
    async with running(database_url, tmp_path) as server:
        account = await server.register("ada")
        async with server.client(account["access_token"]) as http:
            agent = {"instructions": "Help.", "stt": "moonshine,scripted"}
            (await http.put("/api/v1/agents/waiter", json=agent)).raise_for_status()
            children = set(psutil.Process().children())
            await put(server.parts.settings, tmp_path, english="moonshine")
            written = await new_session(http, agent="waiter")
            reply = await http.post(f"/api/v1/sessions/{written}/messages", json={"text": "hello"})
            reply.raise_for_status()
            assert set(psutil.Process().children()) == children, "who writes needs no recogniser"
            async with calling(http, str(await new_session(http, agent="waiter"))):
                (loaded,) = set(psutil.Process().children()) - children
                assert "_onnx" in " ".join(loaded.cmdline())
        assert loaded.is_running()
    assert not loaded.is_running()


async def test_a_call_that_cannot_begin_leaves_nothing_behind(server, http, database_url):
    session_id = await new_session(http)
    assert await server.parts.calls.shared.writer.flush()
    phone = Phone(http, str(session_id))
    async with vanishing(database_url, session_id):
        offering = asyncio.get_running_loop().create_task(phone._connect())
    response = await offering
    await phone.pc.close()
    assert response.status_code == 404
    assert server.parts.calls.all() == []


async def test_a_session_that_is_deleted_meanwhile_does_not_end_the_sweeper(server, http, database_url):
    gone, idle = await new_session(http), await new_session(http)
    assert await server.parts.calls.shared.writer.flush()
    later = datetime.now(UTC) + timedelta(seconds=1)
    async with vanishing(database_url, gone):
        calls = server.parts.calls
        ending = end_idle(calls.shared, later, lambda _: False, calls.end_session)
        sweeping = asyncio.get_running_loop().create_task(ending)
    await sweeping
    async with server.parts.database.transaction(Principal.system("sweeper")) as store:
        assert (await store.sessions.get(idle)).status is SessionStatus.ENDED
