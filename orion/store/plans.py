"""Plans and their steps. The steps are the ledger: what is written here happened, or may have.

Whoever runs a plan has claimed it, and writes under the fence of that claim: a process that was taken
for dead and wakes up again can change nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.node import Node
from orion.domain.plan import (
    MOST_STEPS,
    Approval,
    Claim,
    Plan,
    PlanStatus,
    Step,
    StepStatus,
    in_order,
)
from orion.domain.plan_budget import PlanBudget
from orion.domain.session import Event
from orion.errors import Conflict, Invalid, NotFound
from orion.store.columns import constant
from orion.store.events import Events
from orion.store.owners import owned
from orion.store.pages import after
from orion.store.plan_tables import nodes, plan_steps, plans

CHANNEL = "orion_plans"
"""Channel on which it is told that a plan has changed: `<plan id> <session id> <source> <ids of events>`."""
OUTSIDE = "outside"
"""The source of a change that was not made by whoever runs the plan."""

_BEGUN = plans.c.status.in_([constant(PlanStatus.RUNNING.value), constant(PlanStatus.WAITING_APPROVAL.value)])
_LIVE = select(nodes.c.id).where(nodes.c.id == plans.c.node_id, nodes.c.epoch == plans.c.node_epoch).exists()


class Plans:
    """Rows of `plans` and `plan_steps`. Owner and workspace are those of the session."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._events = Events(connection)

    async def add(self, plan: Plan) -> Plan:
        """A new plan with its steps, as it stands. One of a session that is gone is dropped.

        Raises:
            Invalid: It has too many steps, or a step needs one that does not come before it.
        """
        if len(plan.steps) > MOST_STEPS:
            raise Invalid(f"a plan has at most {MOST_STEPS} steps")
        if complaint := in_order(plan.steps):
            raise Invalid(complaint)
        values = {
            "id": plan.id,
            "agent": plan.agent,
            "goal": plan.goal,
            "status": plan.status.value,
            "error": plan.error,
            "budget": asdict(plan.budget),
            "tokens": plan.tokens,
            "created_at": plan.created_at,
        }
        await self._connection.execute(insert(plans).from_select(*owned(plans, plan.session_id, values)))
        for step in plan.steps:
            row = {"plan_id": plan.id, "index": step.index, **_planned(step), **_values(step)}
            statement = insert(plan_steps).from_select(*owned(plan_steps, plan.session_id, row))
            await self._connection.execute(statement)
        return plan

    async def get(self, plan_id: UUID, *, session_id: UUID | None = None, lock: bool = False) -> Plan:
        """One plan; with `lock` nobody else changes it before the end of the transaction.

        Raises:
            NotFound: There is none that the principal may see, or none of that session.
        """
        wanted = select(plans).where(plans.c.id == plan_id)
        if session_id is not None:
            wanted = wanted.where(plans.c.session_id == session_id)
        found = await self._read(wanted.with_for_update() if lock else wanted)
        if not found:
            raise NotFound("no such plan")
        return found[0]

    async def of_session(
        self, session_id: UUID, *, limit: int = 20, cursor: str | None = None
    ) -> tuple[list[Plan], str | None]:
        """A page of a session's plans, newest first, and the cursor of the next page (None on the last).

        Raises:
            Invalid: The cursor is none that was given out.
        """
        wanted = select(plans).where(plans.c.session_id == session_id).order_by(plans.c.id.desc())
        if cursor is not None:
            wanted = wanted.where(plans.c.id < after(cursor))
        found = await self._read(wanted.limit(limit + 1))
        return found[:limit], str(found[limit - 1].id) if len(found) > limit else None

    async def begin(self, plan_id: UUID, node: Node) -> Plan:
        """A draft is to be run now, by that node unless it dies.

        Raises:
            NotFound: There is no such plan.
            Conflict: It was begun before.
        """
        plan = await self.get(plan_id, lock=True)
        if plan.status is not PlanStatus.DRAFT:
            raise Conflict(f"the plan is {plan.status.value}; only a draft can be executed")
        begun = replace(plan, status=PlanStatus.RUNNING, started_at=datetime.now(UTC))
        values = {
            "status": begun.status.value,
            "started_at": begun.started_at,
            "node_id": node.id,
            "node_epoch": node.epoch,
        }
        await self._connection.execute(update(plans).where(plans.c.id == plan_id).values(values))
        return begun

    async def claim(self, plan_id: UUID, node: Node) -> Claim | None:
        """Take a begun plan for that node, unless it is over, or another live node has it."""
        alive = select(nodes.c.id).where(nodes.c.id == node.id, nodes.c.epoch == node.epoch).exists()
        taken = (
            update(plans)
            .where(plans.c.id == plan_id, _BEGUN, alive, (plans.c.node_id == node.id) | ~_LIVE)
            .values(node_id=node.id, node_epoch=node.epoch, fence=plans.c.fence + 1)
            .returning(plans)
        )
        row = (await self._connection.execute(taken)).first()
        if row is None:
            return None
        plan = (await self._with_steps([row]))[0]
        return Claim(plan, row.workspace_id, row.user_id, row.fence, row.revision)

    async def orphans(self, node: Node, running: Collection[UUID], most: int) -> list[tuple[UUID, int]]:
        """Begun plans that nobody runs, and their fences: of dead nodes, and the node's own.

        Args:
            running: What runs on the node, or will soon.
            most: So many of them, the oldest first.
        """
        mine = (plans.c.node_id == node.id) & (plans.c.node_epoch == node.epoch)
        alone = (~_LIVE | mine) & plans.c.id.not_in(running)
        wanted = select(plans.c.id, plans.c.fence).where(_BEGUN, alone).order_by(plans.c.id).limit(most)
        return [(row.id, row.fence) for row in await self._connection.execute(wanted)]

    async def any_begun(self) -> bool:
        """Whether any plan was begun and is not over."""
        return bool(
            (await self._connection.execute(select(select(plans.c.id).where(_BEGUN).exists()))).scalar()
        )

    async def hold(self, plan_id: UUID, fence: int) -> int | None:
        """Keep the claim to the end of the transaction; the plan's revision.

        None where somebody else has claimed the plan, or it is gone.
        """
        wanted = select(plans.c.revision).where(plans.c.id == plan_id, plans.c.fence == fence)
        return (await self._connection.execute(wanted.with_for_update())).scalar_one_or_none()

    async def save(self, before: Plan, plan: Plan, fence: int | None = None) -> None:
        """Write what has changed of a plan that this transaction holds or has locked.

        Args:
            fence: Of the claim under which it is run; None where somebody else changes it, whose
                change the process that runs it has to read: the revision tells it so.
        """
        for old, step in zip(before.steps, plan.steps, strict=True):
            if step != old:
                wanted = (plan_steps.c.plan_id == plan.id) & (plan_steps.c.index == step.index)
                under = {} if fence is None else {"fence": fence}
                statement = update(plan_steps).where(wanted).values(**_values(step), **under)
                await self._connection.execute(statement)
        changed: dict[str, Any] = {} if fence is not None else {"revision": plans.c.revision + 1}
        if (plan.status, plan.error) != (before.status, before.error):
            changed |= {"status": plan.status.value, "error": plan.error, "ended_at": plan.ended_at}
        if changed:
            await self._connection.execute(update(plans).where(plans.c.id == plan.id).values(**changed))

    async def tell(self, plan: Plan, happened: Iterable[Event], *, outside: bool = False) -> None:
        """Write what happened to a plan, and tell all processes at commit; in a transaction of the system.

        Args:
            outside: It is news for whoever runs the plan.
        """
        events = list(happened)
        await self._events.add(events)
        source = OUTSIDE if outside else "-"
        payload = " ".join(map(str, (plan.id, plan.session_id, source, *(event.id for event in events))))
        await self._connection.execute(select(func.pg_notify(CHANNEL, payload)))

    async def _read(self, wanted: Select[Any]) -> list[Plan]:
        return await self._with_steps((await self._connection.execute(wanted)).all())

    async def _with_steps(self, rows: Iterable[Row[Any]]) -> list[Plan]:
        listed = list(rows)
        steps: defaultdict[UUID, list[Step]] = defaultdict(list)
        if listed:
            wanted = select(plan_steps).where(plan_steps.c.plan_id.in_([row.id for row in listed]))
            for row in await self._connection.execute(wanted.order_by(plan_steps.c.index)):
                steps[row.plan_id].append(_step(row))
        return [_plan(row, steps[row.id]) for row in listed]


