"""Plans as workflows: what DBOS keeps, and what is made of it after a crash."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from orion.agents.durable import DurablePlans, walk
from orion.agents.ledger import PLANS
from orion.domain.plan import Plan, PlanStatus, Step
from orion.settings.database_url import DatabaseUrl
from orion.store.workflow_engine import workflow_engine
from tests.agents.plans import Stage


def plan(*afters):
    steps = tuple(Step(at, "clock", after=tuple(after)) for at, after in enumerate(afters))
    return Plan(uuid4(), uuid4(), "concierge", "a goal", PlanStatus.RUNNING, steps, datetime.now(UTC))


def done(index):
    return {"index": index, "status": "done"}


async def test_each_step_begins_as_soon_as_those_are_done_that_it_needs():
    ended = [asyncio.Event() for _ in range(4)]
    begun = []

    async def perform(index):
        begun.append(index)
        await ended[index].wait()
        return done(index)

    walking = asyncio.get_running_loop().create_task(walk(plan([], [], [0], [1, 2]), perform, lambda: False))
    for index, expected in [(0, [0, 1]), (2, [0, 1, 2]), (1, [0, 1, 2]), (3, [0, 1, 2, 3])]:
        async with asyncio.timeout(5):
            while begun != expected:
                await asyncio.sleep(0)
        ended[index].set()
    await walking


async def test_what_needs_a_step_that_failed_is_never_asked_for():
    asked = []

    async def perform(index):
        asked.append(index)
        return {"index": index, "status": "failed" if index == 0 else "done"}

    await walk(plan([], [0], []), perform, lambda: False)
    assert asked == [0, 2]


async def test_a_record_of_another_order_is_played_back_to_the_same_end():
    """Steps beside each other ended as 1, 3, 0, 2 when they were recorded, one more was never recorded."""
    recorded, ran = [done(1), done(3), done(0)], []

    async def perform(index):
        if recorded:
            return recorded.pop(0)
        ran.append(index)
        return done(index)

    await walk(plan([], [], [0], [1]), perform, lambda: False)
    assert ran == [2]


async def test_nothing_more_begins_when_the_plan_is_left():
    async def perform(index):
        return {"index": index, "status": None}

    left = iter([False, True])
    await walk(plan([], [0]), perform, lambda: next(left))


def test_a_server_that_runs_no_plan_does_not_load_dbos():
    code = "import orion.app, sys; sys.exit('dbos' in sys.modules or 'psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


@pytest.fixture
async def process(stage):
    return await stage.process()


@pytest.fixture
async def durable(database_url, process):
    plans = DurablePlans(database_url, process.executor, lambda: process.node)
    yield plans
    await plans.close()


async def rows(url, statement):
    """The rows of a statement, as the role of DBOS."""

    def read():
        engine = workflow_engine(url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement))]
        finally:
            engine.dispose()

    return await asyncio.to_thread(read)


async def test_a_plan_is_begun_however_many_of_its_workflows_ended_without_it(
    stage, process, durable, database_url
):
    stage.offer()
    begun = await stage.begun(process, ("note", {}))
    await stage.die(process)
    for ended in ("1", "2"):
        await durable.start(begun.id)
        statement = "select count(*)::text from dbos.workflow_status where status = 'SUCCESS'"
        async with asyncio.timeout(10):
            while await rows(database_url, statement) != [(ended,)]:
                await asyncio.sleep(0.05)
    async with stage.database.transaction(PLANS) as store:
        await store.nodes.join(process.node, 60.0)
    await durable.start(begun.id)
    assert (await stage.until(begun, lambda found: found.status.over)).status is PlanStatus.DONE


async def test_dbos_keeps_ids_and_statuses_and_sees_nothing_of_orion(stage, process, durable, database_url):
    stage.offer(result={"secret": "heron"})
    begun = await stage.begun(process, ("note", {"word": "heron"}), ("note", {"word": "{{0.secret}}"}, 0))
    assert not durable.ready
    await durable.start(begun.id)
    ended = await stage.until(begun, lambda found: found.status.over)
    assert ended.status is PlanStatus.DONE
    await stage.until(begun, lambda _: begun.id not in process.executor.running)
    dump = [
        str(row)
        for table in ("workflow_status", "operation_outputs")
        for row in await rows(database_url, f"select * from dbos.{table}")
    ]
    assert any(str(begun.id) in row for row in dump)
    await durable.forget_ended(datetime.now(UTC) - timedelta(days=1))
    assert await rows(database_url, "select workflow_uuid from dbos.workflow_status") == [(str(begun.id),)]
    await durable.forget_ended(datetime.now(UTC) + timedelta(days=1))
    assert await rows(database_url, "select workflow_uuid from dbos.workflow_status") == []
    assert not any("heron" in row for row in dump)
    with pytest.raises(ProgrammingError, match="permission denied"):
        await rows(database_url, "select * from orion.plans")


async def test_a_workflow_that_ended_before_its_plan_is_begun_anew(stage, process, durable):
    stage.offer()
    stranger = await stage.process()
    begun = await stage.begun(stranger, ("note", {}))
    await durable.start(begun.id)  # another live process has it: the workflow ends at once
    await stage.die(stranger)

    async def until_done():
        fence = 0
        while not (await stage.read(begun)).status.over:
            await durable.start(begun.id, fence)
            await asyncio.sleep(0.1)

    async with asyncio.timeout(20):
        await until_done()
    assert len(stage.calls) == 1


async def test_a_plan_that_waits_for_a_database_that_is_gone_holds_no_thread_after_the_end(
    postgres, database_url, process
):
    plans = DurablePlans(database_url, process.executor, lambda: process.node)
    await plans.prepare()
    name = DatabaseUrl.read(database_url).database
    admin = await asyncpg.connect(user="orion", database="postgres", host=str(postgres.socket_dir))
    try:
        await admin.execute(f"alter database {name} with allow_connections false")
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        beginning = asyncio.get_running_loop().create_task(plans.start(uuid4()))
        done, _ = await asyncio.wait([beginning], timeout=1)
        assert not done, "DBOS waits for the database"
        await plans.close()
        async with asyncio.timeout(20):
            with pytest.raises(DBAPIError):
                await beginning
    finally:
        await admin.execute(f"alter database {name} with allow_connections true")
        await admin.close()
