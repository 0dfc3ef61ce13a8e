"""A process as a node: its plans go on without it, and what happens to them is heard everywhere."""

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from orion.agents.executor import Budget, Executor
from orion.agents.ledger import PLANS
from orion.agents.recollection import Recollection
from orion.domain.plan import PlanStatus, StepStatus
from orion.domain.tool import Risk
from orion.errors import Conflict, NotFound
from orion.nodes.plans import BEAT_SECS, LEASE_SECS, PlanNode
from orion.pipelines.records.feed import Feed
from orion.store.workflow_engine import workflow_engine
from tests.agents.plans import Stage, a_tool


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


@asynccontextmanager
async def a_node(stage, feed=None):
    async def tools_of(_owner, _agent):
        return stage.tools

    async def announce(_session_id, _secs, _text):
        raise AssertionError("nothing is to be said")

    recollection = Recollection(stage.database)
    executor = Executor(stage.ledger, recollection, tools_of, announce, Budget(approval_secs=30.0))
    node = PlanNode(stage.database, stage.ledger, executor, feed or Feed())
    await node.start()
    try:
        yield node
    finally:
        await node.close()


async def over(stage, plan):
    return await stage.until(plan, lambda found: found.status.over)


async def test_a_plan_is_executed_once_and_watchers_hear_of_each_step(stage):
    stage.offer()
    feed = Feed()
    plan = await stage.draft(("note", {}))
    async with a_node(stage, feed) as node:
        with feed.subscribe(plan.session_id) as watching:
            await node.execute(plan.id, plan.session_id)
            with pytest.raises(Conflict):
                await node.execute(plan.id, plan.session_id)
            names: list[str] = []
            async with asyncio.timeout(20):
                while names.count("plan.updated") < 2:
                    event = await watching.get()
                    assert event is not None
                    names.append(event.name)
        assert (await over(stage, plan)).status is PlanStatus.DONE
    assert names == ["plan.updated", "plan.step", "plan.step", "plan.updated"]


async def test_a_yes_and_a_cancel_reach_whoever_runs_the_plan(stage):
    stage.offer("pay", risk=Risk.DANGER)
    paid, dropped = await stage.draft(("pay", {})), await stage.draft(("pay", {}))
    async with a_node(stage) as node:
        for plan in (paid, dropped):
            await node.execute(plan.id, plan.session_id)
        for plan in (paid, dropped):
            await stage.until(plan, lambda found: found.steps[0].asks)
        user = stage.owner.user_id
        await node.answer(paid.id, paid.session_id, 0, approved=True, by=user)
        await node.cancel(dropped.id, dropped.session_id)
        assert (await over(stage, paid)).status is PlanStatus.DONE
        assert (await over(stage, dropped)).status is PlanStatus.CANCELLED
        with pytest.raises(NotFound):
            await node.answer(paid.id, paid.session_id, 7, approved=True, by=user)
    assert [key for key, _ in stage.calls] == [paid.key(0)]


async def test_a_node_that_starts_takes_over_what_a_dead_one_left(stage):
    stage.offer()
    dead = await stage.process(lease_secs=0.0)
    plan = await stage.begun(dead, ("note", {}))
    await stage.die(dead)
    async with a_node(stage):
        assert (await over(stage, plan)).status is PlanStatus.DONE
    assert len(stage.calls) == 1


@pytest.mark.parametrize("kind", [{"risk": Risk.WRITE, "side_effects": True}, {"risk": Risk.READ}])
async def test_a_node_that_leaves_lets_its_tool_end_and_its_plan_to_others(stage, kind):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write(_arguments, call):
        stage.calls.append(call.call_id)
        begun.set()
        await go_on.wait()
        return {}

    stage.tools["write"] = a_tool("write", write, **kind)
    stage.offer("note")
    plan = await stage.draft(("write", {}), ("note", {}, 0))
    async with a_node(stage) as node:
        await node.execute(plan.id, plan.session_id)
        await begun.wait()
        closing = asyncio.get_running_loop().create_task(node.close())
        await asyncio.sleep(0)
        go_on.set()
        await closing
    left = await stage.read(plan)
    assert [step.status for step in left.steps] == [StepStatus.DONE, StepStatus.PENDING]
    async with a_node(stage):
        assert (await over(stage, plan)).status is PlanStatus.DONE


