"""Plans over REST: run, watched, answered, cancelled."""

import asyncio
import json

import pytest

from orion.agents.ledger import PLANS
from orion.domain.identity import new_id
from orion.domain.plan import Plan, PlanStatus, Step
from tests.api.running import draft, running

V1 = "/api/v1"
PAY = '''"""Pays."""

from pydantic import BaseModel

RISK = "danger"


class Args(BaseModel):
    """How much."""

    amount: float


async def run(args, call):
    """The paid amount."""
    return {"paid": args.amount}
'''


@pytest.fixture
async def server(database_url, tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "pay.py").write_text(PAY)
    async with running(database_url, tmp_path, project=tmp_path) as serving:
        yield serving


@pytest.fixture
async def http(server):
    token = (await server.register("ada"))["access_token"]
    async with server.client(token) as client:
        yield client


@pytest.fixture
async def session_id(http):
    return (await http.post(f"{V1}/sessions", json={})).json()["id"]


@pytest.fixture
def base(session_id):
    return f"{V1}/agent/sessions/{session_id}"


@pytest.fixture
async def payment(server, session_id):
    """The id of a draft that works out an amount and pays it."""
    steps = (
        Step(0, "calculator", {"expression": "2 + 3"}, "Add 2 and 3"),
        Step(1, "pay", {"amount": 5}, "Pay 5", after=(0,)),
    )
    now = (await server.parts.calls._current(session_id)).created_at
    plan = Plan(new_id(), session_id, "concierge", "pay 2 + 3", PlanStatus.DRAFT, steps, now)
    async with server.parts.database.transaction(PLANS) as store:
        await store.plans.add(plan)
    return str(plan.id)


async def until(http, path, status):
    """The plan when it has that status."""
    async with asyncio.timeout(20):
        while (found := (await http.get(path)).json())["status"] != status:
            await asyncio.sleep(0.02)
    return found


async def test_a_draft_is_listed_and_runs_when_it_is_executed(server, http, session_id, base):
    plan = await draft(server.parts.database, session_id)
    listed = (await http.get(f"{base}/plans")).json()
    assert [(item["id"], item["status"]) for item in listed["items"]] == [(str(plan.id), "draft")]
    begun = await http.post(f"{base}/execute", json={"plan_id": str(plan.id)})
    assert (begun.status_code, begun.json()["status"]) == (202, "running")
    ended = await until(http, f"{base}/plans/{plan.id}", "done")
    assert ended["steps"][0]["result"]["result"] == "5"
    assert ended["steps"][0]["arguments"] == {"expression": "2 + 3"}


ANSWERS = [("approve", "done", "done"), ("reject", "failed", "rejected")]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer[0])
async def test_a_dangerous_step_waits_for_an_answer_which_counts_once(http, base, payment, answer):
    verb, status, step = answer
    await http.post(f"{base}/execute", json={"plan_id": payment})
    path = f"{base}/plans/{payment}"
    asked = (await until(http, path, "waiting_approval"))["steps"][1]
    assert asked["arguments"] == {"amount": 5}
    assert asked["approval"]["approved"] is None
    digest = asked["approval"]["digest"]
    assert (await http.post(f"{path}/steps/1/{verb}", json={"digest": "0" * 64})).status_code == 409
    answered = await http.post(f"{path}/steps/1/{verb}", json={"digest": digest})
    assert answered.status_code == 200
    ended = await until(http, path, status)
    assert (ended["steps"][1]["status"], ended["steps"][1]["approval"]["digest"]) == (step, None)
    assert (await http.post(f"{path}/steps/1/approve")).status_code == 409
    profile = (await http.get(f"{V1}/auth/profile")).json()
    assert ended["steps"][1]["approval"]["decided_by"] == profile["id"]


async def test_in_a_session_that_has_ended_no_plan_is_made_or_begun(http, base, session_id, payment):
    ended = await http.patch(f"{V1}/sessions/{session_id}/status", json={"status": "ended"})
    assert ended.status_code == 200
    made = await http.post(f"{base}/plan", json={"goal": "work out 12 times 9"})
    begun = await http.post(f"{base}/execute", json={"plan_id": payment})
    for refused in (made, begun):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/session-ended")
    assert [plan["status"] for plan in (await http.get(f"{base}/plans")).json()["items"]] == ["draft"]


async def test_nothing_is_asked_about_a_step_that_need_not_be_allowed(http, base, payment):
    path = f"{base}/plans/{payment}"
    await http.post(f"{base}/execute", json={"plan_id": payment})
    await until(http, path, "waiting_approval")
    assert (await http.post(f"{path}/steps/0/approve")).status_code == 409
    assert (await http.post(f"{path}/steps/7/approve")).status_code == 404
    assert (await http.post(f"{path}/steps/20/approve")).status_code == 422


async def test_a_waiting_plan_is_cancelled(http, base, payment):
    path = f"{base}/plans/{payment}"
    await http.post(f"{base}/execute", json={"plan_id": payment})
    await until(http, path, "waiting_approval")
    cancelled = (await http.post(f"{path}/cancel")).json()
    assert (cancelled["status"], cancelled["steps"][1]["status"]) == ("cancelled", "skipped")
    assert (await http.post(f"{path}/cancel")).status_code == 409


async def test_a_goal_becomes_a_draft_that_those_who_follow_the_session_are_told_of(http, session_id, base):
    async with http.stream("GET", f"{V1}/sessions/{session_id}/events", timeout=20) as stream:
        made = await http.post(f"{base}/plan", json={"goal": "what is 2 plus 3, then what time is it"})
        assert made.status_code == 201, made.text
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                told = json.loads(line[6:])
                break
    assert told["name"] == "plan.updated"
    assert told["body"]["plan"] == made.json()
    assert told["body"]["plan"]["status"] == "draft"
    assert [step["attempts"] for step in told["body"]["plan"]["steps"]] == [0, 0]


async def test_all_that_happens_to_a_plan_is_streamed_and_kept(http, session_id, base, payment):
    path = f"{base}/plans/{payment}"
    told = []
    async with http.stream("GET", f"{V1}/sessions/{session_id}/events", timeout=20) as stream:
        await http.post(f"{base}/execute", json={"plan_id": payment})
        await until(http, path, "waiting_approval")
        await http.post(f"{path}/steps/1/approve")
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
                if told[-1]["name"] == "plan.updated" and told[-1]["body"]["plan"]["status"] == "done":
                    break
    plans = [event for event in told if event["name"].startswith("plan.")]
    steps = [
        (event["body"]["step"]["index"], event["body"]["step"]["status"])
        for event in plans
        if event["name"] == "plan.step"
    ]
    assert steps == [
        (0, "running"),
        (0, "done"),
        (1, "waiting_approval"),
        (1, "pending"),
        (1, "running"),
        (1, "done"),
    ]
    first = plans[0]["id"]
    headers = {"Last-Event-ID": first}
    async with http.stream(
        "GET", f"{V1}/sessions/{session_id}/events", headers=headers, timeout=20
    ) as stream:
        again = []
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                again.append(json.loads(line[6:]))
                if again[-1]["id"] == plans[-1]["id"]:
                    break
    assert [event for event in again if event["name"].startswith("plan.")] == plans[1:]
