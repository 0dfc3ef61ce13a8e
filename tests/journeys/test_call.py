"""A voice call from a client that is not ORION's page."""

import asyncio
import time

import httpx
import pytest

from tests.journeys.phone import calling, spoken


async def test_a_caller_is_greeted_asks_and_is_answered_by_a_tool(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        greeting = await phone.event("turn.ended", role="agent")
        assert greeting["body"]["turn"]["text"]
        turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
        assert "12" in turn["text"] or "twelve" in turn["text"].lower()
        assert [c["status"] for c in turn["tool_calls"]] == ["done"]
        assert turn["latency"]["first_audio_ms"] < 2500
        assert phone.sound_since(phone.microphone.said_at)
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    assert [t["role"] for t in turns] == ["agent", "user", "agent"]
