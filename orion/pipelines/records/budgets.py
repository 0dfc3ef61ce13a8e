"""What a workspace may still spend this month, and a session at all."""

from __future__ import annotations

from uuid import UUID

from orion.domain.agent import Agent
from orion.domain.identity import Principal
from orion.domain.session import Session
from orion.domain.spending import Month
from orion.domain.usage import MICROS, known_micros
from orion.errors import BudgetExhausted
from orion.settings import Settings
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


def session_micros(settings: Settings, agent: Agent) -> int | None:
    """What a session with that agent may cost, in micro-dollars; None for no end."""
    dollars = settings.session_budget_usd if agent.budget_usd is None else agent.budget_usd
    return None if dollars is None else round(dollars * MICROS)


def refuse_spent(session: Session, most_micros: int | None) -> None:
    """Refuse a session that has cost what it may. Raises BudgetExhausted."""
    if most_micros is not None and known_micros(session.usage) >= most_micros:
        raise BudgetExhausted("the budget of this session is used up; create a new one")
