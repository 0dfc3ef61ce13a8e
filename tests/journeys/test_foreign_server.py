"""A model behind LiteLLM's proxy: conversations with tool calls, and what its failures lead to."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import pytest_asyncio

from orion.processors.llm_question import NOTICE
from tests.journeys.conftest import ADA, need, start_server
from tests.journeys.foreign_server import KEY, MODEL, litellm
from tests.journeys.phone import calling, spoken
from tests.simulators.faults import Fault
from tests.simulators.openai import Told, openai

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPT = """
stt: [{text: what is seven plus five}, {text: and twice that}]
tts: {secs: 1}
"""
SUM = ("calculator", {"expression": "7 + 5"})
DOUBLE = ("calculator", {"expression": "12 * 2"})
ANSWERS = [Told("", [SUM]), Told("That is 12."), Told("Let me see.", [DOUBLE]), Told("It is **24**. 🎉")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model():
    """What answers in the end: a simulator, two servers away."""
    async with openai() as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(model, open_dir, tmp_path_factory):
    need("flite")
    script = open_dir / "foreign.yaml"
    script.write_text(SCRIPT)
    async with litellm(model.url, tmp_path_factory.mktemp("litellm")) as url:
        engines = {
            "ORION_STT": "scripted",
            "ORION_TTS": "scripted",
            "ORION_LLM": "openai,offline",
            "ORION_SCRIPT": str(script),
            "ORION_LLM_BASE_URL": url,
            "ORION_LLM_API_KEY": KEY,
            "ORION_LLM_MODEL": MODEL,
        }
        server = await asyncio.to_thread(start_server, open_dir / "foreign-data", **engines)
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            token = (await client.post("/api/v1/auth/register", json=ADA)).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield client
        await asyncio.to_thread(server.stop)


@pytest_asyncio.fixture(loop_scope="module")
async def session_id(http, model):
    model.answers = list(ANSWERS)
    model.asked.clear()
    return str((await http.post("/api/v1/sessions", json={})).json()["id"])


async def said(http, session_id, text):
    response = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    response.raise_for_status()
    return response.json()


def roles(body):
    return [message["role"] for message in body["messages"]]


async def test_written_turns_call_tools_and_refer_to_what_was_said(http, session_id, model):
    first = await said(http, session_id, "what is seven plus five")
    assert first["text"] == "That is 12."
    assert [call["result"]["result"] for call in first["tool_calls"]] == ["12"]
    second = await said(http, session_id, "and twice that")
    assert (second["text"], len(second["tool_calls"])) == ("Let me see. It is **24**. 🎉", 1)
    result, again, last = model.asked[1:]
    assert roles(result) == ["system", "user", "assistant", "tool"]
    assert "12" in result["messages"][-1]["content"]
    assert roles(again) == ["system", "user", "assistant", "tool", "assistant", "user"]
    assert "is read on a screen, in English." in last["messages"][0]["content"]
    results = [m["content"] for m in last["messages"] if m["role"] == "tool"]
    assert ['"12"' in results[0], '"24"' in results[1]] == [True, True], "the simulator repeats its ids"
    assert all(body["model"] == "gpt-4.1" and body["stream"] for body in model.asked)


async def test_a_call_is_carried_just_so(http, session_id, model, tmp_path):
    speech = spoken("what is seven plus five", tmp_path)
    async with calling(http, session_id) as phone:
        await phone.event("turn.ended", role="agent")
        await phone.quiet()
        first = await phone.answer_to(speech)
        assert (first["text"], first["tool_calls"][0]["status"]) == ("That is 12.", "done")
        await phone.quiet()
        assert (await phone.answer_to(speech))["text"] == "Let me see. It is 24."
        await phone.event("session.prompts", prompts={"spoken": "v1"})
    assert roles(model.asked[-1])[-2:] == ["assistant", "tool"]
    assert "is spoken aloud in English" in model.asked[-1]["messages"][0]["content"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=429, retry_after_secs=20, code="rate_limit_exceeded"),
        Fault("status", status=500),
        Fault("drop", after=3),
    ],
    ids=["429", "500", "half an answer"],
)
async def test_what_fails_behind_the_proxy_is_answered_by_the_offline_agent(http, session_id, model, fault):
    model.faults.add(fault)
    answer = await said(http, session_id, "what is seven plus five")
    assert answer["text"] == f"{NOTICE}That is 12."
    assert not model.faults.coming, "the model was asked, and failed"
    model.answers = [Told("I am back.")]
    assert (await said(http, session_id, "are you there"))["text"] == "I am back."
