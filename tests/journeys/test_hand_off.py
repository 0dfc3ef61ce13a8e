"""Hand-overs by voice: another voice, the task that was spoken, and nobody left without an answer."""

import asyncio
import time
from contextlib import asynccontextmanager

import httpx
import numpy as np

from tests.journeys.conftest import ADA, start_server
from tests.journeys.phone import RATE_HZ, calling, spoken

_LOWEST_HZ, _HIGHEST_HZ = 70, 300
_BLOCK = RATE_HZ // 25
_LOUDEST = 0.5


def pitch_hz(pcm):
    """The median pitch of the loud half of a voice, by autocorrelation."""
    blocks = [pcm[at : at + _BLOCK].astype(np.float64) for at in range(0, len(pcm) - _BLOCK, _BLOCK)]
    loud = sorted(blocks, key=lambda block: -np.abs(block).mean())[: max(1, int(len(blocks) * _LOUDEST))]
    nearest, farthest = RATE_HZ // _HIGHEST_HZ, RATE_HZ // _LOWEST_HZ
    found = []
    for block in loud:
        like = np.correlate(block - block.mean(), block - block.mean(), "full")[_BLOCK - 1 :]
        found.append(RATE_HZ / (nearest + int(np.argmax(like[nearest:farthest]))))
    return float(np.median(found))


async def turn_of(phone, agent, since):
    """The first turn of an agent that ends from an event on."""
    return (await phone.event("turn.ended", since, role="agent", agent=agent))["body"]["turn"]


async def turn_with(phone, word):
    """The agent's first turn that says a word."""
    async with asyncio.timeout(30):
        while True:
            turns = [event["body"]["turn"] for event in phone.events if event["name"] == "turn.ended"]
            for turn in turns:
                if turn["role"] == "agent" and word in turn["text"]:
                    return turn
            await asyncio.sleep(0.05)


@asynccontextmanager
async def with_several_voices(data_dir):
    """A client of a server whose voice is flite, which has several, and a session."""
    server = await asyncio.to_thread(start_server, data_dir, ORION_TTS="flite")
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
            account = (await http.post("/api/v1/auth/register", json=ADA)).json()
            http.headers["Authorization"] = f"Bearer {account['access_token']}"
            yield http, (await http.post("/api/v1/sessions", json={})).json()["id"]
    finally:
        await asyncio.to_thread(server.end)


async def test_the_scheduler_does_what_was_said_to_the_concierge_in_its_own_voice(open_dir, tmp_path):
    async with with_several_voices(open_dir / "voices") as (http, session_id):
        await _handed_over(http, session_id, tmp_path)


async def _handed_over(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        greeting = await turn_of(phone, "concierge", 0)
        await phone.quiet()
        assert "Orion" in greeting["text"]
        concierge = pitch_hz(phone.pcm_between(0, time.monotonic()))
        since = await phone.say(spoken("ask the scheduler to set a timer for ten minutes", tmp_path))
        handed = await phone.event("hand_off", since, to="scheduler")
        assert handed["body"]["from"] == "concierge"
        turn = await turn_of(phone, "scheduler", since)
        assert turn["text"] == "Okay, timer for 10 minutes."
        assert [call["tool"] for call in turn["tool_calls"]] == ["timer"]
        await phone.quiet()
        scheduler = pitch_hz(phone.pcm_between(handed["at"] + 0.5, time.monotonic()))
        assert scheduler < 0.8 * concierge, "the voice is another one"
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    assert [turn["agent"] for turn in turns if turn["role"] == "agent"] == [
        "concierge",
        "concierge",
        "scheduler",
    ]


async def test_who_speaks_during_the_hand_over_is_answered_by_who_takes_over(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        await turn_of(phone, "concierge", 0)
        await phone.quiet()
        asking = spoken("what time is it in tokyo", tmp_path)
        since = await phone.say(spoken("let me talk to the scheduler", tmp_path))
        await phone.event("session.state", since, state="speaking")
        await phone.say(asking)
        await phone.event("hand_off", since, to="scheduler")
        assert (await turn_with(phone, "Tokyo"))["agent"] == "scheduler"
