"""What conversations consumed and cost, and the workspace's budget for each month, as its admins see them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, Field

from orion.api.access import AdminDep, PartsDep, StoreDep
from orion.api.fields import JSON_NUMBER, example
from orion.api.idempotency import KeyedRoute
from orion.domain.usage import CURRENCY, MICROS
from orion.domain.wire import dollars

router = APIRouter(prefix="/api/v1", tags=["usage"], route_class=KeyedRoute)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_AMOUNTS = {
    "input_tokens": 1520,
    "cached_tokens": 1024,
    "cache_write_tokens": 0,
    "output_tokens": 48,
    "reasoning_tokens": 0,
    "characters": 0,
    "audio_secs": 0.0,
}
_ENGINE = {
    "kind": "llm",
    "provider": "openai",
    "model": "gpt-4.1",
    "cost_usd": 0.001888,
    **_AMOUNTS,
    "estimated": False,
}
EXAMPLE_USAGE = {"cost_usd": 0.001888, "currency": CURRENCY, "engines": [_ENGINE]}
_SPENT = {"group": "2026-01-31", "cost_usd": 0.001888, "complete": True, **_AMOUNTS}


def _iso(value: Any) -> Any:
    """Pydantic would take seconds since 1970, too."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.match(value)):
        raise ValueError("a day is written like 2026-01-31")
    return value


Day = Annotated[date, BeforeValidator(_iso)]


class Amounts(BaseModel):
    """What was consumed, in the units that vendors bill.

    `input_tokens` has `cached_tokens` and `cache_write_tokens` in it, `output_tokens` has `reasoning_tokens`.
    """

    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    characters: int
    audio_secs: float


class EngineUsage(Amounts):
    """What one engine consumed. `cost_usd` is null where its price is not known.

    `estimated`: the vendor did not tell the tokens of an answer that was cut off.
    """

    kind: Literal["stt", "llm", "tts"]
    provider: str
    model: str
    cost_usd: float | None
    estimated: bool


class UsageBody(BaseModel):
    """What was consumed, by engine; `cost_usd` is null as soon as that of one engine is not known."""

    model_config = example(EXAMPLE_USAGE)

    cost_usd: float | None
    currency: Literal["USD"]
    engines: list[EngineUsage]


class SpentBody(Amounts):
    """What was spent in one group; `complete` is false where a part of it has no known cost."""

    group: str
    cost_usd: float
    complete: bool


class Report(BaseModel):
    """What the workspace spent; it outlives the sessions that are deleted."""

    model_config = example({"currency": CURRENCY, "items": [_SPENT]})

    currency: Literal["USD"]
    items: list[SpentBody]


class BudgetChange(BaseModel):
    """What the workspace may spend in each calendar month (UTC); null for no limit."""

    model_config = example({"monthly_usd": 50}, "forbid")

    monthly_usd: Annotated[float, Field(gt=0, le=1_000_000_000), JSON_NUMBER] | None


class BudgetBody(BaseModel):
    """The budget of the workspace, and what it spent in the month that began on `month`."""

    model_config = example(
        {"monthly_usd": 50.0, "spent_usd": 12.5, "month": "2026-01-01", "currency": CURRENCY}
    )

    monthly_usd: float | None
    spent_usd: float
    month: date
    currency: Literal["USD"]


@router.get("/usage", response_model=Report)
async def report(
    _: AdminDep,
    store: StoreDep,
    first: Annotated[Day | None, Query(alias="from", description="By default the month's first day")] = None,
    last: Annotated[Day | None, Query(alias="to", description="By default today")] = None,
    group_by: Annotated[Literal["day", "agent", "provider"], Query()] = "day",
) -> Any:
    """What the workspace spent, by day (UTC), agent or provider."""
    last = last or datetime.now(UTC).date()
    first = first or last.replace(day=1)
    spent = await store.spending.report(first, last, group_by)
    items = [
        {"group": one.group, "cost_usd": dollars(one.cost_micros), "complete": one.complete, **one.amounts}
        for one in spent
    ]
    return {"currency": CURRENCY, "items": items}


@router.get("/budget", response_model=BudgetBody)
async def budget(caller: AdminDep, parts: PartsDep) -> Any:
    """The workspace's budget for each month, and what it spent in this one."""
    assert caller.workspace_id is not None
    await parts.calls.shared.writer.flush(1.0)
    async with parts.database.transaction(caller) as store:
        month = (await store.spending.months([caller.workspace_id]))[caller.workspace_id]
    return {
        "monthly_usd": dollars(month.budget_micros),
        "spent_usd": dollars(month.spent_micros),
        "month": month.begins,
        "currency": CURRENCY,
    }


@router.put("/budget", response_model=BudgetBody)
async def set_budget(body: BudgetChange, caller: AdminDep, parts: PartsDep) -> Any:
    """Give the workspace a budget. Calls that are live learn of it within seconds."""
    assert caller.workspace_id is not None
    micros = None if body.monthly_usd is None else max(1, round(body.monthly_usd * MICROS))
    async with parts.database.transaction(caller) as store:
        await store.spending.set_budget(caller.workspace_id, micros)
    return await budget(caller, parts)
