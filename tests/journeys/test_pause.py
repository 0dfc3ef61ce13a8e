"""Paused and resumed: the call stays connected, the agent is silent and hears nothing."""

import asyncio
import time
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys.phone import calling, spoken
from tests.journeys.test_call import greeted
from tests.journeys.test_rest import problem

MAY_BECOME = {
    "created": {"active", "ended"},
    "active": {"paused", "ended"},
    "paused": {"active", "ended"},
    "ended": set(),
}


@pytest.fixture
def agent(brief):
    return brief


async def become(http, session_id, status):
    response = await http.patch(f"/api/v1/sessions/{session_id}/status", json={"status": status})
    assert response.status_code == 200, response.text
    return response.json()


async def said(http, session_id):
    """What stands in the transcript, oldest first."""
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    return [(turn["role"], turn["text"]) for turn in turns]


async def test_what_is_said_in_a_pause_is_neither_recorded_nor_answered(http, session_id, tmp_path):
    question = spoken("what is seven plus five", tmp_path)
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await phone.quiet()
        paused = await become(http, session_id, "paused")
        assert (paused["status"], paused["live"]) == ("paused", True)
        before, since = await said(http, session_id), await phone.say(question)
        silent_from = time.monotonic()
        while len(phone.microphone._queue):
            await asyncio.sleep(0.05)
        await asyncio.sleep(2.5)  # an answer would have begun by now
        assert not phone.sound_since(silent_from)
        assert await said(http, session_id) == before
        assert {event["name"] for event in phone.events[since:]} <= {"session.updated", "session.state"}
        await become(http, session_id, "active")
        assert (await phone.answer_to(question))["text"] == "That is 12."
        assert phone.pc.connectionState == "connected"
    updates = [e["body"]["session"]["status"] for e in phone.events if e["name"] == "session.updated"]
    assert updates == ["active", "paused", "active"]


async def test_a_pause_stops_what_the_agent_is_saying_and_the_context_goes_on(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        await phone.say(spoken("what can you do", tmp_path))
        await phone.event("session.state", since, state="speaking")
        await asyncio.sleep(1)
        await become(http, session_id, "paused")
        silenced_at = time.monotonic()
        ended = await phone.event("turn.ended", since, role="agent")
        assert ended["body"]["turn"]["interrupted"]
        await asyncio.sleep(1.5)
        assert not phone.sound_since(silenced_at + 0.5)
        await become(http, session_id, "active")
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        assert reply.json()["text"] == "That is 4."
    assert ("user", "What can you do?") in await said(http, session_id)


async def test_typed_words_are_refused_in_a_pause_on_every_wire(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await become(http, session_id, "paused")
        base = f"/api/v1/sessions/{session_id}"
        problem(await http.post(f"{base}/messages", json={"text": "two plus two"}), 409, "conflict")
        problem(await http.post(f"{base}/say", json={"text": "Hello."}), 409, "conflict")
        before = await said(http, session_id)
        phone.send("send-text", {"content": "what is two plus two"})
        async with asyncio.timeout(5):
            while not (errors := [m for m in phone.messages if m.get("type") == "error-response"]):
                await asyncio.sleep(0.05)
        assert errors[0]["data"]["error"] == "conflict: the session is paused"
        assert await said(http, session_id) == before


async def test_a_timer_that_falls_due_in_a_pause_waits_for_its_end(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        text = {"text": "set a timer for 4 seconds"}
        await http.post(f"/api/v1/sessions/{session_id}/messages", json=text)
        since = len(phone.events)
        await become(http, session_id, "paused")
        paused_at = time.monotonic()
        await asyncio.sleep(4.5)
        assert not phone.sound_since(paused_at + 0.5)
        await become(http, session_id, "active")
        event = await phone.event("turn.ended", since, role="agent", interrupted=False)
        assert event["body"]["turn"]["text"] == "Your timer for 4 seconds is up."


async def test_a_timer_that_rings_in_a_pause_with_nobody_there_is_told_after_it(http, session_id):
    await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "set a timer for 1 second"})
    await become(http, session_id, "paused")
    await asyncio.sleep(3)
    assert (await said(http, session_id))[-1] == ("agent", "Okay, timer for 1 second.")
    await become(http, session_id, "active")
    told = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
    assert told.json()["text"].startswith("While you were away, your timer for 1 second rang at ")


async def test_a_reload_in_a_pause_comes_back_into_the_pause(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await become(http, session_id, "paused")
    async with calling(http, session_id) as phone:
        await phone.event("participant.joined")
        assert (await http.get(f"/api/v1/sessions/{session_id}")).json()["status"] == "paused"
        since = len(phone.events)
        await become(http, session_id, "active")
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        assert reply.json()["text"] == "That is 4."
        await phone.event("turn.ended", since, role="agent", text="That is 4.")


async def test_the_end_of_a_session_cuts_off_what_is_being_said(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        await phone.say(spoken("what can you do", tmp_path))
        await phone.event("session.state", since, state="speaking")
        await asyncio.sleep(1)
        ended = await become(http, session_id, "ended")
        silenced_at = time.monotonic()
        assert (ended["status"], ended["live"], ended["end_reason"]) == ("ended", False, "hung_up")
        turn = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]
        assert turn["interrupted"]
        await phone.event("session.ended", since)
        names = [event["name"] for event in phone.events[since:]]
        assert names.index("turn.ended") < names.index("participant.left")
        assert not phone.sound_since(silenced_at + 0.3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from(["active", "paused", "ended", "message"]), max_size=7))
def test_the_state_machine_lets_nothing_else_pass(server, token, wishes):
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as http:
        made = http.post("/api/v1/sessions", json={"title": uuid4().hex}).json()
        base, status = f"/api/v1/sessions/{made['id']}", made["status"]
        assert status == "created"
        for wish in wishes:
            if wish == "message":
                response = http.post(f"{base}/messages", json={"text": "two plus two"})
                slug = {"paused": "conflict", "ended": "session-ended"}.get(status)
                status = {"created": "active"}.get(status, status)
            else:
                response = http.patch(f"{base}/status", json={"status": wish})
                slug = None if wish in MAY_BECOME[status] else "conflict"
                status = status if slug else wish
            if slug:
                problem(response, 409, slug)
            else:
                assert response.status_code == 200, response.text
            assert http.get(base).json()["status"] == status
