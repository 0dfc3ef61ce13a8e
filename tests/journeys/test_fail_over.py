"""Engines of a user's own in one order with built-in ones: whoever fails, the call goes on."""

import re

import httpx
import pytest

from tests.journeys.conftest import PASSWORD, start_server
from tests.journeys.phone import calling

FLAKY = '''"""Fails as its own script says."""
from pathlib import Path
from orion.providers import scripted

SCRIPT = Path(__file__).with_name("flaky.yaml")

def stt(settings, agent):
    return scripted.stt(settings.changed(script=SCRIPT), agent)

def llm(settings, agent):
    return scripted.llm(settings.changed(script=SCRIPT), agent)

def tts(settings, agent):
    return scripted.tts(settings.changed(script=SCRIPT), agent)
'''
FLAKY_SCRIPT = """
stt: [{text: lost, fault: server}]
llm: [{text: The answer is short. It is lost., fault: server, after: 6}]
tts: [{secs: 1, fault: stall, after: 0.5}]
"""
SCRIPT = """
stt: [{text: what is the answer}]
llm: [{text: The answer is short. It is seven.}]
tts: {secs: 1}
"""
AGENT = "instructions: Answer.\ngreeting: Good morning to you.\n"


@pytest.fixture(scope="module")
def server(open_dir, tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    files = {
        "orion.toml": "",
        "script.yaml": SCRIPT,
        "agents/guide.yaml": AGENT,
        "providers/flaky.py": FLAKY,
        "providers/flaky.yaml": FLAKY_SCRIPT,
    }
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content)
    orders = {f"ORION_{kind}": "flaky,scripted" for kind in ("STT", "LLM", "TTS")}
    script = {"ORION_SCRIPT": str(root / "script.yaml")}
    running = start_server(open_dir / "fail-over-data", "--project", str(root), **orders, **script)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(server):
    account = {"email": "ada@example.org", "password": PASSWORD}
    response = httpx.post(f"{server.url}/api/v1/auth/register", json=account)
    return response.json()["access_token"]


async def test_a_written_question_is_answered_once_by_who_can(http, session_id):
    reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "what is it"})
    assert reply.json()["text"] == "The answer is short. It is seven."


async def test_a_call_hears_and_speaks_on_and_its_events_and_metrics_tell_of_it(server, http, session_id):
    async with calling(http, session_id) as phone:
        greeting = await phone.event("turn.ended", role="agent")
        assert greeting["body"]["turn"]["text"] == "Good morning to you."
        await phone.quiet()
        reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "what is it"})
        assert reply.json()["text"] == "The answer is short. It is seven."
        errors = [e["body"] for e in phone.events if e["name"] == "error"]
        assert {"tts"} <= {error["part"] for error in errors}
        assert {error["slug"] for error in errors} == {"provider-error"}
        assert {error["taken"] for error in errors} == {"scripted"}
        assert all(error["provider"] == "flaky" for error in errors)
    metrics = (await http.get("/metrics")).text
    counts = dict(
        re.findall(r'orion_provider_switches_total\{kind="(\w+)",provider="flaky"\} (\d+)', metrics)
    )
    assert int(counts["llm"]) >= 1
    assert int(counts["tts"]) >= 1


async def test_the_doctor_and_the_page_tell_who_serves(http):
    items = (await http.get("/api/v1/providers")).json()["items"]
    assert {item["provider"] for item in items} == {"flaky"}
