"""The ledger of running plans: each change is kept, with what is told of it, before anything acts on it.

Every change is one transaction under the fence of the run's claim. When the database is away, the run
waits; when another process has claimed the plan meanwhile, the run is lost and changes nothing more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from loguru import logger

from orion.domain import wire
from orion.domain.identity import Principal, new_id
from orion.domain.node import Node
from orion.domain.plan import Claim, Plan, PlanStatus
from orion.domain.session import Event
from orion.errors import Conflict, DatabaseUnavailable
from orion.store.database import Database
from orion.store.store import Store
from orion.tools import RunnableTool

PLANS = Principal.system("plans")
_RETRY_SECS = (0.1, 0.2, 0.5, 1.0)

Change = Callable[[Plan], Plan]
Write = Callable[[Store], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Run:
    """A plan that this process runs.

    Attributes:
        plan: As it stands in the store.
        tools: What its agent has, by name.
        lost: Another process has the plan now: nothing more is written here.
        closing: This process ends: nothing more begins here.
        limits: The time limits of tools that may be cut off when the plan is cancelled.
    """

    claim: Claim
    plan: Plan
    tools: Mapping[str, RunnableTool] = field(default_factory=dict)
    revision: int = 0
    lost: bool = False
    closing: bool = False
    limits: set[asyncio.Timeout] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def owner(self) -> Principal:
        """The user in whose name its tools act."""
        return Principal(self.claim.workspace_id, self.claim.user_id)

    @property
    def over(self) -> bool:
        """Whether nothing of it begins here any more."""
        return self.lost or self.closing or self.plan.status.over

    def wake(self) -> None:
        """Let everything that waits look again, and cut off what need not end."""
        self.changed.set()
        self.changed = asyncio.Event()
        if self.lost or self.plan.status.over:
            now = asyncio.get_running_loop().time()
            for limit in self.limits:
                limit.reschedule(now)


class Ledger:
    """Reads and writes plans on behalf of those who run them, and of those who answer."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def claim(self, plan_id: UUID, node: Node) -> Run | None:
        """Take a begun plan, unless it is over or another live node has it. Raises DatabaseUnavailable."""
        async with self.database.transaction(PLANS) as store:
            claim = await store.plans.claim(plan_id, node)
        return None if claim is None else Run(claim, claim.plan, revision=claim.revision)

    async def change(self, run: Run, change: Change, own: Write | None = None) -> bool:
        """Keep a change of a run's plan, however long the database is away; False if the run is lost.

        Args:
            change: Gives the plan as it shall be; asked again where the plan has changed meanwhile.
            own: Written in the same transaction, in the name of the plan's user.
        """
        attempt = 0
        ids: list[UUID] = []
        async with run.lock:
            while not run.lost:
                try:
                    await self._write(run, change, own, ids)
                    break
                except DatabaseUnavailable:
                    await asyncio.sleep(_RETRY_SECS[min(attempt, len(_RETRY_SECS) - 1)])
                    attempt += 1
        run.wake()
        return not run.lost

    async def refresh(self, run: Run) -> None:
        """See what others have changed."""
        await self.change(run, lambda plan: plan)

    async def amend(self, plan_id: UUID, session_id: UUID, change: Change) -> Plan:
        """Change a plan of a session from outside: whoever runs it hears of that.

        Raises:
            NotFound: There is no such plan.
            Conflict: By `change`, where the plan does not allow this.
        """
        async with self.database.transaction(PLANS) as store:
            before = await store.plans.get(plan_id, session_id=session_id, lock=True)
            plan = change(before).settled(datetime.now(UTC)) if before.started_at else change(before)
            await store.plans.save(before, plan)
            await store.plans.tell(plan, happened(before, plan, []), outside=True)
        return plan

    async def begin(self, plan_id: UUID, session_id: UUID, node: Node) -> Plan:
        """Let a draft of a session run on that node.

        Raises:
            NotFound: There is no such plan.
            Conflict: It is no draft any more.
        """
        async with self.database.transaction(PLANS) as store:
            before = await store.plans.get(plan_id, session_id=session_id, lock=True)
            plan = await store.plans.begin(plan_id, node)
            await store.plans.tell(plan, happened(before, plan, []))
        return plan

    async def _write(self, run: Run, change: Change, own: Write | None, ids: list[UUID]) -> None:
        """One transaction. An earlier one may have been committed whose answer was lost."""
        async with self.database.transaction(run.owner if own else PLANS) as store:
            revision = await store.plans.hold(run.claim.plan.id, run.claim.fence)
            if revision is None:
                logger.info("a plan is run by another process now")
                run.lost = True
                return
            fresh = own is not None or revision != run.revision
            before = await store.plans.get(run.claim.plan.id) if fresh else run.plan
            plan = change(before).settled(datetime.now(UTC))
            events = happened(before, plan, ids)
            if plan != before:
                if own is not None:
                    await own(store)
                await store.plans.save(before, plan, run.claim.fence)
                if own is None:
                    await store.plans.tell(plan, events)
        run.plan, run.revision = plan, revision
        if own is not None and events:
            async with self.database.transaction(PLANS) as store:
                await store.plans.tell(plan, events)


def drafted(plan: Plan) -> Event:
    """What is told of a plan that is new."""
    body = {"plan": wire.plan(plan)}
    return Event(new_id(), plan.session_id, "plan.updated", body, plan.created_at)


def happened(before: Plan, plan: Plan, ids: list[UUID]) -> list[Event]:
    """What is told of a change: each step that changed, and the plan where its status did.

    Args:
        ids: Those of the events, where the same change was tried before; filled up.
    """
    changed = [step for old, step in zip(before.steps, plan.steps, strict=True) if step != old]
    told = [("plan.step", {"plan_id": str(plan.id), "step": wire.step(step)}) for step in changed]
    if plan.status is not before.status:
        told.append(("plan.updated", {"plan": wire.plan(plan)}))
    ids += [new_id() for _ in range(len(told) - len(ids))]
    now = datetime.now(UTC)
    return [
        Event(event_id, plan.session_id, name, body, now)
        for event_id, (name, body) in zip(ids, told, strict=False)
    ]


def cancelled(plan: Plan) -> Plan:
    """The plan cancelled. Raises Conflict where it is over."""
    if plan.status.over:
        raise Conflict(f"the plan is {plan.status.value} already")
    return plan.stopped(PlanStatus.CANCELLED, None, datetime.now(UTC))


def answered(plan: Plan, index: int, *, approved: bool, by: UUID | None, digest: str | None = None) -> Plan:
    """The plan with the answer about a step.

    Args:
        by: The user; None for nobody, whose answer is about whatever is asked.
        digest: Of the question that is answered, `Step.question`; a user may leave it out only where the
            step was never begun, for then no earlier question can be meant.

    Raises:
        Conflict: Nothing is asked, or not any more, or something else.
    """
    now = datetime.now(UTC)
    step = plan.steps[index]
    if plan.status.over or not step.asks:
        raise Conflict(f"the step is {step.status.value}; nothing is asked about it")
    assert step.approval is not None
    if by is not None and now >= step.approval.expires_at:
        raise Conflict("the question has expired")
    if by is not None and digest is None and step.attempts:
        raise Conflict("the step was begun before: name the question by the digest of its approval")
    if digest is not None and digest != step.question:
        raise Conflict("another question is asked about the step by now")
    return plan.decided(index, approved=approved, by=by, now=now)
