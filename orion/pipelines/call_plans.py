"""The plans of a call: made over what the user says, begun by a yes, followed, asked for, told of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from loguru import logger

from orion.domain.agent import Agent
from orion.domain.approval import Approvals, Wanted, called, question
from orion.domain.assents import assent
from orion.domain.draft import Missing
from orion.domain.identity import Principal
from orion.domain.plan import Plan, PlanStatus, Step, StepStatus
from orion.domain.session import Session
from orion.domain.taint import Taint
from orion.errors import DatabaseUnavailable, NotFound, OrionError
from orion.pipelines import planning
from orion.pipelines.planning import PlanRunner

if TYPE_CHECKING:
    from orion.pipelines.catalogue import Offer
    from orion.pipelines.shared import Shared

_SOON_SECS = 2.0
"""A plan that is over so soon is told of at once."""
_RETRY_SECS = 1.0
_NONE = "There is no plan."
_BEGUN = "All right, I have begun. I will tell you when it is done."
_NOT_NOW = "I cannot make a plan now."
_TOO_LONG = "I have made a plan, but it is too long to be read out. You can read and begin it on the page."
_RECENT = 3


class CallPlans:
    """The plans of one conversation (`domain.tool.Planning`).

    Args:
        agent: Gives the agent that has the word.
        offer: Gives what the workspace has now.
        want: Lets the user be asked; False where that is not possible.
        approvals: What the user is asked; what was answered elsewhere is taken out.
        runner: Runs plans; None where nothing does.
    """

    def __init__(
        self,
        shared: Shared,
        session: Session,
        *,
        agent: Callable[[], Agent],
        offer: Callable[[], Offer],
        want: Callable[[Wanted], bool],
        approvals: Approvals,
        taint: Taint,
        runner: PlanRunner | None,
    ) -> None:
        self._shared = shared
        self._session = session
        self._owner = Principal(session.workspace_id, session.user_id)
        self._agent = agent
        self._offer = offer
        self._want = want
        self._approvals = approvals
        self._taint = taint
        self._runner = runner
        self._awaited: dict[UUID, asyncio.Future[Plan]] = {}
        self._noted: dict[tuple[UUID, int], StepStatus] = {}

    async def make(self, call_id: str, goal: str) -> dict[str, Any]:
        """Make a plan and have it read back: with the user's yes it begins."""
        if self._runner is None:
            return {"spoken": _NOT_NOW}
        plan = await planning.draft(self._shared, self._session, self._agent(), self._offer(), goal)
        if isinstance(plan, Missing):
            return {"status": "question", "spoken": plan.question}
        told = planning.read_back(plan, self._agent().language, self._approvals.may_have_happened)
        if not told:
            return {"status": plan.status.value, "spoken": _TOO_LONG}
        call_id = call_id.removeprefix(f"{self._session.id}:")
        wanted = Wanted(call_id, "make_plan", {"goal": goal}, told, plan.id, agent=plan.agent)
        if not self._want(wanted):
            return {"spoken": _NOT_NOW}
        listed = [step.description for step in plan.steps]
        return {"status": "waiting_approval", "steps": listed, "spoken": "I read the plan out."}

    async def status(self) -> dict[str, Any]:
        """How far the newest plan is."""
        plan = await self._newest()
        if plan is None:
            return {"spoken": _NONE}
        return {"status": plan.status.value, "spoken": planning.progress(plan)}

    async def cancel(self) -> dict[str, Any]:
        """Let nothing more of the newest plan begin."""
        plan = await self._newest()
        if plan is None or plan.status.over or self._runner is None:
            return {"spoken": _NONE if plan is None else planning.progress(plan)}
        plan = await self._runner.cancel(plan.id, self._session.id)
        return {"status": plan.status.value, "spoken": planning.progress(plan)}

    async def decide(self, wanted: Wanted, approved: bool) -> dict[str, Any]:
        """Do what the user's answer means: begin the plan, or let its step run, or not."""
        assert wanted.plan_id is not None
        if self._runner is None:
            return {"spoken": _NOT_NOW}
        words = assent((self._offer().asker(wanted) or self._agent()).language).words
        try:
            if wanted.step is not None:
                answer = partial(self._runner.answer, by=self._session.user_id, digest=wanted.asked)
                await answer(wanted.plan_id, self._session.id, wanted.step, approved=approved)
                return {"spoken": words["accepted" if approved else "rejected"]}
            if not approved:
                await self._runner.cancel(wanted.plan_id, self._session.id)
                return {"error": words["rejected"], "status": "rejected"}
            return await self._begin(wanted.plan_id)
        except OrionError as error:
            return {"error": error.detail, "status": "refused", "spoken": error.detail}

    async def _begin(self, plan_id: UUID) -> dict[str, Any]:
        assert self._runner is not None
        over = self._awaited[plan_id] = asyncio.get_running_loop().create_future()
        try:
            await self._runner.execute(plan_id, self._session.id)
            async with asyncio.timeout(_SOON_SECS):
                plan = await over
        except TimeoutError:
            return {"status": PlanStatus.RUNNING.value, "spoken": _BEGUN}
        finally:
            del self._awaited[plan_id]
        return {"status": plan.status.value, "spoken": self._outcome(plan)}

    async def follow(self, say: Callable[[str], Awaitable[None]], ask: Callable[[], Awaitable[None]]) -> None:
        """While the call lasts: ask for what waits for a yes, and tell what came of plans.

        What cannot be read because the database is away is looked at until it can; what is gone is left out.
        """
        with self._shared.feed.subscribe(self._session.id, only="plan.") as told:
            while (event := await told.get()) is not None:
                asks = event.name == "plan.step" and event.body["step"]["approval"] is not None
                begun = (
                    event.name == "plan.updated" and event.body["plan"]["status"] != PlanStatus.DRAFT.value
                )
                if not (asks or begun):
                    continue
                plan_id = UUID(event.body["plan_id"] if asks else event.body["plan"]["id"])
                ended = begun and event.body["plan"]["ended_at"] is not None
                with suppress(NotFound):
                    await self._tell(plan_id, say, ask, ended=ended)

    async def ask_again(self) -> None:
        """Let the user be asked for steps that wait since an earlier call."""
        try:
            async with self._shared.database.transaction(self._owner) as store:
                plans, _ = await store.plans.of_session(self._session.id, limit=_RECENT)
        except DatabaseUnavailable:
            return
        for plan in plans:
            self._wait(plan)

    async def _tell(
        self,
        plan_id: UUID,
        say: Callable[[str], Awaitable[None]],
        ask: Callable[[], Awaitable[None]],
        *,
        ended: bool,
    ) -> None:
        """Do what the news of a plan ask for, once they can be read. Raises NotFound."""
        while True:
            try:
                async with self._shared.database.transaction(self._owner) as store:
                    plan = await store.plans.get(plan_id, session_id=self._session.id)
            except DatabaseUnavailable:
                logger.warning("the plans of a call wait for the database")
                await asyncio.sleep(_RETRY_SECS)
            else:
                return await self._news(plan, say, ask, ended=ended)

    async def _news(
        self,
        plan: Plan,
        say: Callable[[str], Awaitable[None]],
        ask: Callable[[], Awaitable[None]],
        *,
        ended: bool,
    ) -> None:
        for step in plan.steps:
            self._note(plan, step)
        asks = {step.index: step.question for step in plan.steps if step.asks and not plan.status.over}
        self._approvals.follow(plan.id, asks, draft=plan.status is PlanStatus.DRAFT)
        if self._approvals.withdrawn:  # its question was answered elsewhere while it was read out
            await ask()
        waiting = self._awaited.get(plan.id)
        if not plan.status.over:
            self._wait(plan)
            await ask()
        elif waiting is not None and not waiting.done():
            waiting.set_result(plan)
        elif ended and plan.status is not PlanStatus.CANCELLED:
            await say(self._outcome(plan, later=True))

    def _note(self, plan: Plan, step: Step) -> None:
        """What a step's end says of equal calls, once: a later call of the conversation has the last word."""
        if self._noted.get((plan.id, step.index)) is step.status:
            return
        self._noted[plan.id, step.index] = step.status
        match step.status:
            case StepStatus.UNKNOWN:
                self._approvals.doubt(step.tool, step.resolved or step.arguments)
            case StepStatus.DONE:
                self._approvals.settled(step.tool, step.resolved or step.arguments)

    def _wait(self, plan: Plan) -> None:
        for step in plan.steps:
            if step.asks and not plan.status.over:
                self._want(_wanted(plan, step, self._agent()))

    def _outcome(self, plan: Plan, *, later: bool = False) -> str:
        """What came of a plan, which a model reads now, or with the user's next words."""
        tools = self._offer().tools
        if planning.untrusted(plan, tools):
            (self._taint.owe if later else self._taint.mark)()
        return planning.outcome(plan, tools)

    async def _newest(self) -> Plan | None:
        async with self._shared.database.transaction(self._owner) as store:
            plans, _ = await store.plans.of_session(self._session.id, limit=1)
        return plans[0] if plans else None


def _wanted(plan: Plan, step: Step, agent: Agent) -> Wanted:
    language = agent.language
    arguments = step.arguments if step.resolved is None else step.resolved
    told = question(step.tool, arguments, language)
    if told and step.status is StepStatus.UNKNOWN:
        unknown = assent(language).words["unknown"].format(call=called(step.tool, arguments, language))
        told = f"{unknown} {told}"
    key, asked = plan.key(step.index), step.question or ""
    return Wanted(key, step.tool, arguments, told, plan.id, step.index, asked, agent.name)
