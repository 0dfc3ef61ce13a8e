"""Steps of plans: what runs, what is asked, and what a dead process leaves behind."""

import asyncio
from dataclasses import replace

import pytest

from orion.agents.ledger import PLANS, answered, cancelled
from orion.domain.plan import PlanStatus, StepStatus
from orion.domain.plan_budget import PlanBudget
from orion.domain.tool import Risk, ToolFailure
from orion.errors import Conflict, NotFound
from tests.agents.plans import Stage, a_tool


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


def statuses(plan):
    return [step.status.value for step in plan.steps]


async def test_steps_run_with_the_results_of_those_before_them(stage):
    stage.offer()
    plan = await stage.run(
        ("note", {"word": "harbour"}),
        ("note", {"said": "{{0.word}} at dawn", "number": "{{0}}"}, 0),
    )
    assert plan.status is PlanStatus.DONE
    assert plan.steps[1].result == {"said": "harbour at dawn", "number": {"word": "harbour"}}
    assert [key for key, _ in stage.calls] == [plan.key(0), plan.key(1)]
    assert plan.ended_at is not None


async def test_steps_that_need_nothing_of_each_other_run_beside_each_other(stage):
    meeting = asyncio.Barrier(2)

    async def meet(_arguments, _call):
        async with asyncio.timeout(5):
            await meeting.wait()
        return {}

    stage.tools["meet"] = a_tool("meet", meet)
    plan = await stage.run(("meet", {}), ("meet", {}))
    assert plan.status is PlanStatus.DONE


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (("nothing", {}), "there is no tool 'nothing'"),
        (("calculator", {"expression": 5}), "$.expression: 5 is not of type 'string'"),
        (("note", {"a": "{{0.b}}"}), "step 0 has no result"),
    ],
)
async def test_a_step_that_cannot_run_fails_with_its_reason_and_what_needs_it_is_skipped(stage, step, why):
    stage.offer()
    plan = await stage.run(step, ("note", {}, 0), ("note", {}))
    assert statuses(plan) == ["failed", "skipped", "done"]
    assert plan.steps[0].error == why
    assert plan.status is PlanStatus.FAILED


async def test_a_failure_that_may_pass_is_tried_again_and_another_is_not(stage):
    stage.offer("busy", error=ToolFailure("The service is busy.", retryable=True))
    stage.offer("rude", error=ToolFailure("No."), risk=Risk.READ)
    plan = await stage.run(("busy", {}), ("rude", {}))
    assert [step.attempts for step in plan.steps] == [3, 1]
    assert [step.error for step in plan.steps] == ["The service is busy.", "No."]


async def test_a_tool_that_writes_and_gives_no_answer_is_not_called_again_but_asked_about(stage):
    stuck = asyncio.Event()

    async def write(_arguments, call):
        stage.calls.append(call.call_id)
        await stuck.wait()

    stage.tools["write"] = a_tool("write", write, risk=Risk.WRITE, timeout_secs=0.05)
    plan = await stage.run(("write", {}), approval_secs=0.2)
    assert statuses(plan) == ["unknown"]
    assert len(stage.calls) == 1
    assert plan.status is PlanStatus.FAILED


@pytest.mark.parametrize(
    ("risk", "status"), [(Risk.READ, "failed"), (Risk.WRITE, "unknown"), (Risk.DANGER, "unknown")]
)
@pytest.mark.parametrize("error", [AttributeError("no text"), RuntimeError("oh"), RecursionError()])
async def test_a_tool_with_a_bug_ends_its_own_step_and_no_other(stage, risk, status, error):
    broken = asyncio.Event()

    async def slow(_arguments, _call):
        await broken.wait()
        return {}

    async def buggy(_arguments, _call):
        broken.set()
        raise error

    stage.tools["slow"] = a_tool("slow", slow)
    stage.tools["buggy"] = a_tool("buggy", buggy, risk=risk)
    process = await stage.process(approval_secs=0.3)
    plan = await stage.begun(process, ("slow", {}), ("buggy", {}))
    if risk is Risk.DANGER:
        await stage.answer_soon(plan, 1, approved=True)
    plan = await stage.walk(process, plan)
    assert statuses(plan) == ["done", status]
    assert "buggy failed" in plan.steps[1].error
    assert plan.status is PlanStatus.FAILED


