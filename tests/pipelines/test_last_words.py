"""How a call ends by its agent, and what it says where its model has no words."""

import asyncio
import json
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from orion.domain.identity import Principal
from tests.api.running import running
from tests.journeys.phone import calling, voice

BYE = {"to": "bye", "tool_calls": [{"name": "end_call", "arguments": {}}]}
CLOCK = {"name": "current_time", "arguments": {"place": "Tokyo"}}


@asynccontextmanager
async def serving(database_url, tmp_path, *, llm=None, stt=("hello",), secs=0.5):
    """A server, a client of it, and a session; without a script for the model the offline agent answers."""
    script = tmp_path / "script.yaml"
    heard = [{"text": text, "partials": [text]} for text in stt]
    parts = {"stt": heard, "tts": {"secs": secs}, **({} if llm is None else {"llm": llm})}
    script.write_text(json.dumps(parts))
    options = {"script": script, **({"llm": ("offline",)} if llm is None else {})}
    async with running(database_url, tmp_path, **options) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
            yield server, http, session_id


async def write(http, session_id, text):
    response = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    response.raise_for_status()
    return response.json()["text"]


async def status(http, session_id):
    return (await http.get(f"/api/v1/sessions/{session_id}")).json()["status"]


async def test_an_agent_that_ends_the_call_without_a_word_says_goodbye(database_url, tmp_path):
    async with serving(database_url, tmp_path, llm=[BYE, {"to": "bye", "text": ""}]) as (_, http, session_id):
        assert await write(http, session_id, "bye") == "Goodbye!"
        async with asyncio.timeout(10):
            while await status(http, session_id) != "ended":
                await asyncio.sleep(0.05)


async def test_tools_that_have_done_their_work_are_no_silence(database_url, tmp_path):
    llm = [{"to": "time", "tool_calls": [CLOCK]}, {"to": "time", "text": ""}, {"to": "hm", "text": ""}]
    async with serving(database_url, tmp_path, llm=llm) as (_, http, session_id):
        assert await write(http, session_id, "the time") == "Done."
        assert await write(http, session_id, "hm") == "Sorry, I have no answer to that."


async def test_a_goodbye_that_the_user_interrupts_ends_no_call(database_url, tmp_path):
    llm = [BYE, {"to": "bye", "text": "Goodbye, and thank you."}, {"to": "wait", "text": "I am here."}]
    heard = ("bye for now", "wait a moment")
    async with serving(database_url, tmp_path, llm=llm, stt=heard, secs=3.0) as (_, http, session_id):
        async with calling(http, session_id) as phone:
            await phone.event("turn.ended", role="agent")
            since = await phone.say(voice(0.8))
            await phone.event("session.state", since, state="speaking")
            since = await phone.say(voice(0.8))
            await phone.event("turn.ended", since, role="agent", interrupted=True)
            event = await phone.event("turn.ended", since, role="agent", interrupted=False)
            assert event["body"]["turn"]["text"] == "I am here."
        assert await status(http, session_id) != "ended"


async def test_a_cough_into_a_goodbye_keeps_no_call_open(database_url, tmp_path):
    llm = [BYE, {"to": "bye", "text": "Goodbye.", "delay_ms": 1500}]
    async with (
        serving(database_url, tmp_path, llm=llm, stt=("bye for now", "")) as (_, http, session_id),
        calling(http, session_id) as phone,
    ):
        await phone.event("turn.ended", role="agent")
        since = await phone.say(voice(0.8))
        await phone.event("tool.ended", since)
        await phone.say(voice(0.6))
        await phone.event("session.ended", since, end_reason="agent")


async def test_a_goodbye_tells_what_it_loses_and_ends_at_the_second_word(database_url, tmp_path):
    async with serving(database_url, tmp_path) as (server, http, session_id):
        async with server.parts.database.transaction(Principal.system("sweeper")) as store:
            session = await store.sessions.get(UUID(session_id))
        for _ in range(2):
            server.parts.calls.announcements.after(session, 7200, "The kiln is hot.")
        assert "I was to tell you 2 things later" in await write(http, session_id, "goodbye")
        assert await status(http, session_id) != "ended"
        await write(http, session_id, "goodbye")
        assert await status(http, session_id) == "ended"


@pytest.mark.parametrize("said", ["mhm", "okay"])
async def test_a_sign_of_listening_in_a_call_leaves_the_answer_and_the_record_alone(
    database_url, tmp_path, said
):
    async with serving(
        database_url, tmp_path, llm=[{"text": "We close at six."}], stt=("when", said), secs=3.0
    ) as (_, http, session_id):
        async with calling(http, session_id) as phone:
            await phone.event("turn.ended", role="agent")
            since = await phone.say(voice(0.8))
            await phone.event("session.state", since, state="speaking")
            turn = await phone.answer_to(voice(0.4))
            assert (turn["text"], turn["interrupted"]) == ("We close at six.", False)
        turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
        assert [turn["role"] for turn in turns] == ["agent", "user", "agent"]


async def test_a_muted_peer_that_checks_its_path_counts_as_alive(database_url, tmp_path):
    async with (
        serving(database_url, tmp_path) as (server, http, session_id),
        calling(http, session_id) as phone,
    ):
        await phone.event("turn.ended", role="agent")
        peer = server.parts.calls.get(UUID(session_id)).peer
        await peer.silent_secs()
        phone.pc.getSenders()[0].replaceTrack(None)
        phone._channel.close()
        longest = 0.0
        async with asyncio.timeout(15):  # aiortc checks each five seconds, more or less
            while (silent := await peer.silent_secs()) >= longest or longest < 1.5:
                longest = max(longest, silent)
                await asyncio.sleep(0.1)
        assert longest < 10
