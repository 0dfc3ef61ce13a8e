"""Plans of a conversation: drafted for its agent, and told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from orion.agents import planner, recollection
from orion.agents.ledger import PLANS, drafted
from orion.domain.agent import Agent
from orion.domain.approval import called
from orion.domain.assents import assent
from orion.domain.draft import Missing
from orion.domain.identity import Principal, new_id
from orion.domain.plan import MOST_STEPS, Plan, PlanStatus, Step, StepStatus
from orion.domain.plan_budget import PlanBudget
from orion.domain.session import Session
from orion.domain.tool import Tool
from orion.domain.turn import Speaker, Turn
from orion.domain.usage import Usage
from orion.pipelines.records import budgets
from orion.providers.offline import speech
from orion.tools import RunnableTool

if TYPE_CHECKING:
    from orion.pipelines.catalogue import Offer
    from orion.pipelines.shared import Shared
    from orion.settings import Settings

AWAY = "While you were away:"
_MOST_SPOKEN = 600
_MOST_READ = 900
"""A minute of speech: nobody keeps more in mind."""


class PlanRunner(Protocol):
    """What runs plans, wherever that is (`orion/nodes/plans.py`)."""

    async def execute(self, plan_id: UUID, session_id: UUID) -> Plan:
        """Run a draft. Raises NotFound, and Conflict where it is none any more."""

    async def cancel(self, plan_id: UUID, session_id: UUID) -> Plan:
        """Let nothing more of it begin. Raises NotFound, and Conflict where it is over."""

    async def answer(
        self,
        plan_id: UUID,
        session_id: UUID,
        index: int,
        *,
        approved: bool,
        by: UUID,
        digest: str | None = None,
    ) -> Plan:
        """Say yes or no to the question of that digest. Raises NotFound, and Conflict if it is not asked."""


def budget_of(settings: Settings, agent: Agent) -> PlanBudget:
    """What a plan of that agent may take at most."""
    server = PlanBudget(min(settings.plan_steps, MOST_STEPS), settings.plan_secs, settings.plan_tokens)
    return server.within(agent.plans)


async def draft(
    shared: Shared,
    session: Session,
    agent: Agent,
    offer: Offer,
    goal: str,
    *,
    budget: PlanBudget | None = None,
) -> Plan | Missing:
    """A plan that is kept but does not run yet, or the question that has to be answered first.

    What models consume over it is on the session's bill.

    Args:
        budget: What it may take; None for all that the agent's plans may.

    Raises:
        BudgetExhausted: The workspace has spent its budget for this month, or the session its own.
    """
    budgets.refuse_spent(session, budgets.session_micros(shared.settings, agent))
    await budgets.month(shared.database, session.workspace_id)
    budget = budget or budget_of(shared.settings, agent)
    owner = Principal(session.workspace_id, session.user_id)
    known = recollection.note(await shared.recollection.relevant(owner, goal))
    own = [one.tool for name, one in offer.tools.items() if agent.tools is None or name in agent.tools]
    used: list[Usage] = []
    try:
        steps = await planner.plan(
            offer.settings, agent, own, goal, known, budget=budget, used=used, breakers=offer.breakers
        )
    finally:
        _bill(shared, session, agent, offer.prices.priced(used))
    if isinstance(steps, Missing):
        return steps
    now = datetime.now(UTC)
    plan = Plan(
        new_id(),
        session.id,
        agent.name,
        goal,
        PlanStatus.DRAFT,
        steps,
        now,
        budget=budget,
        tokens=planner.tokens(used),
    )
    async with shared.database.transaction(owner) as store:
        await store.plans.add(plan)
    async with shared.database.transaction(PLANS) as store:
        await store.plans.tell(plan, [drafted(plan)])
    return plan


def _bill(shared: Shared, session: Session, agent: Agent, used: tuple[Usage, ...]) -> None:
    if used:
        shared.meter.used(used)
        now = datetime.now(UTC)
        shared.writer.put(lambda store: store.usages.add(session.id, used, agent=agent.name, at=now))


def read_back(
    plan: Plan,
    language: str = "en",
    is_unclear: Callable[[str, Mapping[str, Any]], bool] = lambda _tool, _arguments: False,
) -> str:
    """The question whether the plan shall run, with each call that it makes; empty where it is too long.

    Args:
        is_unclear: Whether such a call was made before, and nobody knows whether it has happened.
    """
    words = assent(language)
    calls = [called(step.tool, step.arguments, language, planned=True) for step in plan.steps]
    doubts = [
        words.words["unknown"].format(call=call)
        for step, call in zip(plan.steps, calls, strict=True)
        if is_unclear(step.tool, step.arguments)
    ]
    listed = "; ".join(f"{number}, {told}" for number, told in enumerate(calls, 1))
    told = words.words["plan"].format(count=words.count(len(calls)), steps=listed)
    told = " ".join([*doubts, told])
    return told if len(told) <= _MOST_READ else ""


def progress(plan: Plan) -> str:
    """How far the plan is, in a sentence or two."""
    if plan.status is PlanStatus.DRAFT:
        return "The plan has not begun yet."
    if plan.status.over:
        return {PlanStatus.DONE: "The plan is done.", PlanStatus.CANCELLED: "The plan was cancelled."}.get(
            plan.status, "The plan did not end well."
        )
    done = sum(step.status is StepStatus.DONE for step in plan.steps)
    asked = next((step for step in plan.steps if step.asks), None)
    running = next((step for step in plan.steps if step.status is StepStatus.RUNNING), None)
    told = f"{done} of {len(plan.steps)} steps are done."
    if asked is not None:
        return f"{told} Step {asked.index + 1}, {asked.description}, waits for your yes."
    return f"{told} I am at step {running.index + 1}, {running.description}." if running else told


def outcome(plan: Plan, tools: Mapping[str, RunnableTool]) -> str:
    """What came of a plan that is over: its results in their tools' words, or what went wrong."""
    told = [_said(step, tools) for step in plan.steps if step.status is StepStatus.DONE]
    wrong = next((step for step in plan.steps if step.wrong and step.status is not StepStatus.SKIPPED), None)
    if plan.status is PlanStatus.DONE:
        return _short(" ".join(["I am done.", *told]))
    if plan.status is PlanStatus.CANCELLED:
        return "The plan was cancelled."
    failed = f"Step {wrong.index + 1} did not work: {wrong.error}." if wrong and wrong.error else plan.error
    return _short(" ".join(["The plan did not end well.", failed or "", *told]))