async def test_what_a_tool_keeps_is_committed_with_its_step(stage):
    plan = await stage.run(("remember", {"content": "my dog is called Bello"}))
    async with stage.database.transaction(stage.owner) as store:
        assert [memory.content for memory in await store.memories.newest()] == ["my dog is called Bello"]
    assert statuses(plan) == ["done"]


async def test_what_a_step_replaces_and_what_it_forgets_goes_with_its_end(stage):
    async def known():
        async with stage.database.transaction(stage.owner) as store:
            return [memory.content for memory in await store.memories.newest()]

    for name in ("Bello", "Rex"):
        plan = await stage.run(("remember", {"content": f"my dog is called {name}"}))
        assert statuses(plan) == ["done"]
        assert await known() == [f"my dog is called {name}"]
    plan = await stage.run(("forget", {"what": "my cat"}))
    assert (statuses(plan), await known()) == (["failed"], ["my dog is called Rex"])
    plan = await stage.run(("forget", {"what": "my dog"}))
    assert (statuses(plan), await known()) == (["done"], [])


async def test_what_a_tool_wants_said_is_passed_on_when_the_step_has_ended(stage):
    async def bake(_arguments, call):
        call.announce_after(600.0, "The bread is done.")

    stage.tools["bake"] = a_tool("bake", bake)
    process = await stage.process()
    plan = await stage.walk(process, await stage.begun(process, ("bake", {})))
    assert statuses(plan) == ["done"]
    assert process.said == [(stage.session.id, 600.0, "The bread is done.")]


async def test_a_dangerous_step_waits_for_a_yes_and_runs_once_with_the_arguments_that_were_shown(stage):
    stage.offer("pay", risk=Risk.DANGER)
    process = await stage.process()
    plan = await stage.begun(
        process, ("calculator", {"expression": "2 + 3"}), ("pay", {"sum": "{{0.result}}"}, 0)
    )
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    asked = await stage.until(plan, lambda found: found.status is PlanStatus.WAITING_APPROVAL)
    assert asked.steps[1].resolved == {"sum": asked.steps[0].result["result"]}
    assert stage.calls == []
    await stage.ledger.amend(
        plan.id, stage.session.id, lambda p: answered(p, 1, approved=True, by=stage.owner.user_id)
    )
    await process.executor.refresh(plan.id)
    plan = await walking
    assert stage.calls == [(plan.key(1), asked.steps[1].resolved)]
    assert plan.steps[1].approval.decided_by == stage.owner.user_id
    with pytest.raises(Conflict):
        await stage.ledger.amend(
            plan.id, stage.session.id, lambda p: answered(p, 1, approved=True, by=stage.owner.user_id)
        )


async def test_without_an_answer_in_time_it_is_a_no(stage):
    stage.offer("pay", risk=Risk.DANGER)
    plan = await stage.run(("pay", {}), ("pay", {}, 0), approval_secs=0.1)
    assert statuses(plan) == ["rejected", "skipped"]
    assert stage.calls == []
    assert plan.steps[0].error == "nobody said yes in time"


async def test_a_no_is_told_with_who_said_it(stage):
    stage.offer("pay", risk=Risk.DANGER)
    process = await stage.process()
    plan = await stage.begun(process, ("pay", {}))
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    await stage.until(plan, lambda found: found.steps[0].asks)
    await stage.ledger.amend(
        plan.id, stage.session.id, lambda p: answered(p, 0, approved=False, by=stage.owner.user_id)
    )
    await process.executor.refresh(plan.id)
    assert statuses(await walking) == ["rejected"]
    told = [event.body["step"] for event in await stage.told() if event.name == "plan.step"]
    assert [step["status"] for step in told] == ["waiting_approval", "rejected"]
    assert told[-1]["approval"]["decided_by"] == str(stage.owner.user_id)


async def test_a_plan_is_cancelled_at_any_time(stage):
    begun, stuck = asyncio.Event(), asyncio.Event()

    async def read(_arguments, _call):
        begun.set()
        await stuck.wait()

    stage.tools["read"] = a_tool("read", read)
    process = await stage.process()
    plan = await stage.begun(process, ("read", {}), ("read", {}, 0))
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    await begun.wait()
    await stage.ledger.amend(plan.id, stage.session.id, cancelled)
    await process.executor.refresh(plan.id)
    plan = await walking
    assert plan.status is PlanStatus.CANCELLED
    assert statuses(plan) == ["skipped", "skipped"]


