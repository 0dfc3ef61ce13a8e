"""Questions about a plan's step: an answer counts for the one that was shown, and for no later one."""

import asyncio

import pytest

from orion.agents.ledger import cancelled
from orion.domain.plan import StepStatus
from orion.domain.tool import Risk, ToolFailure
from orion.errors import Conflict
from tests.agents.plans import Stage


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


@pytest.fixture
async def walked(stage):
    """A plan that pays, is asked about, and whose service then gives no answer."""
    stage.offer("pay", risk=Risk.DANGER, error=ToolFailure("no answer", unclear=True))
    process = await stage.process()
    plan = await stage.begun(process, ("pay", {"sum": 900}))
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    yield plan
    await stage.ledger.amend(plan.id, stage.session.id, cancelled)
    await process.executor.refresh(plan.id)
    await walking


async def paid_once(stage, plan, digest):
    """Answer the first question; the step as it asks again."""
    await stage.answer(plan, digest=digest)
    found = await stage.until(plan, lambda now: now.steps[0].status is StepStatus.UNKNOWN)
    return found.steps[0]


@pytest.mark.parametrize("named", [True, False])
async def test_a_yes_that_comes_twice_does_not_answer_the_next_question(stage, walked, named):
    first = (await stage.until(walked, lambda now: now.steps[0].asks)).steps[0].question
    digest = first if named else None
    again = await paid_once(stage, walked, digest)
    assert again.question not in {None, first}
    with pytest.raises(Conflict, match="another question" if named else "digest"):
        await stage.answer(walked, digest=digest)
    assert len(stage.calls) == 1


async def test_each_repetition_is_a_question_of_its_own(stage, walked):
    await stage.until(walked, lambda now: now.steps[0].asks)
    second = await paid_once(stage, walked, None)
    await stage.answer(walked, digest=second.question)
    third = await stage.until(walked, lambda now: now.steps[0].attempts == 2 and now.steps[0].asks)
    assert third.steps[0].question != second.question
    assert len(stage.calls) == 2
    with pytest.raises(Conflict):
        await stage.answer(walked, digest=second.question)


async def test_a_process_that_takes_a_question_over_asks_the_same(stage):
    stage.offer("pay", risk=Risk.DANGER)
    dead = await stage.process()
    plan = await stage.begun(dead, ("pay", {}))
    walking = asyncio.get_running_loop().create_task(stage.walk(dead, plan))
    asked = await stage.until(plan, lambda now: now.steps[0].asks)
    await dead.executor.close()
    await walking
    await stage.die(dead)
    process = await stage.process()
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    while plan.id not in process.executor.running:
        await asyncio.sleep(0)
    await stage.answer(plan, digest=asked.steps[0].question)
    assert (await walking).steps[0].status is StepStatus.DONE
    assert len(stage.calls) == 1