def news(plans: Sequence[Plan], turns: Sequence[Turn], tools: Mapping[str, RunnableTool]) -> str:
    """What came of plans that ended after the last turn, for nobody was there; empty for nothing.

    A last turn that was cut off, as by a hang-up, has not told of them.
    """
    told = turns[:-1] if turns and turns[-1].speaker is Speaker.AGENT and turns[-1].interrupted else turns
    last = max((turn.ended_at for turn in told), default=None)
    ended = [
        outcome(plan, tools)
        for plan in plans
        if plan.ended_at is not None
        and plan.status is not PlanStatus.CANCELLED
        and (last is None or plan.ended_at > last)
    ]
    return " ".join([AWAY, *ended]) if ended else ""


def untrusted(plan: Plan, tools: Mapping[str, RunnableTool]) -> bool:
    """Whether others than the user wrote some of its results."""
    return any(step.tool not in tools or tools[step.tool].tool.untrusted for step in plan.steps)


def _said(step: Step, tools: Mapping[str, RunnableTool]) -> str:
    runnable = tools.get(step.tool)
    tool = runnable.tool if runnable else Tool(step.tool, "", {})
    result: Any = step.result if isinstance(step.result, dict) else {"result": step.result}
    return speech.answer(tool, result)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SPOKEN else f"{text[:_MOST_SPOKEN].rsplit(' ', 1)[0]} and more."