async def test_a_tool_that_writes_ends_though_its_plan_is_cancelled(stage):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write(_arguments, _call):
        begun.set()
        await go_on.wait()
        return {}

    stage.tools["write"] = a_tool("write", write, risk=Risk.WRITE, side_effects=True)
    process = await stage.process()
    plan = await stage.begun(process, ("write", {}), ("write", {}, 0))
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    await begun.wait()
    await stage.ledger.amend(plan.id, stage.session.id, cancelled)
    await process.executor.refresh(plan.id)
    go_on.set()
    plan = await walking
    assert statuses(plan) == ["done", "skipped"]
    assert plan.status is PlanStatus.CANCELLED


async def test_a_write_that_gives_no_answer_after_its_plan_was_cancelled_is_not_called_skipped(stage):
    begun, stuck = asyncio.Event(), asyncio.Event()

    async def pay(_arguments, _call):
        begun.set()
        await stuck.wait()

    stage.tools["pay"] = a_tool("pay", pay, risk=Risk.WRITE, timeout_secs=0.3)
    process = await stage.process()
    plan = await stage.begun(process, ("pay", {}))
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    await begun.wait()
    await stage.ledger.amend(plan.id, stage.session.id, cancelled)
    await process.executor.refresh(plan.id)
    plan = await walking
    assert (plan.status, statuses(plan)) == (PlanStatus.CANCELLED, ["unknown"])
    assert plan.steps[0].error is not None
    assert "nobody knows" in plan.steps[0].error
    assert not plan.steps[0].asks, "a plan that is over asks nothing"


async def test_a_plan_that_takes_too_long_is_ended(stage):
    stage.offer()
    plan = await stage.run(("note", {}), bounds=PlanBudget(secs=0.0))
    assert plan.status is PlanStatus.FAILED
    assert statuses(plan) == ["skipped"]
    assert plan.error == "it took longer than 0 seconds"


async def test_a_question_does_not_outlast_its_plan(stage):
    stage.offer("pay", risk=Risk.DANGER)
    plan = await stage.run(("pay", {}), bounds=PlanBudget(secs=0.2))
    assert (statuses(plan), stage.calls) == (["skipped"], [])
    assert plan.error == "it took longer than 0.2 seconds"


async def left_running(stage, name):
    """A plan whose process was last seen in its only step."""
    dead = await stage.process()
    plan = await stage.begun(dead, (name, {}))
    run = await stage.ledger.claim(plan.id, dead.node)
    step = replace(plan.steps[0], status=StepStatus.RUNNING, attempts=1, resolved={})
    await stage.ledger.change(run, lambda p: p.with_step(step))
    await stage.die(dead)
    return plan, run


@pytest.mark.parametrize("options", [{"risk": Risk.READ}, {"risk": Risk.WRITE, "idempotent": True}])
async def test_a_step_that_may_be_repeated_is_called_again_with_its_key(stage, options):
    stage.offer("known", **options)
    plan, _ = await left_running(stage, "known")
    plan = await stage.walk(await stage.process(), plan)
    assert statuses(plan) == ["done"]
    assert [key for key, _ in stage.calls] == [plan.key(0)]
    assert plan.steps[0].attempts == 2


@pytest.mark.parametrize(("approved", "calls", "status"), [(True, 1, "done"), (False, 0, "unknown")])
async def test_any_other_is_asked_about_and_repeated_only_with_a_yes(stage, approved, calls, status):
    stage.offer("write", risk=Risk.WRITE)
    plan, _ = await left_running(stage, "write")
    process = await stage.process()
    walking = asyncio.get_running_loop().create_task(stage.walk(process, plan))
    asked = await stage.until(plan, lambda found: found.status is PlanStatus.WAITING_APPROVAL)
    assert statuses(asked) == ["unknown"]
    await stage.answer(asked, approved=approved, digest=asked.steps[0].question)
    await process.executor.refresh(plan.id)
    assert statuses(await walking) == [status]
    assert len(stage.calls) == calls


async def test_a_process_that_was_taken_for_dead_writes_nothing_any_more(stage):
    stage.offer("known")
    plan, old = await left_running(stage, "known")
    ended = await stage.walk(await stage.process(), plan)
    assert not await stage.ledger.change(old, lambda p: p.stopped(PlanStatus.FAILED, "late", p.created_at))
    assert await stage.read(plan) == ended
    assert old.lost


