"""From `orion models pull` to a call: a German agent and an English one on pulled models.

The models are a few kilobytes each and count seconds, on the real runtime, in the server's own processes.
"""

from __future__ import annotations

import asyncio

import httpx
import numpy as np
import pytest

from orion.settings import Settings
from tests.journeys.conftest import PASSWORD, start_server
from tests.journeys.phone import calling
from tests.providers.pulled import put
from tests.providers.stage import recording

SAID = np.frombuffer(recording("he_might_even_have_been_made_amiable_himself"), np.int16)
AGENTS = {
    "kellner": "instructions: Hilf.\nlanguage: de\ngreeting: Guten Tag, was darf es sein?\n",
    "waiter": "instructions: Help.\ngreeting: Good evening.\n",
    "polyglot": "instructions: Help.\nlanguage: auto\n",
    "garcon": "instructions: Aide.\nlanguage: fr\nstt: whisper\ntts: piper\n",
}


@pytest.fixture(scope="module")
def server(open_dir):
    folder = open_dir / "pulled"
    folder.mkdir()
    ready = asyncio.run(
        put(Settings(data_dir=folder / "data"), folder, english="moonshine", every="whisper", deutsch="piper")
    )
    assert ready.project is not None
    (ready.project / "agents").mkdir()
    for name, content in AGENTS.items():
        (ready.project / "agents" / f"{name}.yaml").write_text(content)
    running = start_server(
        folder / "data", "--project", str(ready.project), ORION_LLM="scripted", ORION_TTS="auto"
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(server):
    account = {"email": "gast@example.org", "password": PASSWORD}
    return str(httpx.post(f"{server.url}/api/v1/auth/register", json=account).json()["access_token"])


async def session(http, agent: str) -> str:
    response = await http.post("/api/v1/sessions", json={"agent": agent})
    return str(response.json()["id"])


async def heard_by(http, agent: str) -> str:
    """What the agent has heard of a sentence of three seconds, and answered aloud."""
    session_id = await session(http, agent)
    async with calling(http, session_id) as phone:
        if "greeting" in AGENTS[agent]:
            await phone.event("turn.ended", role="agent")
        turn = await phone.answer_to(SAID)
        assert turn["text"]
        assert phone.sound_since(phone.microphone.said_at)
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    return next(str(turn["text"]) for turn in turns if turn["role"] == "user")


async def test_a_german_agent_hears_by_whisper_and_speaks_by_piper(http):
    assert (await heard_by(http, "kellner")).startswith("german one two three")


async def test_an_english_agent_hears_by_moonshine(http):
    assert (await heard_by(http, "waiter")).startswith("one two three")


async def test_an_agent_of_any_language_hears_by_what_detects_it(http):
    assert (await heard_by(http, "polyglot")).startswith("german one two three")


async def test_a_call_in_a_language_that_nothing_speaks_is_refused_with_the_way_out(http):
    session_id = await session(http, "garcon")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        async with calling(http, session_id):
            pass
    problem = refused.value.response.json()
    assert (problem["status"], problem["type"]) == (503, "/problems/unavailable")
    assert "piper: speaks no 'fr' (only de); for 'fr': orion models pull piper-fr-siwis" in problem["detail"]


async def test_they_are_told_as_those_that_serve(http):
    page = (await http.get("/api/v1/providers")).json()
    serving = {item["kind"]: item["provider"] for item in page["items"]}
    assert (serving["stt"], serving["tts"]) == ("moonshine", "piper")
