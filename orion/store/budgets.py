"""Budgets of requests: the generic cell rate algorithm, one statement a time, exact over all nodes.

A row keeps the theoretical arrival time (TAT, ITU-T I.371, Annex A): the moment at which the budget
is whole again. Each unit moves it by `window / requests`; it may lie at most one window ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, text
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.store.tables import budgets


@dataclass(frozen=True, slots=True)
class Grant:
    """What one statement took from a budget.

    Attributes:
        units: How many units were granted, from none to those asked for.
        whole_in_secs: Seconds until the budget is whole again.
    """

    units: int
    whole_in_secs: float


_NOW = "extract(epoch from greatest(b.tat, now()) - now())::float8"
_ROOM = f"floor((cast(:window as float8) - {_NOW}) / cast(:interval as float8) + 0.001)"
_UNITS = f"greatest(0, least(cast(:units as integer), {_ROOM}))::integer"
_SPEND = text(
    f"""
    insert into orion.budgets as b (key, tat, granted)
    values (:key, now() + make_interval(secs => cast(:units as integer) * cast(:interval as float8)), :units)
    on conflict (key) do update set
        tat = greatest(b.tat, now()) + make_interval(secs => {_UNITS} * cast(:interval as float8)),
        granted = {_UNITS}
    returning b.granted, extract(epoch from b.tat - now())::float8
    """  # noqa: S608 - both parts are constants above
)


class Budgets:
    """Rows of `budgets`; only the purpose `limits` sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def spend(self, key: bytes, units: int, *, requests: int, window_secs: float) -> Grant:
        """Take up to `units` (1 to `requests`) from the budget `requests` per `window_secs` of `key`."""
        values = {
            "key": key,
            "units": units,
            "window": float(window_secs),
            "interval": window_secs / requests,
        }
        row = (await self._connection.execute(_SPEND, values)).one()
        return Grant(row[0], row[1])

    async def sweep(self) -> int:
        """Remove the budgets that are whole again; how many there were."""
        gone = await self._connection.execute(delete(budgets).where(budgets.c.tat < func.now()))
        return gone.rowcount
