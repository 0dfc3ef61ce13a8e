import asyncio

import pytest

from tests.api.running import running

GOAL = "set a timer for one minute, then tell me the time in Tokyo, and remember that my car is blue"


@pytest.fixture
async def http(database_url, tmp_path):
    async with running(database_url, tmp_path, llm=("offline",)) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as client:
            client.base_url = f"{server.url}/api/v1"
            yield client


async def test_a_goal_becomes_a_plan_that_runs_when_it_is_told_to(http):
    session_id = (await http.post("/sessions", json={})).json()["id"]
    base = f"/agent/sessions/{session_id}"
    made = await http.post(f"{base}/plan", json={"goal": GOAL})
    assert made.status_code == 201, made.text
    plan = made.json()
    assert [(step["tool"], step["after"]) for step in plan["steps"]] == [
        ("timer", []),
        ("current_time", [0]),
        ("remember", [0, 1]),
    ]
    assert plan["status"] == "draft"
    assert (await http.post(f"{base}/execute", json={"plan_id": plan["id"]})).status_code == 202
    async with asyncio.timeout(30):
        while (plan := (await http.get(f"{base}/plans/{plan['id']}")).json())["status"] == "running":
            await asyncio.sleep(0.1)
    assert [step["status"] for step in plan["steps"]] == ["done"] * 3, plan
    kept = (await http.get(f"/sessions/{session_id}/memory")).json()["items"]
    assert [memory["content"] for memory in kept] == ["my car is blue"]


@pytest.mark.parametrize(
    ("goal", "question"),
    [("set a timer, then tell me the time in Oslo", "For how long?"), (" ", "What shall I do?")],
)
async def test_what_is_missing_is_asked_for(http, goal, question):
    session_id = (await http.post("/sessions", json={})).json()["id"]
    refused = await http.post(f"/agent/sessions/{session_id}/plan", json={"goal": goal})
    assert refused.status_code == 422
    assert question in refused.json()["detail"]
    assert (await http.get(f"/agent/sessions/{session_id}/plans")).json()["items"] == []
