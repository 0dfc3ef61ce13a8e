"""Whole calls through the vendors' engines, with servers that speak their protocols in the vendors' place."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from orion.providers.scripted.voice import voice_like
from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import calling, spoken
from tests.simulators.anthropic import KEY as ANTHROPIC_KEY
from tests.simulators.anthropic import Told as Said
from tests.simulators.anthropic import anthropic
from tests.simulators.deepgram import KEY as DEEPGRAM_KEY
from tests.simulators.deepgram import deepgram
from tests.simulators.elevenlabs import KEY as ELEVENLABS_KEY
from tests.simulators.elevenlabs import elevenlabs
from tests.simulators.openai import KEY as OPENAI_KEY
from tests.simulators.openai import Told, openai

ACCOUNT = {"email": "ada@example.org", "password": PASSWORD}
SEVEN_PLUS_FIVE = ("calculator", {"expression": "7 + 5"})


@pytest.fixture
async def serving(tmp_path, open_dir):
    """Runs a server with settings of its own, and gives a client that is signed in."""
    need("flite")
    async with AsyncExitStack() as stack:

        async def serve(**environ: str) -> httpx.AsyncClient:
            data_dir = open_dir / f"vendors-{len(environ)}-{tmp_path.name}"
            server = await asyncio.to_thread(start_server, data_dir, **environ)
            stack.push_async_callback(asyncio.to_thread, server.stop)
            http = httpx.AsyncClient(base_url=server.url, timeout=30)
            await stack.enter_async_context(http)
            account = (await http.post("/api/v1/auth/register", json=ACCOUNT)).json()
            http.headers["Authorization"] = f"Bearer {account['access_token']}"
            return http

        yield serve


async def session(http: httpx.AsyncClient) -> str:
    return str((await http.post("/api/v1/sessions", json={})).json()["id"])


async def test_openai_hears_thinks_calls_a_tool_and_speaks(serving, tmp_path):
    async with openai() as vendor:
        vendor.key, vendor.sound = OPENAI_KEY, voice_like(1.2)
        vendor.answers = [Told("", [SEVEN_PLUS_FIVE]), Told("That is 12. Anything else?")]
        engines = {f"ORION_{kind}": "openai" for kind in ("STT", "LLM", "TTS")}
        http = await serving(OPENAI_API_KEY=OPENAI_KEY, OPENAI_BASE_URL=vendor.url, **engines)
        async with calling(http, await session(http)) as phone:
            await phone.event("turn.ended", role="agent")
            turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
            assert turn["text"] == "That is 12. Anything else?"
            assert [(c["tool"], c["status"]) for c in turn["tool_calls"]] == [("calculator", "done")]
            assert phone.sound_since(phone.microphone.said_at)
        assert vendor.asked[1]["messages"][-1]["role"] == "tool"
        assert "12" in vendor.asked[1]["messages"][-1]["content"]


async def test_deepgram_anthropic_and_elevenlabs_carry_a_call_and_a_barge_in(serving, tmp_path):
    async with deepgram() as ears, anthropic() as mind, elevenlabs() as voice:
        ears.heard = ["what is seven plus five", "stop please", "thank you"]
        long = " ".join(["and so on"] * 40)
        mind.answers = [Said("", [SEVEN_PLUS_FIVE]), Said(f"That is 12, {long}."), Said("Stopped.")]
        http = await serving(
            DEEPGRAM_API_KEY=DEEPGRAM_KEY,
            DEEPGRAM_BASE_URL=ears.url,
            ANTHROPIC_API_KEY=ANTHROPIC_KEY,
            ANTHROPIC_BASE_URL=mind.url,
            ELEVENLABS_API_KEY=ELEVENLABS_KEY,
            ELEVENLABS_BASE_URL=voice.url,
        )
        chosen = (await http.get("/api/v1/providers")).json()["items"]
        assert [item["provider"] for item in chosen] == ["deepgram", "anthropic", "elevenlabs"]
        async with calling(http, await session(http)) as phone:
            await phone.event("turn.ended", role="agent")
            since = await phone.say(spoken("what is seven plus five", tmp_path))
            await phone.event("session.state", since, state="speaking")
            turn = await phone.answer_to(spoken("stop please", tmp_path))
            assert turn["interrupted"]
            assert turn["text"].startswith("That is 12,")
            assert not turn["text"].endswith("on."), "the end was never played"
            event = await phone.event("turn.ended", len(phone.events) - 1, role="agent", text="Stopped.")
            assert not event["body"]["turn"]["interrupted"]


async def test_flux_tells_when_it_is_the_agents_turn_and_eager_agents_begin_before(serving, tmp_path):
    async with deepgram() as ears, openai() as mind:
        ears.heard = ["what is seven plus five"]
        mind.answers = [Told("That is 12.")]
        http = await serving(
            DEEPGRAM_API_KEY=DEEPGRAM_KEY,
            DEEPGRAM_BASE_URL=ears.url,
            ORION_LLM_BASE_URL=mind.url,
            ORION_LLM="openai",
            ORION_STT="deepgram/flux-general-en",
        )
        for eager in (0, 1):
            ears.asked.clear()
            mind.asked.clear()
            body = {"instructions": "You are Orion.", "greeting": "Hello.", "turn_taking": {"eager": eager}}
            (await http.put("/api/v1/agents/fluent", json=body)).raise_for_status()
            made = (await http.post("/api/v1/sessions", json={"agent": "fluent"})).json()
            async with calling(http, made["id"]) as phone:
                await phone.event("turn.ended", role="agent")
                turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
                assert turn["text"] == "That is 12."
            turns = (await http.get(f"/api/v1/sessions/{made['id']}/turns")).json()["items"]
            said = [(turn["role"], turn["text"]) for turn in turns[1:]]
            assert said == [("user", "what is seven plus five"), ("agent", "That is 12.")]
            assert ("eager_eot_threshold" in ears.asked[0]) is bool(eager)
            assert len(mind.asked) == 1, "an answer that was begun early is the answer"