def _planned(step: Step) -> dict[str, Any]:
    return {
        "tool": step.tool,
        "arguments": step.arguments,
        "description": step.description,
        "after": list(step.after),
    }


def _values(step: Step) -> dict[str, Any]:
    asked = step.approval
    return {
        "status": step.status.value,
        "attempts": step.attempts,
        "resolved": step.resolved,
        "result": step.result,
        "error": step.error,
        "fingerprint": asked.fingerprint if asked else None,
        "expires_at": asked.expires_at if asked else None,
        "approved": asked.approved if asked else None,
        "decided_by": asked.decided_by if asked else None,
        "decided_at": asked.decided_at if asked else None,
        "started_at": step.started_at,
        "ended_at": step.ended_at,
    }


def _plan(row: Row[Any], steps: list[Step]) -> Plan:
    return Plan(
        id=row.id,
        session_id=row.session_id,
        agent=row.agent,
        goal=row.goal,
        status=PlanStatus(row.status),
        steps=tuple(steps),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        error=row.error,
        budget=PlanBudget(**row.budget),
        tokens=row.tokens,
    )


def _step(row: Row[Any]) -> Step:
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    asked = None
    if row.fingerprint is not None:
        asked = Approval(row.fingerprint, row.expires_at, row.approved, row.decided_by, row.decided_at)
    return Step(
        index=columns["index"],
        tool=row.tool,
        arguments=row.arguments,
        description=row.description,
        after=tuple(row.after),
        status=StepStatus(row.status),
        attempts=row.attempts,
        resolved=row.resolved,
        approval=asked,
        result=row.result,
        error=row.error,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
