"""Hot statements, a hundred times on one connection: PostgreSQL plans them anew from the sixth use on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orion.domain.approval import Wanted
from orion.domain.identity import Principal, new_id
from orion.domain.node import Node
from orion.domain.plan import Plan, PlanStatus, Step
from orion.domain.session import EndReason, Event, Session, SessionStatus
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Speaker, Turn
from orion.domain.waiting_call import ApprovalState, WaitingCall
from orion.domain.webhook import DeliveryStatus, Webhook
from orion.store.database import Database
from orion.store.idempotency import Answer
from orion.store.schema import migrate
from tests.conftest import make_user
from tests.store.servers import debian_cluster

RUNS = 100
APPROVALS, PLANS, RECORDER = map(Principal.system, ("approvals", "plans", "recorder"))
WEBHOOKS, LIMITS, LOG_IN = map(Principal.system, ("webhooks", "limits", "log-in"))


async def one_round(database, ada, session):
    """A turn with a dangerous call, a delivery, a keyed write and a plan, as a server makes them."""
    now = datetime.now(UTC)
    async with database.transaction(ada) as store:
        await store.sessions.touch(session.id)
        await store.idempotency_keys.claim(key := str(new_id()), b"f")
        await store.idempotency_keys.keep(key, Answer(b"f", 201, None, b"{}"))
    call = ToolCall(str(new_id()), "send_money", {"to": "Bob"}, ToolCallStatus.RUNNING, started_at=now)
    turn = Turn(new_id(), session.id, Speaker.AGENT, "concierge", "Shall I?", now, now, tool_calls=(call,))
    async with database.transaction(RECORDER) as store:
        await store.turns.save(turn)
        await store.events.add([Event(new_id(), session.id, "tool.started", {}, now)])
    until = now + timedelta(minutes=10)
    wanted = Wanted(call.id, call.tool, call.arguments, "Shall I?")
    waiting = WaitingCall(new_id(), session.id, "concierge", wanted, now, until)
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.add(waiting)
        assert not await store.approvals.add(replace(waiting, id=new_id()))
        assert await store.approvals.waiting(session.id, now) == [waiting]
        assert await store.approvals.expire(now) == []
        answer = {"by": "voice", "decided_by": ada.user_id, "now": now}
        assert await store.approvals.decide(session.id, wanted, ApprovalState.APPROVED, **answer)
        assert len(await store.approvals.lost(until, now)) == 1
        await store.approvals.ended(waiting.id, now)
    async with database.transaction(WEBHOOKS) as store:
        (delivery,) = await store.webhooks.claim(60, 10, [])
        await store.webhooks.settle(replace(delivery, status=DeliveryStatus.DONE, ended_at=now))
    steps = (Step(0, "timer", {}, "Waits."),)
    plan = Plan(new_id(), session.id, "concierge", "wait", PlanStatus.RUNNING, steps, now)
    async with database.transaction(PLANS) as store:
        await store.plans.add(plan)
        assert await store.plans.any_begun()
        node = Node(new_id(), 1)
        await store.nodes.join(node, 60)
        assert await store.nodes.renew(node, 60)
        assert plan.id in [found for found, _ in await store.plans.orphans(node, [], 2 * RUNS)]
        assert await store.nodes.sweeps()
        await store.nodes.expire(60)
    async with database.transaction(LIMITS) as store:
        await store.budgets.spend(b"ada", 1, requests=10**6, window_secs=60)
    async with database.transaction(LOG_IN) as store:
        await store.log_in_failures.add("ada@example.org")
    async with database.transaction(Principal.system("sweeper")) as store:
        assert await store.sessions.idle_since(now - timedelta(days=1)) == []
        made = await store.sessions.idle_since(now + timedelta(days=1))
        assert [found.id for found in made] == [session.id]


async def hundred_rounds(database):
    user, now = await make_user(database, "ada@example.org"), datetime.now(UTC)
    ada, workspace_id = Principal.of(user), user.workspace_id
    session = Session(new_id(), workspace_id, user.id, "concierge", SessionStatus.CREATED, now)
    webhook = Webhook(new_id(), workspace_id, "https://hooks.example.org", ("tool.*",), "-", now)
    async with database.transaction(ada) as store:
        await store.sessions.create(session)
        await store.webhooks.add(webhook)
    for _ in range(RUNS):
        await one_round(database, ada, session)
    assert database.engine.pool.checkedin() == 1, "all on one connection, whose plans are kept"
    async with database.transaction(ada) as store:
        await store.sessions.end(session.id, EndReason.HUNG_UP)


async def test_the_hundredth_time_is_as_the_first(database):
    await hundred_rounds(database)


async def test_the_hundredth_time_is_as_the_first_on_debians_postgresql_15(open_dir):
    with debian_cluster(open_dir) as cluster:
        cluster.sql("create role ordinary login createrole; create database app owner ordinary")
        await migrate(cluster.url("ordinary", "app"))
        database = Database(cluster.url("ordinary", "app"))
        await hundred_rounds(database)
        await database.close()
