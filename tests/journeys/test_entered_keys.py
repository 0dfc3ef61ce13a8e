"""A server without keys, whose admin enters one while it runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from orion.domain.identity import Principal
from orion.domain.provider_key import ProviderKey
from orion.providers.scripted.voice import voice_like
from tests.api.running import running
from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import calling, spoken
from tests.simulators.faults import Fault
from tests.simulators.openai import KEY, Told, openai

ACME = '''"""A project's own engine, which takes a key."""
from pathlib import Path
from orion.providers import scripted

RANK = 99
ENTERED = ("key",)


def available(settings, kind):
    return None if settings.provider("acme").key else "set ACME_API_KEY"


async def start(settings):
    with open(Path(__file__).with_name("started"), "a") as told:
        told.write("x")


async def stop():
    """Nothing to stop."""


def llm(settings, agent):
    return scripted.llm(settings, agent)
'''
ACCOUNT = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
async def vendor():
    async with openai() as simulator:
        simulator.key = KEY
        simulator.answers = [Told("The key of the workspace speaks.")]
        yield simulator


def host(vendor) -> str:
    return str(vendor.url.removeprefix("http://").removesuffix("/v1"))


async def say(http, session_id, text="tell me a story"):
    answer = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()["text"]


async def begin(http):
    return str((await http.post("/api/v1/sessions", json={})).json()["id"])


async def test_the_next_message_is_answered_by_it_without_a_restart_and_offline_once_it_is_gone(
    open_dir, vendor
):
    server = await asyncio.to_thread(
        start_server, open_dir / "entered", ORION_TOOL_ALLOWED_HOSTS=host(vendor), ORION_STT="scripted"
    )
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
            account = (await http.post("/api/v1/auth/register", json=ACCOUNT)).json()
            http.headers["Authorization"] = f"Bearer {account['access_token']}"
            session_id = await begin(http)
            assert await say(http, session_id) != "The key of the workspace speaks."
            entered = await http.put("/api/v1/providers/openai", json={"key": KEY, "base_url": vendor.url})
            assert entered.json()["problem"] is None
            assert await say(http, session_id) == "The key of the workspace speaks."
            assert (await http.delete("/api/v1/providers/openai")).status_code == 204
            assert await say(http, session_id) != "The key of the workspace speaks."
    finally:
        await asyncio.to_thread(server.stop)


async def test_it_counts_for_the_other_processes_of_the_database(database_url, tmp_path, vendor):
    chosen = {"llm": ("auto",), "tool_allowed_hosts": (host(vendor),)}
    async with (
        running(database_url, tmp_path / "one", **chosen) as one,
        running(database_url, tmp_path / "other", **chosen) as other,
    ):
        token = (await one.register("ada"))["access_token"]
        async with one.client(token) as here, other.client(token) as there:
            there_before = await begin(there)
            assert await say(there, there_before) != "The key of the workspace speaks."
            body = {"key": KEY, "base_url": vendor.url}
            assert (await here.put("/api/v1/providers/openai", json=body)).status_code == 200
            assert await say(there, there_before) == "The key of the workspace speaks."


async def test_a_key_that_is_refused_leaves_the_offline_agent_and_the_breakers_of_others(
    database_url, tmp_path, vendor
):
    chosen = {"llm": ("auto",), "tool_allowed_hosts": (host(vendor),)}
    async with running(database_url, tmp_path, **chosen) as server:
        token = (await server.register("ada"))["access_token"]
        async with server.client(token) as http:
            session_id = await begin(http)
            await http.put("/api/v1/providers/openai", json={"key": "wrong", "base_url": vendor.url})
            assert await say(http, session_id) != "The key of the workspace speaks."
            shared = server.parts.calls.shared.catalogue.files.breakers
            assert not shared.of("llm", "openai", "gpt-4.1").open
            await http.put("/api/v1/providers/openai", json={"key": KEY, "base_url": vendor.url})
            assert await say(http, session_id) == "The key of the workspace speaks.", "and is tried anew"
            vendor.faults.always = Fault("status", status=503)
            assert await say(http, session_id) != "The key of the workspace speaks."


async def test_a_call_hears_thinks_and_speaks_by_the_key_of_its_workspace(database_url, tmp_path, vendor):
    need("flite")
    vendor.heard, vendor.sound = ["what is the weather"], voice_like(1.2)
    engines = dict.fromkeys(("stt", "llm", "tts"), ("openai", "scripted"))
    async with running(database_url, tmp_path, tool_allowed_hosts=(host(vendor),), **engines) as server:
        token = (await server.register("ada"))["access_token"]
        async with server.client(token) as http:
            await http.put("/api/v1/providers/openai", json={"key": KEY, "base_url": vendor.url})
            async with calling(http, await begin(http)) as phone:
                await phone.event("turn.ended", role="agent")
                turn = await phone.answer_to(spoken("what is the weather", tmp_path))
                assert turn["text"] == "The key of the workspace speaks."
    assert {"/v1/audio/transcriptions", "/v1/chat/completions", "/v1/audio/speech"} <= set(vendor.paths)
    assert {h["authorization"] for h in vendor.headers} == {f"Bearer {KEY}"}


async def test_a_projects_own_engine_takes_one_too_and_is_started_where_a_call_first_needs_it(
    database_url, tmp_path
):
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "acme.py").write_text(ACME)
    (tmp_path / "script.yaml").write_text("llm: [{text: Acme speaks.}]\n")
    started = tmp_path / "providers" / "started"
    chosen = {"llm": ("auto",), "project": tmp_path, "script": tmp_path / "script.yaml"}
    async with running(database_url, tmp_path / "data", **chosen) as server:
        account = await server.register("ada")
        async with server.client(account["access_token"]) as http:
            session_id = await begin(http)
            assert await say(http, session_id) != "Acme speaks."
            assert not started.exists()
            await entered_elsewhere(server, account["user"]["id"])
            for _ in range(2):
                assert await say(http, session_id) == "Acme speaks."
    assert started.read_text() == "x"


async def entered_elsewhere(server, user_id):
    """Keep a key as another process of the same database does."""
    keys = server.parts.calls.shared.catalogue.outside.keys
    async with server.parts.database.transaction(Principal.system("log-in")) as store:
        admin = Principal.of(await store.users.get(UUID(user_id)))
    assert admin.workspace_id
    key = ProviderKey(admin.workspace_id, "acme", None, None, datetime.now(UTC))
    async with server.parts.database.transaction(admin) as store:
        await store.provider_keys.put(replace(key, sealed_key=keys.seal("acme-key", key.place)))
