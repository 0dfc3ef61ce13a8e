"""What a caller hears, asks and decides of a plan that runs: by voice, in real calls."""

import asyncio
import shutil
from datetime import UTC, datetime
from uuid import UUID

import pytest

from orion import registry
from orion.agents.ledger import PLANS
from orion.domain.identity import new_id
from orion.domain.plan import Plan, PlanStatus, Step
from tests.journeys.phone import voice
from tests.pipelines.test_approvals import PROJECT
from tests.pipelines.test_spoken_approval import hearing

ORDER = '''"""Places an order, of whose answer nothing is heard the first time."""

from pydantic import BaseModel

from orion.domain.tool import Risk, ToolFailure

RISK = Risk.WRITE
SAY = "Ordered."
KEYS = []


class Args(BaseModel):
    """What."""

    what: str


async def run(args, call):
    """That it is ordered."""
    KEYS.append(call.call_id)
    if len(KEYS) == 1:
        raise ToolFailure("The answer was lost.", unclear=True)
    return {"ordered": True}
'''
DIG = "make a plan to read my mail, then dig for 30 seconds"
BEGUN = "All right, I have begun. I will tell you when it is done."


async def newest(phone):
    """The newest plan of the session."""
    path = f"/api/v1/agent/sessions/{phone.session_id}/plans"
    return (await phone.http.get(path)).json()["items"][0]


async def until(phone, status):
    async with asyncio.timeout(20):
        while (plan := await newest(phone))["status"] != status:
            await asyncio.sleep(0.05)
    return plan


async def test_how_far_a_plan_is_is_told_while_it_runs_and_it_is_cancelled_by_voice(database_url, tmp_path):
    heard = (DIG, "yes", "how far are you", "cancel the plan", "how far are you")
    async with hearing(database_url, tmp_path, *heard, secs=0.5) as phone:
        await phone.answer_to(voice(1.0))
        assert (await phone.answer_to(voice(1.0)))["text"] == BEGUN
        told = (await phone.answer_to(voice(1.0)))["text"]
        assert told.startswith("1 of 2 steps are done. I am at step 2, dig")
        assert [step["status"] for step in (await newest(phone))["steps"]] == ["done", "running"]
        assert (await phone.answer_to(voice(1.0)))["text"] == "The plan was cancelled."
        plan = await until(phone, "cancelled")
        assert plan["steps"][0]["status"] == "done"
        async with asyncio.timeout(10):  # what only reads is cut off
            while (await newest(phone))["steps"][1]["status"] == "running":
                await asyncio.sleep(0.05)
        assert (await phone.answer_to(voice(1.0)))["text"] == "The plan was cancelled."


@pytest.mark.parametrize(("answer", "status", "calls"), [("yes", "done", 2), ("no", "failed", 1)])
async def test_of_a_step_that_may_have_happened_the_caller_decides(
    database_url, tmp_path, answer, status, calls
):
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    (project / "tools" / "order.py").write_text(ORDER)
    async with hearing(database_url, tmp_path, answer, secs=0.5, project=project) as phone:
        steps = (Step(0, "order", {"what": "tea"}, 'order with what "tea"'),)
        now = datetime.now(UTC)
        plan = Plan(new_id(), UUID(phone.session_id), "orion", "tea", PlanStatus.DRAFT, steps, now)
        async with phone.server.parts.database.transaction(PLANS) as store:
            await store.plans.add(plan)
        since = len(phone.events)
        base = f"/api/v1/agent/sessions/{phone.session_id}"
        await phone.http.post(f"{base}/execute", json={"plan_id": str(plan.id)})
        asked = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]["text"]
        assert asked == (
            'Nobody knows whether order with what "tea" has happened. '
            'Shall I run order with what "tea"? Please say yes or no.'
        )
        assert (await newest(phone))["steps"][0]["status"] == "unknown"
        await phone.say(voice(1.0))
        ended = await until(phone, status)
        assert ended["steps"][0]["status"] == ("done" if answer == "yes" else "unknown")
        assert ended["steps"][0]["approval"]["approved"] is (answer == "yes")
        keys = registry.load("tools", "order", project).KEYS
        assert keys == [f"{plan.id}:0"] * calls
