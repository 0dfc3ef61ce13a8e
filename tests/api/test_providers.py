"""Keys of providers that an admin enters: who may, what is kept and shown, and what they change."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from orion.store.backup import backup
from orion.store.tables import SCHEMA
from tests.simulators.openai import MODEL, openai

LONG = "sk-proj-8Wk1rT5v0yXgq3cJmZpLd7NfBhUeAiRs"


@pytest.fixture
async def vendor():
    """A server that speaks OpenAI's protocol, on loopback, and takes one key."""
    async with openai() as simulator:
        simulator.key = LONG
        yield simulator


@pytest.fixture
def app_settings(app_settings, vendor):
    """The server may reach the vendor's host and port; no key comes from the environment."""
    host = vendor.url.removeprefix("http://").removesuffix("/v1")
    return app_settings.changed(tool_allowed_hosts=(host,), llm=("auto",))


async def shown(client, name="openai"):
    page = (await client.get("/providers")).json()
    return next(one for one in page["providers"] if one["name"] == name)


async def chosen(client):
    items = (await client.get("/providers")).json()["items"]
    return {item["kind"]: item["provider"] for item in items}


async def enter(client, vendor, key=LONG):
    response = await client.put("/providers/openai", json={"key": key, "base_url": vendor.url})
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_key_that_works_is_entered_and_the_workspaces_engines_are_its(admin, member, vendor):
    assert await chosen(admin) == {"stt": "scripted", "llm": "offline", "tts": "scripted"}
    assert (await shown(admin))["configured"] is None
    assert (await enter(admin, vendor))["problem"] is None
    assert (await chosen(member))["llm"] == "openai"
    engines = (await admin.get("/providers")).json()["engines"]
    asked = {(engine["kind"], engine["provider"]): engine for engine in engines}
    assert asked["llm", "openai"]["models"] == [MODEL]
    assert (await admin.delete("/providers/openai")).status_code == 204
    assert (await chosen(admin))["llm"] == "offline"
    assert (await admin.delete("/providers/openai")).status_code == 404


async def test_admins_see_where_a_key_ends_and_members_that_there_is_one(admin, member, vendor):
    await enter(admin, vendor)
    seen = await shown(admin)
    assert (seen["configured"], seen["key_ends"], seen["base_url"]) == ("workspace", "AiRs", vendor.url)
    assert seen["updated_at"]
    seen = await shown(member)
    assert (seen["configured"], seen["key_ends"], seen["base_url"]) == ("workspace", None, None)


async def test_of_a_short_key_nothing_is_shown(admin, vendor):
    vendor.key = "short-key"
    assert (await enter(admin, vendor, "short-key"))["key_ends"] is None


async def test_a_key_that_the_vendor_refuses_is_kept_and_the_problem_is_told(admin, vendor):
    problem = (await enter(admin, vendor, "sk-wrong-0123456789"))["problem"]
    assert problem.startswith("openai: authentication (HTTP 401); it does not take the key: make another")
    assert "sk-wrong" not in problem
    assert (await shown(admin))["configured"] == "workspace"
    assert (await enter(admin, vendor))["problem"] is None


async def test_what_is_entered_replaces_all_that_was_there(admin, vendor):
    await enter(admin, vendor)
    changed = (await admin.put("/providers/openai", json={"base_url": vendor.url})).json()
    assert changed["key_ends"] is None, "a key does not follow to another address"
    assert changed["problem"].startswith("openai: authentication")


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("openai", {}, ""),
        ("openai", {"key": None}, ""),
        ("openai", {"key": ""}, "/key"),
        ("openai", {"key": "two words"}, "/key"),
        ("openai", {"key": "line\r\nbreak"}, "/key"),
        ("openai", {"key": "k" * 501}, "/key"),
        ("openai", {"key": "k", "surprise": 1}, "/surprise"),
        ("deepgram", {"key": "k", "base_url": "https://example.org"}, "/base_url"),
        *[
            ("openai", {"key": LONG, "base_url": url}, "/base_url")
            for url in (
                "http://127.0.0.1:9/v1",
                "https://169.254.169.254/latest",
                "https://[::ffff:10.0.0.1]/v1",
                "https://example.org:22/v1",
                "http://example.org/v1",
                "https://user:secret@example.org/v1",
                "https://example.org/v1?x=1",
                "ftp://example.org/v1",
                "nonsense",
            )
        ],
    ],
)
async def test_what_cannot_be_a_key_or_an_address_is_refused_and_not_quoted(admin, name, body, pointer):
    response = await admin.put(f"/providers/{name}", json=body)
    assert response.status_code == 422
    assert pointer in {error["pointer"] for error in response.json()["errors"]}
    assert LONG not in response.text
    assert (await shown(admin, name))["configured"] is None


@pytest.mark.parametrize("name", ["offline", "espeak", "nobody", "ollama", "_vendor"])
async def test_what_takes_no_key_does_not_exist_there(admin, name):
    response = await admin.put(f"/providers/{name}", json={"key": "k"})
    assert response.status_code in {404, 422}


async def test_an_address_whose_name_leads_to_a_private_one_is_not_reached(admin):
    body = {"key": LONG, "base_url": "https://localhost/v1"}
    entered = (await admin.put("/providers/openai", json=body)).json()
    assert entered["problem"] == "openai: its address may not be reached from here"


async def test_nobody_but_an_admin_enters_or_deletes_one(admin, member, vendor):
    await enter(admin, vendor)
    for response in (
        await member.put("/providers/openai", json={"key": "mine"}),
        await member.delete("/providers/openai"),
    ):
        assert response.status_code == 403
    assert (await shown(admin))["key_ends"] == "AiRs"


async def test_the_key_is_nowhere_in_plain_text(admin, app, vendor, tmp_path, logs):
    answers = [json.dumps(await enter(admin, vendor)), (await admin.get("/providers")).text]
    me = (await admin.get("/auth/profile")).json()
    exported = await admin.post(f"/users/{me['id']}/export")
    assert exported.status_code == 200
    engine = create_async_engine(app.state.parts.settings.database_url)
    async with engine.connect() as connection:
        row = (await connection.execute(text(f"select * from {SCHEMA}.provider_keys"))).one()
    await engine.dispose()
    assert row.key.startswith("v1."), "there is something to find"
    await backup(app.state.parts.database, tmp_path / "orion.tar")
    session = (await admin.post("/sessions", json={})).json()["id"]
    answer = await admin.post(f"/sessions/{session}/messages", json={"text": "hello"})
    assert answer.json()["text"] == "Hello there.", "the key is in use"
    found = [*answers, str(row), answer.text, *logs]
    assert not [one for one in found if LONG in one]
    assert LONG.encode() not in (tmp_path / "orion.tar").read_bytes()
    assert LONG.encode() not in exported.content
