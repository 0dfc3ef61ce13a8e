"""What a workspace may still spend this month."""

from __future__ import annotations

from uuid import UUID

from orion.domain.identity import Principal
from orion.domain.spending import Month
from orion.errors import BudgetExhausted
from orion.store.database import Database


async def month(database: Database, workspace_id: UUID) -> Month:
    """What it has spent of its budget.

    Raises:
        BudgetExhausted: All of it.
        DatabaseUnavailable: Nobody knows.
    """
    async with database.transaction(Principal.system("budget")) as store:
        found = (await store.spending.months([workspace_id]))[workspace_id]
    if found.used_up:
        raise BudgetExhausted("the workspace has spent its budget for this month; an admin can change it")
    return found
