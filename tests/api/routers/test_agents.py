from typing import Any

import pytest

from orion.api.idempotency import _in_one_transaction
from orion.api.routers import agents
from tests.journeys.test_rest import problem

KEEPER = {
    "instructions": "Keep a lighthouse.",
    "greeting": "Ahoy!",
    "title": "the keeper",
    "tools": ["current_time"],
}
BAD: list[tuple[str, dict[str, Any]]] = [
    ("/instructions", {"instructions": ""}),
    ("/tools/1", {"tools": ["timer", "nothing"]}),
    ("/hand_offs/0", {"hand_offs": ["nobody"]}),
    ("/stt", {"stt": "espeak"}),
    ("/llm", {"llm": "none"}),
    ("/tts", {"tts": "../../etc"}),
    ("/pronunciations", {"pronunciations": {"Bob": "/b★b/"}}),
    ("/pronunciations", {"pronunciations": {"...": "dots"}}),
    ("/speech", {"speech": "anthropic"}),
    ("/speech", {"speech": "auto"}),
    ("/speech", {"speech": "openai, anthropic"}),
    ("/max_call_secs", {"max_call_secs": 0}),
    ("/more", {"more": 1}),
]


async def text_of(client, path, text):
    return (await client.post(path, json={"text": text})).json()["text"]


async def test_an_agent_is_made_read_changed_and_deleted(admin, member):
    made = (await admin.put("/agents/keeper", json={**KEEPER, "hand_offs": ["concierge", "keeper"]})).json()
    assert (made["source"], made["version"], made["tools"]) == ("row", 1, ["current_time"])
    assert made["hand_offs"] == ["concierge", "keeper"]
    assert made["speech"] is None
    assert (await member.get("/agents/keeper")).json() == made
    speaks = {"instructions": "Sleep.", "speech": "openai/gpt-realtime"}
    changed = (await admin.put("/agents/keeper", json=speaks)).json()
    assert changed["speech"] == "openai/gpt-realtime"
    assert (changed["version"], changed["greeting"], changed["all_tools"]) == (2, "", True)
    assert "calculator" in changed["tools"]
    assert (await admin.delete("/agents/keeper")).status_code == 204
    problem(await member.get("/agents/keeper"), 404, "not-found")
    problem(await admin.delete("/agents/keeper"), 404, "not-found")


async def test_a_row_covers_the_file_of_its_name_until_it_is_deleted(admin, member):
    before = (await member.get("/agents/concierge")).json()
    assert (before["source"], before["default"], before["version"]) == ("file", True, None)
    problem(await admin.delete("/agents/concierge"), 409, "conflict")
    await admin.put("/agents/concierge", json=KEEPER)
    listed = (await member.get("/agents")).json()["items"]
    assert [agent["name"] for agent in listed] == ["concierge", "researcher", "scheduler"]
    assert (listed[0]["title"], listed[0]["source"]) == ("the keeper", "row")
    assert (await admin.delete("/agents/concierge")).status_code == 204
    assert (await member.get("/agents/concierge")).json() == before


async def test_bad_agents_are_told_where_they_are_bad(admin):
    for pointer, changes in BAD:
        body = problem(await admin.put("/agents/keeper", json={**KEEPER, **changes}), 422, "invalid")
        assert pointer in {error["pointer"] for error in body["errors"]}, changes
    problem(await admin.put("/agents/Keeper", json=KEEPER), 422, "invalid")
    problem(await admin.get("/agents/keeper"), 404, "not-found")


async def test_admins_alone_write_agents(admin, member):
    problem(await member.put("/agents/keeper", json=KEEPER), 403, "refused")
    problem(await member.delete("/agents/concierge"), 403, "refused")


async def test_an_agent_counts_from_the_next_call_on_with_the_tools_that_it_names(admin, member):
    problem(await member.post("/sessions", json={"agent": "keeper"}), 422, "invalid")
    await admin.put("/agents/keeper", json=KEEPER)
    session = (await member.post("/sessions", json={"agent": "keeper"})).json()
    messages = f"/sessions/{session['id']}/messages"
    assert "the keeper" in await text_of(member, messages, "who are you")
    assert "108" not in await text_of(member, messages, "twelve times nine")
    await admin.put("/agents/keeper", json={**KEEPER, "title": "the guard", "tools": ["calculator"]})
    assert "the guard" in await text_of(member, messages, "who are you")
    assert await text_of(member, messages, "twelve times nine") == "That is 108."
    await admin.delete("/agents/keeper")
    problem(await member.post(messages, json={"text": "who are you"}), 409, "conflict")


async def test_a_hand_over_reaches_an_agent_of_a_row(admin, member):
    await admin.put("/agents/keeper", json=KEEPER)
    await admin.put("/agents/clerk", json={"instructions": "Help.", "hand_offs": ["keeper"]})
    session = (await member.post("/sessions", json={"agent": "clerk"})).json()
    messages = f"/sessions/{session['id']}/messages"
    assert "keeper" in await text_of(member, messages, "let me talk to the keeper")
    assert "the keeper" in await text_of(member, messages, "who are you")


async def test_an_agent_with_all_tools_has_those_of_the_workspace_too(admin, member, origin):
    tool = {"name": "tide", "description": "Tells.", "kind": "http", "config": {"url": origin.url}}
    assert (await admin.post("/tools", json=tool)).status_code == 201
    assert "tide" in (await member.get("/agents/concierge")).json()["tools"]
    named = await admin.put("/agents/keeper", json={**KEEPER, "tools": ["tide"]})
    assert named.json()["tools"] == ["tide"]


async def test_an_engine_that_is_not_there_at_all_is_refused_and_one_that_lacks_a_key_is_warned_of(admin):
    for field, engine in (("llm", "nobody/gpt-99"), ("voice", "nobody/anna"), ("tts", "nobody")):
        refused = problem(await admin.put("/agents/host", json={**KEEPER, field: engine}), 422, "invalid")
        assert [error["pointer"] for error in refused["errors"]] == [f"/{field}"]
    kept = (await admin.put("/agents/host", json={**KEEPER, "llm": "openai/gpt-99"})).json()
    assert {warning["pointer"] for warning in kept["warnings"]} == {"/llm"}
    assert "OPENAI_API_KEY" in kept["warnings"][0]["detail"]
    assert (await admin.get("/agents/host")).json() == kept
    voiced = (await admin.put("/agents/host", json={**KEEPER, "voice": "scripted/nobody"})).json()
    assert voiced["warnings"] == []
    behind = (await admin.put("/agents/host", json={**KEEPER, "llm": "openai, offline"})).json()
    assert len(behind["warnings"]) == 1


async def test_a_message_to_an_agent_without_a_language_model_says_so(admin):
    await admin.put("/agents/host", json={**KEEPER, "llm": "openai/gpt-99"})
    session = (await admin.post("/sessions", json={"agent": "host"})).json()
    for path, body in (
        (f"/sessions/{session['id']}/messages", {"text": "hello"}),
        (f"/agent/sessions/{session['id']}/plan", {"goal": "twelve times nine"}),
    ):
        told = problem(await admin.post(path, json=body), 503, "unavailable")
        assert told["detail"].startswith("agent 'host' has no language model: ")
        assert "OPENAI_API_KEY" in told["detail"]


@pytest.mark.parametrize("route", [agents.get_agent, agents.put_agent])
def test_whoever_waits_for_a_vendors_voices_holds_no_transaction(route):
    assert not _in_one_transaction("/agents/{name}", route)
