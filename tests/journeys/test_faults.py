"""What breaks in the middle of a call: the call lives on where it can, and nothing recorded is lost."""

import asyncio
import os
import signal
import time

import psutil
import pytest

from orion.store.layout import Layout
from tests.journeys.phone import Phone, calling, spoken
from tests.journeys.test_call import greeted


@pytest.fixture
def agent(brief):
    return brief


def recogniser(server):
    """The speech recognition process, which serves all calls."""
    children = psutil.Process(server.process.pid).children()
    return next(child for child in children if any("moonshine" in word for word in child.cmdline()))


async def test_the_database_is_killed_in_a_call_and_nothing_is_lost(server, http, session_id, tmp_path):
    question = spoken("twelve times nine", tmp_path)
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await phone.answer_to(question)
        pid = Layout(server.data_dir).postmaster_pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        turn = await phone.answer_to(question)
        assert turn["text"] == "That is 108."
    async with asyncio.timeout(20):
        while (response := await http.get(f"/api/v1/sessions/{session_id}/turns")).status_code != 200:
            assert response.json()["type"] == "/problems/database-unavailable"
            assert response.headers["retry-after"]
            await asyncio.sleep(0.2)
    said = [turn["text"] for turn in response.json()["items"] if turn["role"] == "agent"]
    assert said[1:] == ["That is 108."] * 2


async def test_the_recogniser_is_killed_while_it_listens_and_no_word_is_lost(
    server, http, session_id, tmp_path
):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        since = await phone.say(spoken("what is seven plus five", tmp_path))
        await phone.event("turn.partial", since, role="user")
        recogniser(server).kill()
        event = await phone.event("turn.ended", since, role="agent")
        assert event["body"]["turn"]["text"] == "That is 12."


async def test_the_voice_is_killed_and_the_next_sentence_is_spoken(server, http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await phone.quiet()
        for child in psutil.Process(server.process.pid).children():
            if any("_speech" in word for word in child.cmdline()):
                child.kill()
        before = time.monotonic()
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        assert reply.json()["text"] == "That is 4."
        assert phone.sound_since(before)


async def test_a_silent_peer_loses_the_call_and_one_whose_microphone_alone_is_silent_does_not(
    http, session_id, agent
):
    other = (await http.post("/api/v1/sessions", json={"agent": agent})).json()["id"]
    await asyncio.gather(_silent(http, session_id), _without_sound(http, other))


async def _silent(http, session_id):
    """A peer that sends nothing more: the call ends, the session does not."""
    phone = Phone(http, session_id)
    await phone.dial()
    await greeted(phone)
    follow, *others = phone._tasks
    for task in others:
        task.cancel()
    for sender in phone.pc.getSenders():
        consent = sender.transport.transport._connection._query_consent_task
        assert consent
        consent.cancel()
        await sender.stop()
    silent_since = time.monotonic()
    left = await phone.event("participant.left", reason="idle", timeout_secs=30)
    assert 13 < left["at"] - silent_since < 22
    follow.cancel()
    session = (await http.get(f"/api/v1/sessions/{session_id}")).json()
    assert (session["status"], session["live"]) == ("active", False)
    await phone.hang_up()


async def _without_sound(http, session_id):
    """A page that lives, and whose microphone sends nothing."""
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await phone.pc.getSenders()[0].stop()
        for _ in range(17):
            await asyncio.sleep(1)
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        assert reply.json()["text"] == "That is 4."
        assert (await http.get(f"/api/v1/sessions/{session_id}")).json()["live"]


async def test_a_second_offer_takes_the_call_over_and_keeps_the_context(http, session_id):
    async with calling(http, session_id) as first:
        await greeted(first)
        await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        async with calling(http, session_id) as second:
            await first.event("participant.left", reason="hung_up")
            reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "repeat that"})
            assert reply.json()["text"] == "That is 4."
            assert second.pc.connectionState == "connected"


@pytest.mark.parametrize("pc_id", ["unknown", ""])
async def test_a_candidate_for_an_unknown_connection_is_not_found(http, session_id, pc_id):
    async with calling(http, session_id) as phone:
        url = f"/api/v1/sessions/{session_id}/offer"
        candidate = {
            "candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host",
            "sdpMid": "0",
            "sdpMLineIndex": 0,
        }
        refused = await http.patch(url, json={"pc_id": pc_id, "candidates": [candidate]})
        assert refused.status_code == 404
        taken = await http.patch(url, json={"pc_id": phone.pc_id, "candidates": [candidate]})
        assert taken.status_code == 204
        broken = {"candidate": "candidate:1 x udp", "sdpMid": "0", "sdpMLineIndex": 0}
        refused = await http.patch(url, json={"pc_id": phone.pc_id, "candidates": [broken]})
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-offer")


async def test_renegotiation_keeps_the_call(http, session_id):
    from aiortc import RTCSessionDescription

    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        await phone.pc.setLocalDescription(await phone.pc.createOffer())
        offer = {"sdp": phone.pc.localDescription.sdp, "type": "offer", "pc_id": phone.pc_id}
        answer = (await http.post(f"/api/v1/sessions/{session_id}/offer", json=offer)).json()
        assert answer["pc_id"] == phone.pc_id
        await phone.pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        assert reply.json()["text"] == "That is 4."
        assert not [event for event in phone.events[since:] if event["name"] == "participant.left"]


async def test_events_resume_where_the_stream_was_lost(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        last = next(event for event in phone.events if event["name"] == "participant.joined")["id"]
    for text in ("two plus two", "three plus three"):
        await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    names, headers = [], {"Last-Event-ID": last}
    async with http.stream("GET", f"/api/v1/sessions/{session_id}/events", headers=headers) as response:
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                names.append(line[7:])
            if names.count("turn.ended") == 5:
                break
    assert names.count("tool.ended") == 2
    assert "participant.joined" not in names