async def test_a_node_that_closes_begins_nothing_more_while_a_tool_runs_on(stage):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write(_arguments, call):
        stage.calls.append(call.call_id)
        begun.set()
        await go_on.wait()
        return {}

    stage.tools["write"] = a_tool("write", write, risk=Risk.WRITE)
    stage.offer("note")
    stage.offer("pay", risk=Risk.DANGER)
    running, waiting, late = [await stage.draft((tool, {})) for tool in ("write", "pay", "note")]
    async with a_node(stage) as node:
        await node.execute(waiting.id, waiting.session_id)
        asked = await stage.until(waiting, lambda found: found.steps[0].asks)
        await node.execute(running.id, running.session_id)
        await begun.wait()
        closing = asyncio.get_running_loop().create_task(node.close())
        await asyncio.sleep(0)
        await node.execute(late.id, late.session_id)
        answer = {"approved": True, "by": stage.owner.user_id, "digest": asked.steps[0].question}
        await node.answer(waiting.id, waiting.session_id, 0, **answer)
        # Long enough for plans that were let go to be found as orphans and begun.
        await asyncio.wait([closing], timeout=5 * BEAT_SECS)
        async with stage.database.transaction(PLANS) as store:
            assert await store.nodes.renew(node.node, LEASE_SECS), "it lives while its tool runs"
        go_on.set()
        await closing
    assert stage.calls == [running.key(0)]
    async with a_node(stage):
        for plan in (running, waiting, late):
            assert (await over(stage, plan)).status is PlanStatus.DONE
    assert sorted(key for key, *_ in stage.calls[1:]) == sorted([waiting.key(0), late.key(0)])


async def test_a_node_lives_on_however_long_the_start_of_plans_takes(stage, database_url):
    stage.offer()
    engine = workflow_engine(database_url)
    first, held = await stage.draft(("note", {})), asyncio.Event()

    def hold(loop, go_on):
        with engine.begin() as connection:
            connection.execute(text("lock table dbos.workflow_status in access exclusive mode"))
            loop.call_soon_threadsafe(held.set)
            go_on.wait(30)

    async def lease():
        async with stage.database.transaction(PLANS) as store:
            wanted = text("select lease_until from orion.nodes where id = :id")
            return (await store.connection.execute(wanted, {"id": node.node.id})).scalar_one()

    async with a_node(stage) as node:
        await node.execute(first.id, first.session_id)
        await over(stage, first)
        dead = await stage.process(lease_secs=0.0)
        left, go_on = await stage.begun(dead, ("note", {})), threading.Event()
        loop = asyncio.get_running_loop()
        holding = loop.run_in_executor(None, hold, loop, go_on)
        try:
            await held.wait()
            await stage.die(dead)
            since = await lease()
            async with asyncio.timeout(5 * LEASE_SECS):
                while (await lease() - since).total_seconds() < LEASE_SECS + BEAT_SECS:
                    await asyncio.sleep(0.05)
            assert node.node.epoch == 1
            assert not (await stage.read(left)).status.over
        finally:
            go_on.set()
            await holding
            engine.dispose()
        assert (await over(stage, left)).status is PlanStatus.DONE


async def test_a_node_that_was_taken_for_dead_comes_back_and_runs_its_plan_itself(stage):
    stage.offer("pay", risk=Risk.DANGER)
    plan = await stage.draft(("pay", {}))
    async with a_node(stage) as node:
        await node.execute(plan.id, plan.session_id)
        await stage.until(plan, lambda found: found.steps[0].asks)
        async with stage.database.transaction(PLANS) as store:
            await store.nodes.leave(node.node.id)
        async with asyncio.timeout(10):
            while node.node.epoch == 1:
                await asyncio.sleep(0.02)
        await node.answer(plan.id, plan.session_id, 0, approved=True, by=stage.owner.user_id)
        assert (await over(stage, plan)).status is PlanStatus.DONE
    assert len(stage.calls) == 1
