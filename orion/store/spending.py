"""What workspaces spent, by day, and their budgets: no person in it, so that it outlives its sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.spending import Month, Spent
from orion.domain.usage import AMOUNTS
from orion.store.tables import spending, workspaces

Grouping = Literal["day", "agent", "provider"]


class Spending:
    """Rows of `spending`: an admin sees those of its workspace. `usages.add` writes them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def report(self, first: date, last: date, by: Grouping) -> list[Spent]:
        """What was spent from one day to another, both included, by group in ascending order."""
        group = cast(spending.c[by], Text).label("group")
        amounts = [func.sum(spending.c[name]).label(name) for name in AMOUNTS]
        known = func.sum(spending.c.cost_micros).label("cost_micros")
        whole = func.bool_and(spending.c.complete).label("complete")
        wanted = select(group, *amounts, known, whole).where(spending.c.day.between(first, last))
        rows = await self._connection.execute(wanted.group_by(group).order_by(group))
        return [
            Spent(
                row["group"],
                {name: float(row[name]) if name.endswith("_secs") else int(row[name]) for name in AMOUNTS},
                int(row["cost_micros"]),
                row["complete"],
            )
            for row in rows.mappings()
        ]

    async def months(self, workspace_ids: Iterable[UUID], now: datetime | None = None) -> dict[UUID, Month]:
        """The budget of each workspace, and what it spent in the month that `now` (by default: now) is in."""
        begins = (now or datetime.now(UTC)).astimezone(UTC).date().replace(day=1)
        spent = func.coalesce(func.sum(spending.c.cost_micros), 0).label("spent")
        this_month = and_(spending.c.workspace_id == workspaces.c.id, spending.c.day >= begins)
        wanted = (
            select(workspaces.c.id, workspaces.c.budget_micros, spent)
            .select_from(workspaces.outerjoin(spending, this_month))
            .where(workspaces.c.id.in_(list(workspace_ids)))
            .group_by(workspaces.c.id)
        )
        rows = await self._connection.execute(wanted)
        return {row.id: Month(begins, row.budget_micros, int(row.spent)) for row in rows}

    async def has_budget(self, workspace_id: UUID) -> bool:
        """Whether a workspace has a budget, which each of its members may know."""
        known = select(workspaces.c.id).where(
            workspaces.c.id == workspace_id, workspaces.c.budget_micros.is_not(None)
        )
        return (await self._connection.execute(known)).first() is not None

    async def set_budget(self, workspace_id: UUID, budget_micros: int | None) -> None:
        """Give a workspace a budget for each month, or none."""
        changed = update(workspaces).where(workspaces.c.id == workspace_id)
        await self._connection.execute(changed.values(budget_micros=budget_micros))
