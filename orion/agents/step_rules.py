"""What may become of a plan's step: with which arguments it runs, whether it needs a yes, how it is written.

Pure but for the clock; the executor acts on it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from orion.agents.arguments import refuse_arguments
from orion.agents.ledger import Run, answered
from orion.domain.plan import Plan, Step, StepStatus, fingerprint
from orion.domain.references import Dangling, Overlong, fitting, steps_of
from orion.domain.storable import storable
from orion.domain.tool import Risk, Tool
from orion.tools import RunnableTool


def with_put(plan: Plan, step: Step) -> Plan:
    """The plan with the step; what has begun is written even when the plan is over, nothing begins then.

    Nor is anything asked then: a step of which nobody knows whether it has happened says so, and ends.
    """
    was = plan.steps[step.index]
    begins = was.status is not StepStatus.RUNNING
    if was.over or (plan.status.over and begins):
        return plan
    if plan.status.over and step.status is StepStatus.PENDING:
        step = replace(step, status=StepStatus.SKIPPED)
    if plan.status.over and step.asks:
        step = replace(step, approval=was.approval, ended_at=datetime.now(UTC))
    return plan.with_step(step)


def expired(plan: Plan, index: int) -> Plan:
    """The plan with a no by nobody, where the step still asks."""
    return (
        answered(plan, index, approved=False, by=None)
        if plan.steps[index].asks and not plan.status.over
        else plan
    )


def prepared(run: Run, step: Step) -> tuple[Step, RunnableTool | None]:
    """The step with its arguments and its tool; without a tool it has failed."""
    runnable = run.tools.get(step.tool)
    if runnable is None:
        return failed(step, f"there is no tool {step.tool!r}"), None
    results = {one.index: one.result for one in run.plan.steps if one.status is StepStatus.DONE}
    try:
        arguments, refusal = fitting(
            step.arguments, results, partial(refuse_arguments, runnable.tool.parameters)
        )
    except (Dangling, Overlong) as error:
        return failed(step, storable(str(error))), None
    if refusal:
        return failed(step, storable(refusal)), None
    return replace(step, resolved=arguments), runnable


def begun(step: Step) -> Step:
    """The step with one more attempt, which runs."""
    started_at = step.started_at or datetime.now(UTC)
    return replace(step, status=StepStatus.RUNNING, attempts=step.attempts + 1, started_at=started_at)


def pending(step: Step) -> Step:
    """The step as one that may begin."""
    return replace(step, status=StepStatus.PENDING)


def failed(step: Step, error: str) -> Step:
    """The step, ended badly, with words that can be shown and said."""
    return replace(step, status=StepStatus.FAILED, error=error, ended_at=datetime.now(UTC))


def needs_yes(run: Run, tool: Tool, step: Step) -> bool:
    """Whether the user has to say yes: to what is dangerous, and to writes with what others wrote."""
    if tool.risk is Risk.DANGER or tool.confirm:
        return True
    return tool.risk is Risk.WRITE and bool(steps_of(step.arguments) & _by_others(run))


def _by_others(run: Run) -> set[int]:
    """The steps whose results others than the user wrote, and those that were given such a result."""
    found: set[int] = set()
    for step in run.plan.steps:
        runnable = run.tools.get(step.tool)
        if runnable is None or runnable.tool.untrusted or steps_of(step.arguments) & found:
            found.add(step.index)
    return found


def has_yes(step: Step) -> bool:
    """Whether the user said yes to exactly this."""
    asked = step.approval
    return (
        asked is not None
        and asked.approved is True
        and asked.fingerprint == fingerprint(step.tool, step.resolved or {})
    )
