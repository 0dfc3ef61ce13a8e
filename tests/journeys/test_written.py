"""A message without a call, whose session changes before the slow agent has answered."""

import asyncio

import httpx
import pytest

from tests.journeys.conftest import PASSWORD, start_server
from tests.journeys.test_rest import problem

ENGINES = {"ORION_STT": "scripted", "ORION_LLM": "scripted", "ORION_TTS": "scripted"}


@pytest.fixture(scope="module")
def slow_server(open_dir):
    script = open_dir / "slow.yaml"
    script.write_text("llm: [{text: At last., delay_ms: 20000}]\n")
    running = start_server(open_dir / "slow", ORION_SCRIPT=str(script), **ENGINES)
    yield running
    running.stop()


@pytest.fixture
async def slow(slow_server):
    async with httpx.AsyncClient(base_url=slow_server.url, timeout=30) as http:
        account = {"email": "ada@example.org", "password": PASSWORD}
        response = await http.post("/api/v1/auth/register", json=account)
        if response.status_code == 409:
            response = await http.post("/api/v1/auth/login", json=account)
        http.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
        yield http


@pytest.mark.parametrize(
    ("method", "path", "body", "slug"),
    [
        ("PATCH", "/status", {"status": "paused"}, "conflict"),
        ("PATCH", "/status", {"status": "ended"}, "session-ended"),
        ("DELETE", "", None, "session-ended"),
    ],
)
async def test_the_message_is_told_at_once_what_became_of_its_session(slow, method, path, body, slug):
    session_id = (await slow.post("/api/v1/sessions", json={})).json()["id"]
    base = f"/api/v1/sessions/{session_id}"
    waiting = asyncio.get_running_loop().create_task(slow.post(f"{base}/messages", json={"text": "hello"}))
    async with asyncio.timeout(10):
        while not (await slow.get(f"{base}/turns")).json()["items"]:
            await asyncio.sleep(0.05)
    changed = await slow.request(method, f"{base}{path}", json=body)
    assert changed.status_code in {200, 204}
    async with asyncio.timeout(10):
        problem(await waiting, 409, slug)
