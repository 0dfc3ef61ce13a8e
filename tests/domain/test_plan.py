"""What follows from the steps of a plan."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.plan import Plan, PlanStatus, Step, StepStatus, in_order

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def plan(*afters, statuses=()):
    steps = [Step(at, "clock", after=tuple(after)) for at, after in enumerate(afters)]
    for at, status in enumerate(statuses):
        steps[at] = replace(steps[at], status=status)
    return Plan(uuid4(), uuid4(), "concierge", "a goal", PlanStatus.RUNNING, tuple(steps), NOW)


def end(made, index, status):
    return made.with_step(replace(made.steps[index], status=status))


def test_steps_without_needs_may_begin_at_once_and_the_others_after_theirs():
    made = plan([], [], [0, 1])
    assert made.ready() == (0, 1)
    made = end(made, 0, StepStatus.DONE)
    assert made.ready() == (1,)
    assert end(made, 1, StepStatus.DONE).ready() == (2,)


@pytest.mark.parametrize("status", [StepStatus.FAILED, StepStatus.REJECTED, StepStatus.UNKNOWN])
def test_what_needs_a_step_that_ended_badly_is_skipped_and_the_rest_goes_on(status):
    made = end(plan([], [0], [1], []), 0, status)
    assert [step.status for step in made.steps[1:3]] == [StepStatus.SKIPPED] * 2
    assert made.ready() == (3,)
    assert made.judged() is PlanStatus.RUNNING
    assert end(made, 3, StepStatus.DONE).judged() is PlanStatus.FAILED


def test_a_plan_waits_only_when_nothing_else_can_go_on():
    made = end(plan([], []), 0, StepStatus.WAITING_APPROVAL)
    assert made.judged() is PlanStatus.RUNNING
    assert end(made, 1, StepStatus.DONE).judged() is PlanStatus.WAITING_APPROVAL


def test_a_plan_is_done_when_all_its_steps_are():
    assert plan([], [0], statuses=[StepStatus.DONE] * 2).judged() is PlanStatus.DONE


def test_a_step_s_key_is_its_plan_and_its_place():
    made = plan([])
    assert made.key(0) == f"{made.id}:0"


@pytest.mark.parametrize("after", [(1,), (2,), (-1,)])
def test_a_step_cannot_need_itself_or_a_later_one(after):
    assert in_order([Step(0, "clock"), Step(1, "clock", after=after)])
    assert not in_order([Step(0, "clock"), Step(1, "clock", after=(0,))])


@given(st.data())
def test_every_plan_ends_whatever_becomes_of_its_steps(data):
    length = data.draw(st.integers(1, 8))
    afters = [data.draw(st.sets(st.integers(0, at - 1))) if at else set() for at in range(length)]
    made = plan(*afters)
    for _ in range(length):
        if not (ready := made.ready()):
            break
        ended = data.draw(st.sampled_from([StepStatus.DONE, StepStatus.FAILED, StepStatus.REJECTED]))
        made = end(made, data.draw(st.sampled_from(ready)), ended)
    assert made.judged().over
    assert all(step.over for step in made.steps)
    done = all(step.status is StepStatus.DONE for step in made.steps)
    assert made.judged() is (PlanStatus.DONE if done else PlanStatus.FAILED)
