"""Voice calls from a client that is not ORION's page: aiortc against the running server."""

import asyncio
import time

import numpy as np
import pytest

from tests.journeys.phone import calling, spoken


@pytest.fixture
def agent(brief):
    return brief


async def greeted(phone):
    """The index after the greeting."""
    await phone.event("turn.ended", role="agent")
    return len(phone.events)


@pytest.mark.parametrize("agent", ["concierge"])
async def test_a_caller_is_greeted_asks_and_is_answered_by_a_tool(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        greeting = await phone.event("turn.ended", role="agent")
        assert greeting["body"]["turn"]["text"] == "Hello, this is Orion. How can I help?"
        turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
        assert turn["text"] == "That is 12."
        assert [(c["tool"], c["status"]) for c in turn["tool_calls"]] == [("calculator", "done")]
        assert turn["latency"]["first_audio_ms"] < 2500
        assert phone.sound_since(phone.microphone.said_at)
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    assert [t["role"] for t in turns] == ["agent", "user", "agent"]
    assert turns[2]["latency"]["end_of_turn_ms"] < turns[2]["latency"]["first_audio_ms"]


async def test_a_barge_in_silences_the_agent_and_the_record_holds_what_was_played(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        since = len(phone.events)
        help_ = spoken("what can you do", tmp_path)
        await phone.say(help_)
        await phone.event("session.state", since, state="speaking")
        begun = time.monotonic()
        while time.monotonic() - begun < 1.2:
            await asyncio.sleep(0.05)
        interrupted_at = time.monotonic()
        await phone.say(spoken("stop please stop it now", tmp_path))
        ended = await phone.event("turn.ended", since, role="agent")
        turn = ended["body"]["turn"]
        assert turn["interrupted"]
        last_sound = max(at for at, _ in phone.sound_since(begun) if at < interrupted_at + 3)
        assert last_sound - interrupted_at < 1.5
        assert turn["text"].startswith("I can")
        assert not turn["text"].endswith("set a timer."), "the end was never played"


async def test_typed_words_join_a_live_call_and_are_answered_aloud(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        before = time.monotonic()
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "twelve times nine"})
        assert reply.json()["text"] == "That is 108."
        assert phone.sound_since(before)


async def test_rtvi_text_is_answered_and_a_tool_result_from_the_client_is_refused(http, session_id):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        phone.send(
            "llm-function-call-result",
            {"function_name": "x", "tool_call_id": "1", "arguments": {}, "result": 1},
        )
        phone.send("send-text", {"content": "what is two plus two"})
        event = await phone.event("turn.ended", since, role="agent")
        assert event["body"]["turn"]["text"] == "That is 4."
        assert any(m.get("type") == "error-response" for m in phone.messages)


async def test_a_timer_speaks_up_when_it_is_due(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "set a timer for 1 second"})
        since = len(phone.events)
        event = await phone.event("turn.ended", since, role="agent")
        assert event["body"]["turn"]["text"] == "Your timer for 1 second is up."


async def test_the_context_outlives_the_call(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await phone.answer_to(spoken("set a timer", tmp_path))
    reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "for two hours"})
    assert reply.json()["text"] == "Okay, timer for 2 hours."
    async with calling(http, session_id) as phone:
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "repeat that"})
        assert reply.json()["text"] == "Okay, timer for 2 hours."
        assert next(e for e in phone.events if e["name"] == "turn.ended")["body"]["turn"]["role"] == "user"


async def test_the_agent_ends_the_session_when_asked_to(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "goodbye"})
        await phone.event("session.ended", end_reason="agent")
    session = (await http.get(f"/api/v1/sessions/{session_id}")).json()
    assert (session["status"], session["live"]) == ("ended", False)
    refused = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "hello"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/session-ended")


async def test_a_hand_over_gives_the_word_to_another_agent(http, session_id):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        await http.post(
            f"/api/v1/sessions/{session_id}/messages", json={"text": "let me talk to the scheduler"}
        )
        await phone.event("hand_off", since, to="scheduler")
        event = await phone.event("turn.ended", since, role="agent", agent="scheduler")
        assert "scheduler" in event["body"]["turn"]["text"].lower()
    assert (await http.get(f"/api/v1/sessions/{session_id}")).json()["agent"] == "scheduler"


async def test_four_callers_at_once_are_all_answered(http, brief, tmp_path):
    question = spoken("what is seven plus five", tmp_path)

    async def one():
        session_id = (await http.post("/api/v1/sessions", json={"agent": brief})).json()["id"]
        async with calling(http, session_id) as phone:
            await greeted(phone)
            return (await phone.answer_to(question))["text"]

    assert await asyncio.gather(*(one() for _ in range(4))) == ["That is 12."] * 4


@pytest.mark.parametrize("number", [4, pytest.param(10, marks=pytest.mark.soak)])
async def test_so_many_turns_in_a_row(http, session_id, tmp_path, number):
    question = spoken("twelve times nine", tmp_path)
    async with calling(http, session_id) as phone:
        await greeted(phone)
        turns = [await phone.answer_to(question) for _ in range(number)]
    assert [turn["text"] for turn in turns] == ["That is 108."] * number
    assert np.median([turn["latency"]["first_audio_ms"] for turn in turns]) < 1500


@pytest.mark.parametrize("agent", ["concierge"])
async def test_what_the_agent_says_is_intelligible(http, session_id, tmp_path):
    from pocketsphinx import Config, Decoder

    async with calling(http, session_id) as phone:
        await phone.quiet()
        decoder = Decoder(Config(loglevel="FATAL"))
        start = phone.sound_since(0)[0][0] - 0.3
        decoder.start_utt()
        decoder.process_raw(phone.pcm_between(start, time.monotonic()).tobytes(), False, True)
        decoder.end_utt()
        heard = set(decoder.hyp().hypstr.split())
        assert len(heard & {"hello", "this", "is", "orion", "how", "can", "i", "help"}) >= 6, heard
