"""Runs the steps of plans: each tool call is kept in the ledger before it is made and after it has ended.

A step that was found running, but not by this run, has a tool of which nobody knows whether it did its
work. A tool that reads, or takes the step's idempotency key, is called again; about any other the user
is asked. What runs a plan from step to step, and brings it back after a crash, is `durable.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from loguru import logger

from orion.agents.apart import apart
from orion.agents.ledger import Ledger, Run
from orion.agents.recollection import Recollection
from orion.agents.results import result_of
from orion.agents.step_context import StepContext, StepTimers
from orion.agents.step_rules import begun, expired, failed, has_yes, needs_yes, pending, prepared, with_put
from orion.domain.identity import Principal
from orion.domain.node import Node
from orion.domain.plan import Approval, Plan, PlanStatus, Step, StepStatus, fingerprint
from orion.domain.storable import cut_short
from orion.domain.tool import MAY_HAVE_HAPPENED, Risk, Tool, ToolFailure
from orion.errors import DatabaseUnavailable, OrionError
from orion.log import where
from orion.store.store import Store
from orion.tools import RunnableTool

ToolsOf = Callable[[Principal, str], Awaitable[Mapping[str, RunnableTool]]]
Announce = Callable[[UUID, float, str], Awaitable[None]]

_NOBODY_KNOWS = "it was interrupted, and nobody knows whether it has happened"
_MOST_ERROR_CHARS = 1000
_RETRY_SECS = 0.2
_CUT_OFF_SECS = 5.0
"""How long tools may still take whose process ends."""
_MOST_CLAIMS = 100
"""A plan that was taken over so often brings its processes down."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the steps of a plan may take.

    Attributes:
        approval_secs: How long a question waits for its answer.
        attempts: How often a step may be begun.
        retry_secs: How long after a failed attempt the next one follows.
    """

    approval_secs: float = 600.0
    attempts: int = 5
    retry_secs: tuple[float, ...] = (0.5, 2.0)


_BUDGET = Budget()


class Executor:
    """The plans that this process runs.

    Args:
        tools_of: The tools that the agent of that name has in the workspace of that user.
        announce: Has a text said in a session after some seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        recollection: Recollection,
        tools_of: ToolsOf,
        announce: Announce,
        budget: Budget = Budget(),
    ) -> None:
        self._ledger = ledger
        self._recollection = recollection
        self._tools_of = tools_of
        self._announce = announce
        self._budget = budget
        self._runs: dict[UUID, Run] = {}
        self._claiming: set[UUID] = set()
        self._gone = asyncio.Event()
        self._closing = False

    @property
    def running(self) -> set[UUID]:
        """The plans that are run here."""
        return {*self._runs, *self._claiming}

    async def claim(self, plan_id: UUID, node: Node) -> Plan | None:
        """Take a plan; None where it is over, runs already on a live node, or this one ends."""
        if self._closing or plan_id in self.running:
            return None
        self._claiming.add(plan_id)
        try:
            while True:
                try:
                    return await self._claimed(plan_id, node)
                except DatabaseUnavailable:
                    await asyncio.sleep(_RETRY_SECS)
        finally:
            self._claiming.discard(plan_id)

    async def _claimed(self, plan_id: UUID, node: Node) -> Plan | None:
        run = await self._ledger.claim(plan_id, node)
        if run is None:
            return None
        await self._take_up(run)
        run.closing = self._closing
        self._runs[plan_id] = run
        return run.plan

    def let_go(self, plan_id: UUID) -> None:
        """The run is over, or not ours any more."""
        self._runs.pop(plan_id, None)
        self._gone.set()

    def left(self, plan_id: UUID) -> bool:
        """Whether nothing more of the plan begins here."""
        run = self._runs.get(plan_id)
        return run is None or run.over

    async def refresh(self, plan_id: UUID) -> None:
        """Somebody changed the plan: see what, if it is run here."""
        if run := self._runs.get(plan_id):
            await self._ledger.refresh(run)

    async def close(self) -> None:
        """Claim and begin nothing more, and let tools that run end, for a while; others will go on."""
        self._closing = True
        for run in self._runs.values():
            run.closing = True
            run.wake()
        try:
            async with asyncio.timeout(_CUT_OFF_SECS):
                while self._runs:
                    self._gone.clear()
                    await self._gone.wait()
        except TimeoutError:
            logger.warning("the process ends in the middle of {} plans", len(self._runs))
        for run in self._runs.values():
            run.lost = True

    async def perform(self, plan_id: UUID, index: int) -> tuple[int, StepStatus] | None:
        """Bring a step to its end: its index and how it ended. None: nothing more is run here."""
        run = self._runs.get(plan_id)
        while run is not None and not run.over:
            step = run.plan.steps[index]
            if step.over:
                return index, step.status
            if step.asks:
                await self._wait(run, step)
            elif step.status is StepStatus.PENDING:
                await self._advance(run, step)
            else:
                return None
        return None

    async def _take_up(self, run: Run) -> None:
        """Settle what the process left behind that ran the plan before."""
        try:
            run.tools = await self._tools_of(run.owner, run.plan.agent)
        except DatabaseUnavailable:
            raise
        except OrionError as error:
            await self._stop(run, error.detail)
            return
        if run.claim.fence > _MOST_CLAIMS:
            await self._stop(run, "it was begun too often")
            return
        await self._ledger.change(run, lambda plan: self._taken_up(run, plan))

    def _taken_up(self, run: Run, plan: Plan) -> Plan:
        for step in plan.steps:
            if step.status is StepStatus.RUNNING:
                plan = plan.with_step(self._interrupted(run.tools.get(step.tool), step))
        return plan

    def _interrupted(self, runnable: RunnableTool | None, step: Step) -> Step:
        """A step of which nobody knows whether its tool did its work."""
        if runnable is None or not runnable.tool.repeatable:
            return self._asking(step, StepStatus.UNKNOWN, _NOBODY_KNOWS)
        if step.attempts >= self._budget.attempts:
            return failed(step, f"it was begun {step.attempts} times")
        return replace(step, status=StepStatus.PENDING)

    async def _advance(self, run: Run, step: Step) -> None:
        """Run a pending step, or ask about it, or find out that it cannot run."""
        if self._rest_secs(run) <= 0:
            await self._out_of_time(run)
            return
        if not await self._still_may(run, step):
            return
        step, runnable = await apart(prepared, run, step)
        if runnable is None:
            await self._put(run, step)
        elif needs_yes(run, runnable.tool, step) and not has_yes(step):
            await self._put(run, self._asking(step, StepStatus.WAITING_APPROVAL, None))
        else:
            await self._attempt(run, runnable, step)

    def _asking(self, step: Step, status: StepStatus, error: str | None) -> Step:
        expires_at = datetime.now(UTC) + timedelta(seconds=self._budget.approval_secs)
        asked = Approval(fingerprint(step.tool, step.resolved or step.arguments), expires_at)
        return replace(step, status=status, approval=asked, error=error)

    async def _wait(self, run: Run, step: Step) -> None:
        """Wait until somebody answers, or nobody may any more."""
        changed = run.changed
        assert step.approval is not None
        left = (step.approval.expires_at - datetime.now(UTC)).total_seconds()
        try:
            async with asyncio.timeout(max(min(left, self._rest_secs(run)), 0)):
                await changed.wait()
        except TimeoutError:
            if self._rest_secs(run) <= 0:
                await self._out_of_time(run)
                return
            await self._ledger.change(run, lambda plan: expired(plan, step.index))

    async def _attempt(self, run: Run, runnable: RunnableTool, step: Step) -> None:
        """Call the tool, and again where that may help."""
        for retry_secs in (*self._budget.retry_secs, None):
            before, step = step, begun(step)
            if not await self._put(run, step):
                return
            if run.over:
                await self._put(run, pending(before))  # it was not called
                return
            context = self._context(run, step)
            ended, again = await self._call(run, runnable, step, context)
            if not again or retry_secs is None:
                break
            fresh = await self._for_another(run, runnable, step, retry_secs)
            if fresh is None:
                ended = ended if run.plan.status.over else pending(step)
                break
            runnable = fresh
        if run.lost:
            return
        own = await context.write() if ended.status is StepStatus.DONE else None
        if await self._put(run, ended, own) and ended.status is StepStatus.DONE:
            for secs, text in context.announcements:
                await self._announce(run.plan.session_id, secs, text)

    async def _for_another(
        self, run: Run, runnable: RunnableTool, step: Step, secs: float
    ) -> RunnableTool | None:
        """The tool for another attempt, so many seconds later; None where it has to be begun anew, or not."""
        if not run.over:
            await asyncio.sleep(secs)
        if self.left(run.plan.id) or not await self._still_may(run, step):
            return None
        fresh = run.tools.get(step.tool)
        return fresh if fresh is not None and fresh.tool == runnable.tool else None

    async def _still_may(self, run: Run, step: Step) -> bool:
        """Look anew at rights and tools, unless the tool reads; False where nothing may begin."""
        known = run.tools.get(step.tool)
        if known is not None and not known.tool.changes:
            return not run.over
        while not run.over:
            try:
                run.tools = await self._tools_of(run.owner, run.plan.agent)
            except DatabaseUnavailable:
                await asyncio.sleep(_RETRY_SECS)
            except OrionError as error:
                await self._stop(run, error.detail)
            else:
                return not run.over
        return False

    async def _call(
        self, run: Run, runnable: RunnableTool, step: Step, context: StepContext
    ) -> tuple[Step, bool]:
        """How the step ended, and whether another attempt may help."""
        tool = runnable.tool
        limit = asyncio.timeout(min(tool.timeout_secs, max(self._rest_secs(run), 0)))
        try:
            async with limit:
                if not tool.changes:
                    run.limits.add(limit)
                result = result_of(tool, await runnable.run(step.resolved or {}, context))
        except TimeoutError:
            if limit in run.limits and (run.lost or run.plan.status.over):
                return replace(step, status=StepStatus.SKIPPED, ended_at=datetime.now(UTC)), False
            told = f"no answer within {tool.timeout_secs:g} seconds"
            told += ", and nobody knows what came of it" if tool.changes else ""
            return self._failed(tool, step, told, again=True)
        except Exception as error:  # noqa: BLE001 - what a tool raises ends its step alone
            return self._gone_wrong(tool, step, error)
        finally:
            run.limits.discard(limit)
        return (
            replace(step, status=StepStatus.DONE, result=result, error=None, ended_at=datetime.now(UTC)),
            False,
        )

    def _gone_wrong(self, tool: Tool, step: Step, error: Exception) -> tuple[Step, bool]:
        """How a step ended whose tool raised, and whether another attempt may help."""
        if isinstance(error, ToolFailure):
            told = cut_short(error.message, _MOST_ERROR_CHARS)
            return self._failed(tool, step, told, again=error.retryable, unclear=error.unclear)
        # What a tool raises may hold arguments; the log names its type and where it came from.
        logger.warning("tool {} failed: {}\n{}", tool.name, type(error).__name__, where(error))
        return self._failed(tool, step, f"{tool.name} failed", again=tool.risk is Risk.READ)

    def _failed(
        self, tool: Tool, step: Step, told: str, *, again: bool, unclear: bool = True
    ) -> tuple[Step, bool]:
        """How a step ended, and whether it is begun again; of what may have happened the user is asked.

        Args:
            again: Another attempt may help.
            unclear: The tool may have done its work.
        """
        if unclear and tool.changes:
            told = f"{told.rstrip('.')}. {MAY_HAVE_HAPPENED}"
        if unclear and not tool.repeatable:
            return self._asking(step, StepStatus.UNKNOWN, told), False
        return failed(step, told), again

    def _context(self, run: Run, step: Step) -> StepContext:
        plan = run.plan
        timers = StepTimers(self._ledger.database, run.owner, plan.session_id, plan.agent)
        return StepContext(self._recollection, run.owner, plan.session_id, plan.key(step.index), timers)

    async def _put(self, run: Run, step: Step, own: Callable[[Store], Awaitable[None]] | None = None) -> bool:
        return await self._ledger.change(run, lambda plan: with_put(plan, step), own)

    async def _stop(self, run: Run, error: str) -> None:
        now = datetime.now(UTC)
        await self._ledger.change(run, lambda plan: plan.stopped(PlanStatus.FAILED, error, now))

    async def _out_of_time(self, run: Run) -> None:
        await self._stop(run, f"it took longer than {run.plan.budget.secs:g} seconds")

    def _rest_secs(self, run: Run) -> float:
        begun = run.plan.started_at or run.plan.created_at
        return run.plan.budget.secs - (datetime.now(UTC) - begun).total_seconds()
