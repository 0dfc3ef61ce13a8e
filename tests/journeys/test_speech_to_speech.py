"""Whole calls whose engines are one model, with a server that speaks its protocol in the vendor's place."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import numpy as np
import pytest

from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import RATE_HZ, Phone, calling, spoken
from tests.simulators.realtime import KEY, TONE_HZ, Realtime, Says, realtime

ACCOUNT = {"email": "ada@example.org", "password": PASSWORD}
GREETING = "Good evening, this is Orion."
SEVEN_PLUS_FIVE = ("calculator", {"expression": "7 + 5"})
AGENT = {
    "instructions": "You are Orion.",
    "greeting": GREETING,
    "speech": "openai/gpt-realtime",
    "stt": "pocketsphinx",
    "llm": "offline",
    "tts": "flite",
}


class Line:
    """A server with an agent that speaks by itself, and the vendor behind it."""

    def __init__(self, http: httpx.AsyncClient, vendor: Realtime) -> None:
        self.http = http
        self.vendor = vendor

    @asynccontextmanager
    async def call(self, **agent):
        (await self.http.put("/api/v1/agents/talker", json={**AGENT, **agent})).raise_for_status()
        made = (await self.http.post("/api/v1/sessions", json={"agent": "talker"})).json()
        async with calling(self.http, made["id"]) as phone:
            yield phone

    async def turns(self, phone: Phone) -> list[tuple[str, str]]:
        path = f"/api/v1/sessions/{phone.session_id}/turns"
        return [(turn["role"], turn["text"]) for turn in (await self.http.get(path)).json()["items"]]


@pytest.fixture
async def line(open_dir, tmp_path):
    need("flite")
    async with AsyncExitStack() as stack:
        vendor = await stack.enter_async_context(realtime())
        environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": vendor.url}
        server = await asyncio.to_thread(start_server, open_dir / f"speech-{tmp_path.name}", **environ)
        stack.push_async_callback(asyncio.to_thread, server.stop)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=30))
        account = (await http.post("/api/v1/auth/register", json=ACCOUNT)).json()
        http.headers["Authorization"] = f"Bearer {account['access_token']}"
        yield Line(http, vendor)


def pitch_hz(pcm: np.ndarray) -> float:
    """The loudest frequency."""
    spectrum = np.abs(np.fft.rfft(pcm.astype(float) * np.hanning(len(pcm))))
    return float(np.fft.rfftfreq(len(pcm), 1 / RATE_HZ)[spectrum.argmax()])


async def test_the_model_greets_hears_calls_a_tool_and_answers_in_its_own_voice(line, tmp_path):
    line.vendor.answers = [Says(calls=[SEVEN_PLUS_FIVE]), Says("That is 12. Anything else?")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent", text=GREETING)
        turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
        assert turn["text"] == "That is 12. Anything else?"
        assert [(c["tool"], c["status"]) for c in turn["tool_calls"]] == [("calculator", "done")]
        heard = phone.sound_since(phone.microphone.said_at)
        pcm = np.concatenate([block for _, block in heard])
        assert pitch_hz(pcm) == pytest.approx(TONE_HZ, abs=5)
        assert len(pcm) / RATE_HZ == pytest.approx(len("That is 12. Anything else?") / 15, abs=0.3)
        assert 0 < turn["latency"]["first_audio_ms"] < 3000
        assert turn["latency"]["end_of_turn_ms"] < turn["latency"]["first_audio_ms"]
        assert await line.turns(phone) == [
            ("agent", GREETING),
            ("user", "what is seven plus five"),
            ("agent", "That is 12. Anything else?"),
        ]
    (item,) = [event["item"] for event in line.vendor.all("conversation.item.create")]
    assert json.loads(item["output"])["result"] == "12"
    assert any(tool["name"] == "calculator" for tool in line.vendor.sessions[0]["tools"])
