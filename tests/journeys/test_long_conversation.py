"""Conversations that outgrow the model's window: notes stand for what was said, and nobody waits for them."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest
import pytest_asyncio

from orion.domain import window
from tests.journeys.conftest import ADA, need, start_server
from tests.journeys.phone import calling
from tests.simulators.openai import KEY, Told, openai

pytestmark = pytest.mark.asyncio(loop_scope="module")

WINDOW = 3000
SUM = ("calculator", {"expression": "7 + 5"})
CHAT = "and then I went on to tell you about the garden, the weather and the neighbours, number {n}"
ANSWER = "I see, that is good to know, and I would like to hear more about the garden and the neighbours."
NOTES = "Minka is the name of the cat."
SECRET = "The password of the alarm is a flower."
AGENT = {"instructions": "You are Orion.", "tools": ["calculator"], "context_tokens": WINDOW}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(open_dir):
    """A model and a server that asks it."""
    need("flite")
    script = open_dir / "long.yaml"
    script.write_text("tts: {secs: 0.5}\n")
    engines = {"ORION_STT": "scripted", "ORION_TTS": "scripted", "ORION_LLM": "openai"}
    async with openai() as model:
        environ = {"ORION_SCRIPT": str(script), "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url}
        server = await asyncio.to_thread(start_server, open_dir / "long-data", **engines, **environ)
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            token = (await client.post("/api/v1/auth/register", json=ADA)).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            (await client.put("/api/v1/agents/chatty", json=AGENT)).raise_for_status()
            yield model, client
        await asyncio.to_thread(server.stop)


@pytest_asyncio.fixture(loop_scope="module")
async def model(running):
    model, _ = running
    model.answers, model.notes, model.taking = [Told(ANSWER)], [NOTES], asyncio.Event()
    model.asked.clear()
    model.noted.clear()
    yield model
    model.taking.set()


@pytest_asyncio.fixture(loop_scope="module")
async def http(running):
    return running[1]


@pytest_asyncio.fixture(loop_scope="module")
async def session_id(http):
    return str((await http.post("/api/v1/sessions", json={"agent": "chatty"})).json()["id"])


async def say(http, session_id, text):
    """One message; the seconds until its answer."""
    begun = time.monotonic()
    reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    reply.raise_for_status()
    return time.monotonic() - begun


def fits(body):
    tools = window.text_tokens(json.dumps(body.get("tools", [])))
    return window.tokens(body["messages"]) + tools <= WINDOW


def paired(body):
    calls = [call["id"] for m in body["messages"] for call in m.get("tool_calls") or ()]
    return calls == [m["tool_call_id"] for m in body["messages"] if m["role"] == "tool"]


def has_notes(body):
    """Whether the model was given the notes of the conversation: in the user's rank, never the system's."""
    told, first = body["messages"][:2]
    assert NOTES not in told["content"]
    return first["role"] == "user" and first["content"].endswith(window.line("notes", NOTES))


@pytest.mark.parametrize("turns", [100, pytest.param(200, marks=pytest.mark.soak)])
async def test_turns_stay_within_the_window_and_early_facts_are_in_the_notes(http, session_id, model, turns):
    model.taking.set()
    model.answers = [Told("", [SUM]), Told(ANSWER), Told(ANSWER)] * (turns // 2)
    await say(http, session_id, "my cat is called Minka")
    for number in range(turns - 1):
        await say(http, session_id, CHAT.format(n=number))
    assert all(fits(body) and paired(body) for body in model.asked)
    assert "my cat is called Minka" in str(model.noted[0]["messages"])
    assert "tools" not in model.noted[0]
    assert all(NOTES in str(body["messages"]) for body in model.noted[1:]), "notes build on the notes before"
    assert 1 < len(model.noted) < turns * 0.3
    assert has_notes(model.asked[-1])
    kept = (await http.get(f"/api/v1/sessions/{session_id}/memory/type/summary")).json()["items"]
    assert [memory["content"] for memory in kept] == [NOTES]


async def test_no_turn_waits_while_the_notes_do_and_nothing_is_refused(http, session_id, model):
    waits = [await say(http, session_id, CHAT.format(n=number)) for number in range(60)]
    assert len(model.noted) == 1, "one at a time"
    assert max(waits) < 2
    assert all(fits(body) for body in model.asked)
    assert not any(map(has_notes, model.asked))
    model.taking.set()
    async with asyncio.timeout(10):
        while not has_notes(model.asked[-1]):
            await say(http, session_id, "are you there")


async def test_notes_that_the_user_forgets_do_not_come_back_in_the_next(http, session_id, model):
    model.taking.set()
    model.notes = [SECRET, NOTES]
    kept = f"/api/v1/sessions/{session_id}/memory/type/summary"
    async with calling(http, session_id):
        async with asyncio.timeout(20):
            while not (items := (await http.get(kept)).json()["items"]):
                await say(http, session_id, CHAT.format(n=0))
        (await http.delete(f"/api/v1/sessions/{session_id}/memory/{items[0]['id']}")).raise_for_status()
        async with asyncio.timeout(20):
            while len(model.noted) < 2:
                await say(http, session_id, CHAT.format(n=1))
    assert SECRET not in str(model.noted[1]["messages"])


async def test_a_call_whose_answers_are_cut_off_takes_its_notes_over_at_once(http, session_id, model):
    async with calling(http, session_id):
        for number in range(30):
            await say(http, session_id, CHAT.format(n=number))
        before = len(model.asked[-1]["messages"])
        model.taking.set()
        async with asyncio.timeout(10):
            while len(model.asked[-1]["messages"]) >= before or not has_notes(model.asked[-1]):
                await say(http, session_id, "go on")
        assert all(fits(body) and paired(body) for body in model.asked)
