"""Hand-overs by voice: another voice, the task that was spoken, and nobody left without an answer."""

import asyncio
import time

import numpy as np

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


async def turn_with(phone, tool):
    """The first turn that called a tool."""
    async with asyncio.timeout(30):
        while True:
            turns = [event["body"]["turn"] for event in phone.events if event["name"] == "turn.ended"]
            for turn in turns:
                if any(call["tool"] == tool for call in turn["tool_calls"]):
                    return turn
            await asyncio.sleep(0.05)


async def test_the_scheduler_does_what_was_said_to_the_concierge_in_its_own_voice(http, session_id, tmp_path):
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
        turn = await turn_with(phone, "current_time")
    assert turn["agent"] == "scheduler"
    assert "Tokyo" in turn["text"]
