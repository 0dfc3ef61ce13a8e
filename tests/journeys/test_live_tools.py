"""A tool that an admin makes while a call is live, and what the caller hears of it."""

import time
from contextlib import suppress

import httpx
import psutil
import pytest

from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import calling, spoken
from tests.net.origin import answers, serving


@pytest.fixture
async def service():
    async with serving(answers({"sky": "sunny and warm"})) as origin:
        yield origin


@pytest.fixture
def server(open_dir, service):
    need("flite")
    running = start_server(open_dir / f"tools-{service.port}", ORION_TOOL_ALLOWED_HOSTS=service.host)
    yield running
    running.stop()
    # The database ends after its server; its folder must be quiet before it goes.
    for file in running.data_dir.rglob("postmaster.pid"):
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            psutil.Process(int(file.read_text().split()[0])).wait(20)


@pytest.fixture
def token(server):
    account = {"email": "ada@example.org", "password": PASSWORD}
    return httpx.post(f"{server.url}/api/v1/auth/register", json=account).json()["access_token"]


async def test_a_tool_made_during_a_call_is_used_in_its_next_turn_typed_and_spoken(
    http, session_id, server, service, tmp_path
):
    tool = {
        "name": "weather",
        "description": "Tells the weather.",
        "examples": ["what is the weather like", "how is the weather"],
        "kind": "http",
        "config": {"method": "GET", "url": f"{service.url}/weather"},
        "say": "It is {sky}.",
    }
    question = {"text": "what is the weather like"}
    messages = f"/api/v1/sessions/{session_id}/messages"
    async with calling(http, session_id) as phone:
        await phone.event("turn.ended", role="agent")
        assert "sunny" not in (await http.post(messages, json=question)).json()["text"]
        await http.post(messages, json={"text": "no"})
        made = await http.post("/api/v1/tools", json=tool)
        assert made.status_code == 201, made.text
        before = time.monotonic()
        reply = (await http.post(messages, json=question)).json()
        assert reply["text"] == "It is sunny and warm."
        assert reply["tool_calls"][0]["result"] == {"sky": "sunny and warm"}
        assert phone.sound_since(before)
        await phone.quiet()
        turn = await phone.answer_to(spoken("what is the weather like", tmp_path))
        assert turn["text"] == "It is sunny and warm."
        assert turn["tool_calls"][0]["tool"] == "weather"
        url = f"/api/v1/tools/{made.json()['id']}"
        assert (await http.patch(url, json={"enabled": False})).status_code == 200
        assert "sunny" not in (await http.post(messages, json=question)).json()["text"]
        await http.patch(url, json={"enabled": True, "examples": ["when is high tide"]})
    async with calling(http, session_id) as phone:  # the next call's recogniser expects the new phrase
        await http.post(messages, json={"text": "twelve times nine"})
        await phone.quiet()
        turn = await phone.answer_to(spoken("when is high tide", tmp_path, "heart"))
        assert turn["text"] == "It is sunny and warm."
    assert len(service.asked) == 3
