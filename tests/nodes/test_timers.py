"""Timers through real servers and real calls: they ring where their user is, once, and nothing loses one."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest

from orion.nodes.timers import Ringer
from tests.api.running import running
from tests.journeys.phone import calling, voice
from tests.nodes.recipient import Recipient

UP = "Your tea timer is up."


@asynccontextmanager
async def serving(database_url, folder, *, stt=("",), secs=0.5, **settings):
    """A server whose voice and ear follow a script, and whose agent is the offline one."""
    script = folder / "script.yaml"
    script.write_text(json.dumps({"stt": [{"text": text} for text in stt], "tts": {"secs": secs}}))
    async with running(database_url, folder, llm=("offline",), script=script, **settings) as server:
        yield server


@pytest.fixture
async def server(database_url, tmp_path):
    async with serving(database_url, tmp_path) as server:
        yield server


@pytest.fixture
async def http(server):
    ada = await server.register("ada")
    async with server.client(ada["access_token"]) as client:
        yield client


@pytest.fixture
async def rows(database_url):
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def a_session(http):
    return (await http.post("/api/v1/sessions", json={})).json()["id"]


async def write(http, session_id, text):
    response = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    response.raise_for_status()
    return response.json()["text"]


async def rung(rows):
    """The sessions in which it was told that a timer rang."""
    found = await rows.fetch("select session_id from orion.events where name = 'timer.rung'")
    return [str(row["session_id"]) for row in found]


async def become(rows, state):
    """Wait until the only timer has this state."""
    async with asyncio.timeout(20):
        while await rows.fetchval("select state from orion.timers") != state:
            await asyncio.sleep(0.05)


async def past(rows, secs):
    """Let the only timer have been due so many seconds ago."""
    due_at = datetime.now(UTC) - timedelta(seconds=secs)
    await rows.execute("update orion.timers set due_at = $1", due_at)
    return due_at


async def test_a_timer_rings_in_the_call_of_its_user_whatever_session_set_it(server, http, rows):
    written, spoken = await a_session(http), await a_session(http)
    ben = await server.register("ben")
    async with (
        server.client(ben["access_token"]) as another,
        calling(http, spoken) as phone,
        calling(another, await a_session(another)) as somebody,
    ):
        await phone.event("turn.ended", role="agent")
        since = len(phone.events)
        told = await write(http, written, "set a tea timer for 2 seconds")
        turn = await phone.event("turn.ended", since, role="agent")
        event = await phone.event("timer.rung", since)
        assert not [e for e in somebody.events if e["name"] == "timer.rung" or UP in str(e["body"])]
    assert told == "Okay, timer for 2 seconds, tea."
    assert turn["body"]["turn"]["text"] == UP
    assert (event["body"]["timer"]["name"], event["body"]["timer"]["session_id"]) == ("tea", written)
    late_secs = datetime.fromisoformat(event["created_at"]) - datetime.fromisoformat(
        event["body"]["timer"]["due_at"]
    )
    assert late_secs < timedelta(seconds=1.5)
    await become(rows, "rung")
    assert await rung(rows) == [spoken]


async def test_a_restart_loses_no_timer_and_the_next_call_tells_it(database_url, tmp_path, rows):
    async with serving(database_url, tmp_path) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            session_id = await a_session(http)
            await write(http, session_id, "set a tea timer for 2 hours")
    await past(rows, 3600)
    async with serving(database_url, tmp_path) as server, server.client(ada["access_token"]) as http:
        await become(rows, "missed")
        async with calling(http, await a_session(http)) as phone:
            await phone.event("turn.ended", role="agent", text="Hello, this is Orion. How can I help?")
            since = [event["name"] for event in phone.events].index("turn.ended") + 1
            told = await phone.event("turn.ended", since, role="agent")
    assert told["body"]["turn"]["text"].startswith("While you were away, your tea timer rang at ")
    await become(rows, "rung")
    assert await rung(rows) == [session_id]


async def test_two_nodes_ring_once_and_the_one_with_the_call_does(database_url, tmp_path, rows):
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    async with serving(database_url, folders[0]) as first, serving(database_url, folders[1]) as second:
        ada = await first.register("ada")
        async with first.client(ada["access_token"]) as here, second.client(ada["access_token"]) as there:
            session_id = await a_session(here)
            async with calling(there, session_id) as phone:
                await phone.event("turn.ended", role="agent")
                await write(here, await a_session(here), "set a tea timer for 2 seconds")
                await phone.event("turn.ended", role="agent", text=UP)
                await become(rows, "rung")
                await asyncio.sleep(1)
                said = [e for e in phone.events if e["name"] == "turn.ended" and UP in str(e["body"])]
    assert (len(said), await rung(rows)) == (1, [session_id])


async def test_of_a_node_that_dies_while_it_rings_another_tells_the_user(database_url, tmp_path, rows):
    async with serving(database_url, tmp_path) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            session_id = await a_session(http)
            await write(http, session_id, "set a tea timer for 2 hours")
            due_at = await past(rows, 3)
            # What a node leaves behind that was killed after its claim, 31 seconds ago.
            await rows.execute(
                "update orion.timers set state = 'missed', ended_at = $1, held_until = $1", due_at
            )
            async with calling(http, session_id) as phone:
                await phone.event("turn.ended", role="agent", text=UP)
                await become(rows, "rung")
    assert await rung(rows) == []


async def test_who_talks_over_a_ring_is_answered_and_it_counts_once(database_url, tmp_path, rows):
    async with serving(database_url, tmp_path, stt=("what is two plus two",), secs=3.0) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            session_id = await a_session(http)
            async with calling(http, session_id) as phone:
                await phone.event("turn.ended", role="agent")
                since = len(phone.events)
                await write(http, session_id, "set a tea timer for 6 seconds")
                rang = phone.events.index(await phone.event("timer.rung", since))
                await phone.event("session.state", rang, state="speaking")
                await phone.say(voice(0.8))
                await phone.event("turn.ended", rang, role="agent", text="That is 4.")
                await become(rows, "rung")
    assert await rung(rows) == [session_id]


async def test_with_nobody_there_a_webhook_is_told_and_the_next_message_tells_it(
    database_url, tmp_path, rows
):
    with Recipient() as recipient:
        host = urlsplit(recipient.url).netloc
        async with serving(database_url, tmp_path, tool_allowed_hosts=(host,)) as server:
            ada = await server.register("ada")
            async with server.client(ada["access_token"]) as http:
                await told_by_webhook(http, rows, recipient)


async def told_by_webhook(http, rows, recipient):
    hook = {"url": recipient.url, "events": ["timer.*"]}
    (await http.post("/api/v1/webhooks", json=hook)).raise_for_status()
    session_id = await a_session(http)
    await write(http, session_id, "set a tea timer for 1 second")
    async with asyncio.timeout(20):
        while "timer.rung" not in recipient.names:
            await asyncio.sleep(0.05)
    (delivered,) = recipient.received
    assert delivered.event["body"]["timer"]["name"] == "tea"
    await become(rows, "missed")
    answer = await write(http, session_id, "what is two plus two")
    assert "your tea timer rang" in answer
    assert answer.endswith(" That is 4.")
    assert await write(http, session_id, "what is two plus three") == "That is 5."
    assert await rung(rows) == [session_id]


async def test_an_open_page_reads_of_it_though_nobody_calls(server, http, rows):
    session_id = await a_session(http)
    with server.parts.calls.shared.feed.subscribe(UUID(session_id)) as told:
        await write(http, session_id, "set a tea timer for 1 second")
        async with asyncio.timeout(10):
            while (await told.get()).body.get("turn", {}).get("text") != UP:
                pass
    await become(rows, "rung")
    assert await write(http, session_id, "what is two plus two") == "That is 4."


async def test_a_goodbye_loses_no_timer_and_says_so(http, rows):
    session_id = await a_session(http)
    await write(http, session_id, "set a tea timer for 2 hours")
    told = await write(http, session_id, "goodbye")
    assert told == "Your tea timer goes on; I will tell you in your next call. Goodbye!"
    async with asyncio.timeout(10):
        while (await http.get(f"/api/v1/sessions/{session_id}")).json()["status"] != "ended":
            await asyncio.sleep(0.05)
    assert await rows.fetchval("select state from orion.timers") == "set"


async def test_a_look_reads_the_clock_that_it_is_given(server, http, rows):
    session_id = await a_session(http)
    await write(http, session_id, "set a tea timer for 2 hours")
    now = datetime.now(UTC)
    ringer = Ringer(server.parts.database, server.parts.calls, lambda: now)
    await ringer.beat()
    assert await rung(rows) == []
    now += timedelta(hours=2, seconds=2)
    await ringer.beat()
    await ringer.beat()
    assert await rung(rows) == [session_id]
