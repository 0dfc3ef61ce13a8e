"""What a plan may is asked anew before each write: an hour is long enough for rights and tools to go."""

import asyncio

import pytest

from orion.agents.ledger import PLANS, cancelled
from orion.domain.plan import PlanStatus
from orion.domain.tool import Risk, ToolFailure
from orion.errors import Unauthenticated
from tests.agents.plans import Stage, a_tool


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


def statuses(plan):
    return [step.status.value for step in plan.steps]


@pytest.fixture
async def walk(stage):
    """A plan that reads, and then writes; what is passed happens while it reads."""

    async def walked(meanwhile):
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slow(_arguments, _call):
            begun.set()
            await go_on.wait()
            return {}

        stage.tools["slow"] = a_tool("slow", slow)
        stage.offer("post", risk=Risk.WRITE)
        process = await stage.process()
        plan = await stage.begun(process, ("slow", {}), ("post", {"text": "hello"}, 0))
        walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
        await begun.wait()
        await meanwhile()
        go_on.set()
        return process, plan, walking

    return walked


async def disable(stage, ada):
    async with stage.database.transaction(ada) as store:
        await store.users.change(stage.owner.user_id, name=None, role=None, disabled=True)


async def test_a_user_who_was_disabled_has_nothing_written_any_more(stage, walk, ada):
    _, plan, walking = await walk(lambda: disable(stage, ada))
    with pytest.raises(Unauthenticated):
        await walking  # which reads the plan in the user's name at the end
    async with stage.database.transaction(PLANS) as store:
        found = await store.plans.get(plan.id)
    assert (found.status, statuses(found)) == (PlanStatus.FAILED, ["done", "skipped"])
    assert stage.calls == []


async def test_a_tool_that_was_removed_is_not_called_any_more(stage, walk):
    async def remove():
        del stage.tools["post"]

    _, _, walking = await walk(remove)
    found = await walking
    assert (statuses(found), stage.calls) == (["done", "failed"], [])
    assert found.steps[1].error == "there is no tool 'post'"


async def test_a_tool_that_was_made_dangerous_is_asked_about(stage, walk):
    async def harden():
        stage.offer("post", risk=Risk.DANGER)

    process, plan, walking = await walk(harden)
    await stage.until(plan, lambda found: found.steps[1].asks)
    assert stage.calls == []
    await stage.ledger.amend(plan.id, stage.session.id, cancelled)
    await process.executor.refresh(plan.id)
    await walking


@pytest.mark.parametrize(("risk", "status"), [(None, "failed"), (Risk.DANGER, "rejected")])
async def test_another_attempt_of_a_write_sees_what_has_changed(stage, risk, status):
    async def busy(_arguments, call):
        stage.calls.append(call.call_id)
        del stage.tools["busy"]
        if risk is not None:
            stage.offer("busy", risk=risk)
        raise ToolFailure("The service is busy.", retryable=True)

    stage.tools["busy"] = a_tool("busy", busy, risk=Risk.WRITE)
    plan = await stage.run(("busy", {}), approval_secs=0.1)
    assert (statuses(plan), len(stage.calls)) == ([status], 1)
