"""The ledger of plans: who may write it, and whose a plan is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orion.domain.identity import Principal, new_id
from orion.domain.node import Node
from orion.domain.plan import Approval, Plan, PlanStatus, Step, StepStatus
from orion.errors import Conflict, Invalid, NotFound
from tests.store.test_repositories import a_session

PLANS = Principal.system("plans")
LEASE_SECS = 60.0


@pytest.fixture
async def session(database, ben):
    async with database.transaction(ben) as store:
        return await store.sessions.create(a_session(ben))


@pytest.fixture
async def draft(database, ben, session):
    steps = (Step(0, "timer", {"secs": 1}, "Waits."), Step(1, "timer", {"secs": "{{0.secs}}"}, after=(0,)))
    plan = Plan(new_id(), session.id, "concierge", "wait twice", PlanStatus.DRAFT, steps, datetime.now(UTC))
    async with database.transaction(ben) as store:
        return await store.plans.add(plan)


async def a_node(database, lease_secs=LEASE_SECS):
    node = Node(new_id(), 1)
    async with database.transaction(PLANS) as store:
        await store.nodes.join(node, lease_secs)
    return node


async def begun(database, owner, plan, node):
    async with database.transaction(owner) as store:
        return await store.plans.begin(plan.id, node)


async def claim(database, plan, node):
    async with database.transaction(PLANS) as store:
        return await store.plans.claim(plan.id, node)


async def test_a_plan_is_read_back_as_it_was_written(database, ben, session, draft):
    async with database.transaction(ben) as store:
        assert await store.plans.get(draft.id) == draft
        assert await store.plans.of_session(session.id) == ([draft], None)


@pytest.mark.parametrize(
    "steps", [tuple(Step(at, "timer") for at in range(21)), (Step(0, "timer"), Step(1, "timer", after=(1,)))]
)
async def test_a_plan_that_is_too_long_or_out_of_order_is_refused(database, ben, draft, steps):
    async with database.transaction(ben) as store:
        with pytest.raises(Invalid):
            await store.plans.add(replace(draft, id=new_id(), steps=steps))


async def test_plans_of_a_session_come_in_pages_newest_first(database, ben, session, draft):
    later = replace(draft, id=new_id())
    async with database.transaction(ben) as store:
        await store.plans.add(later)
        first, cursor = await store.plans.of_session(session.id, limit=1)
        second, end = await store.plans.of_session(session.id, limit=1, cursor=cursor)
    assert [first, second, end] == [[later], [draft], None]


async def test_a_plan_of_another_session_or_user_is_not_found(database, ada, ben, draft):
    async with database.transaction(ben) as store:
        with pytest.raises(NotFound):
            await store.plans.get(draft.id, session_id=new_id())
    stranger = replace(ada, workspace_id=ada.workspace_id, role=ben.role)
    async with database.transaction(stranger) as store:
        with pytest.raises(NotFound):
            await store.plans.get(draft.id)


async def test_a_plan_goes_with_its_session(database, ben, session, draft):
    async with database.transaction(ben) as store:
        await store.sessions.delete(session.id)
    async with database.transaction(PLANS) as store:
        with pytest.raises(NotFound):
            await store.plans.get(draft.id)


async def test_a_draft_is_begun_once_and_claimed_by_its_node(database, ben, draft):
    node, other = await a_node(database), await a_node(database)
    assert await claim(database, draft, node) is None
    await begun(database, ben, draft, node)
    with pytest.raises(Conflict):
        await begun(database, ben, draft, node)
    assert await claim(database, draft, other) is None
    claimed = await claim(database, draft, node)
    assert (claimed.user_id, claimed.fence) == (ben.user_id, 1)
    assert claimed.plan.status is PlanStatus.RUNNING


async def test_the_plan_of_a_dead_node_is_an_orphan_whom_another_claims_under_a_higher_fence(
    database, ben, draft
):
    dead, node = await a_node(database, lease_secs=0), await a_node(database)
    await begun(database, ben, draft, dead)
    old = await claim(database, draft, dead)
    async with database.transaction(PLANS) as store:
        assert await store.nodes.sweeps()
        assert await store.plans.orphans(node, [], 9) == []
        assert await store.nodes.expire(0) == [dead.id]
        assert not await store.nodes.renew(dead, LEASE_SECS)
        assert await store.plans.orphans(node, [], 9) == [(draft.id, old.fence)]
    new = await claim(database, draft, node)
    assert new.fence > old.fence
    async with database.transaction(PLANS) as store:
        assert await store.plans.hold(draft.id, old.fence) is None
        assert await store.plans.hold(draft.id, new.fence) == new.revision
    assert await claim(database, draft, dead) is None


async def test_a_node_s_own_plan_is_an_orphan_only_where_it_does_not_run(database, ben, draft):
    node = await a_node(database)
    await begun(database, ben, draft, node)
    async with database.transaction(PLANS) as store:
        assert await store.plans.orphans(node, [draft.id], 9) == []
        assert await store.plans.orphans(node, [], 9) == [(draft.id, 0)]
        assert await store.plans.orphans(node, [], 0) == []
        assert await store.plans.any_begun()


async def test_a_node_that_comes_back_in_a_new_epoch_does_not_have_its_old_plans(database, ben, draft):
    node = await a_node(database)
    await begun(database, ben, draft, node)
    async with database.transaction(PLANS) as store:
        await store.nodes.leave(node.id)
        await store.nodes.join(replace(node, epoch=2), LEASE_SECS)
        assert await store.plans.orphans(await a_node(database), [], 9) == [(draft.id, 0)]
    assert await claim(database, draft, node) is None


async def test_leases_count_from_the_start_of_the_database_at_the_earliest(database):
    node = await a_node(database, lease_secs=0)
    async with database.transaction(PLANS) as store:
        assert await store.nodes.expire(24 * 3600.0) == []
        assert await store.nodes.renew(node, LEASE_SECS)


async def test_one_sweeps_at_a_time(database):
    async with database.transaction(PLANS) as store, database.transaction(PLANS) as other:
        assert await store.nodes.sweeps()
        assert not await other.nodes.sweeps()


async def test_a_step_is_kept_with_its_question_and_its_result(database, ben, draft):
    now = datetime.now(UTC)
    asked = Approval("f" * 64, now + timedelta(minutes=10), True, ben.user_id, now)
    step = replace(
        draft.steps[0],
        status=StepStatus.DONE,
        attempts=2,
        resolved={"secs": 1},
        approval=asked,
        result={"secs": 1},
        started_at=now,
        ended_at=now,
    )
    failed = replace(draft.with_step(step), status=PlanStatus.FAILED, error="why not", ended_at=now)
    async with database.transaction(PLANS) as store:
        await store.plans.save(draft, failed, fence=1)
    async with database.transaction(ben) as store:
        assert await store.plans.get(draft.id) == failed


async def test_what_somebody_else_changes_is_told_by_the_revision(database, ben, draft):
    node = await a_node(database)
    begun_plan = await begun(database, ben, draft, node)
    claimed = await claim(database, draft, node)
    async with database.transaction(ben) as store:
        await store.plans.save(begun_plan, begun_plan.stopped(PlanStatus.CANCELLED, None, datetime.now(UTC)))
    async with database.transaction(PLANS) as store:
        assert await store.plans.hold(draft.id, claimed.fence) > claimed.revision
        assert [step.status for step in (await store.plans.get(draft.id)).steps] == [StepStatus.SKIPPED] * 2