async def test_a_step_that_brings_its_process_down_is_given_up(stage):
    stage.offer("known")
    plan, _ = await left_running(stage, "known")
    process = await stage.process(attempts=1)
    assert statuses(await stage.walk(process, plan)) == ["failed"]
    assert stage.calls == []


async def test_a_question_outlives_its_process(stage):
    stage.offer("pay", risk=Risk.DANGER)
    dead = await stage.process()
    plan = await stage.begun(dead, ("pay", {}))
    walking = asyncio.get_running_loop().create_task(stage.walk(dead, plan))
    await stage.until(plan, lambda found: found.steps[0].asks)
    await dead.executor.close()
    await walking
    await stage.die(dead)
    await stage.ledger.amend(
        plan.id, stage.session.id, lambda p: answered(p, 0, approved=True, by=stage.owner.user_id)
    )
    assert statuses(await stage.walk(await stage.process(), plan)) == ["done"]
    assert len(stage.calls) == 1


async def test_a_process_that_ends_leaves_what_waits_for_another_attempt_to_others(stage):
    stage.offer("busy", error=ToolFailure("The service is busy.", retryable=True))
    ending = await stage.process(retry_secs=(0.5, 0.5))
    plan = await stage.begun(ending, ("busy", {}), ("calculator", {"expression": "1 + 1"}, 0))
    walking = asyncio.get_running_loop().create_task(stage.walk(ending, plan))
    while not stage.calls:
        await asyncio.sleep(0.01)
    await ending.executor.close()
    left = await walking
    assert (left.status, statuses(left)) == (PlanStatus.RUNNING, ["pending", "pending"])
    assert left.steps[0].attempts == 1
    await stage.die(ending)
    stage.offer("busy")
    assert statuses(await stage.walk(await stage.process(), plan)) == ["done", "done"]


async def test_what_was_about_to_begin_when_its_process_ended_has_not_begun(stage):
    stage.offer("write", risk=Risk.WRITE)
    ending = await stage.process()
    plan = await stage.begun(ending, ("write", {}))
    await ending.executor.claim(plan.id, ending.node)
    loop = asyncio.get_running_loop()
    async with stage.database.transaction(PLANS) as store:
        await store.plans.get(plan.id, lock=True)  # so long it cannot be written that the step runs
        performing = loop.create_task(ending.executor.perform(plan.id, 0))
        await asyncio.sleep(0)
        closing = loop.create_task(ending.executor.close())
        await asyncio.sleep(0)
    assert await performing is None
    ending.executor.let_go(plan.id)
    await closing
    left = await stage.read(plan)
    assert (statuses(left), left.steps[0].attempts, stage.calls) == (["pending"], 0, [])


async def test_a_user_who_is_gone_has_nothing_done(stage):
    stage.offer()
    process = await stage.process()
    plan = await stage.begun(process, ("note", {}))
    async with stage.database.transaction(stage.owner) as store:
        await store.sessions.delete(stage.session.id)
    assert await process.executor.claim(plan.id, process.node) is None
    with pytest.raises(NotFound):
        await stage.read(plan)
    assert stage.calls == []


async def test_arguments_that_refer_to_a_long_result_many_times_are_not_made(stage):
    stage.offer("echo")
    plan = await stage.run(("echo", {"text": "x" * 10_000}), ("echo", {"text": "{{0.text}}" * 20}, 0))
    assert statuses(plan) == ["done", "failed"]
    assert plan.steps[1].error == "its arguments would be longer than 64000 characters"


async def test_a_write_whose_result_cannot_be_kept_is_not_called_failed_for_it_has_happened(stage):
    stage.offer("flood", {"text": "x" * 100_000}, risk=Risk.WRITE)
    plan = await stage.run(("flood", {}), approval_secs=0.1)
    assert (statuses(plan), len(stage.calls)) == (["done"], 1)
    assert "cut short" in plan.steps[0].result


async def test_a_number_that_a_step_brought_is_a_text_where_the_next_tool_wants_one(stage):
    stage.offer("order", {"id": 5})
    stage.offer("mail", risk=Risk.WRITE)
    takes = {"type": "object", "properties": {"about": {"type": "string"}}}
    mail = stage.tools["mail"]
    stage.tools["mail"] = replace(mail, tool=replace(mail.tool, parameters=takes))
    plan = await stage.run(("order", {}), ("mail", {"about": "{{0.id}}"}, 0))
    assert statuses(plan) == ["done", "done"]
    assert plan.steps[1].result == {"about": "5"}
