"""What the engines consumed: a row per turn and engine, and their sums by session."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.usage import AMOUNTS, Usage
from orion.store.tables import usage

_ENGINE = ("kind", "provider", "model")
_NAMES = ", ".join(AMOUNTS)
_TYPES = ", ".join(f"{name} {'float' if name.endswith('_secs') else 'bigint'}" for name in AMOUNTS)
_SUMS = ", ".join(f"sum({name}) as {name}" for name in AMOUNTS)
_MORE = ", ".join(f"{name} = s.{name} + excluded.{name}" for name in (*AMOUNTS, "cost_micros"))

ENGINES: Any = literal_column(
    f"""(
        select coalesce(jsonb_agg(e), '[]') from (
            select kind, provider, model, {_SUMS}, bool_or(estimated) as estimated,
                case when bool_and(cost_micros is not null) then sum(cost_micros) end as cost_micros
            from orion.usage where usage.session_id = sessions.id group by 1, 2, 3 order by 1, 2, 3
        ) as e
    )""",  # noqa: S608 - the names are constants
    JSONB,
).label("engines")
"""A column beside those of `sessions`: the sums of each engine of a session; `engines` reads it."""

# One statement: rows that are there already (a batch that is written again) are not counted twice. In order,
# so that two such statements do not wait for each other.
_ADD = text(
    f"""
    with added as (
        insert into orion.usage (
            workspace_id, user_id, session_id, turn_id, created_at, id, kind, provider, model,
            {_NAMES}, estimated, cost_micros
        )
        select workspace_id, user_id, sessions.id, cast(:turn_id as uuid), cast(:at as timestamptz), new.*
        from orion.sessions, jsonb_to_recordset(cast(:rows as jsonb)) as new(
            id uuid, kind text, provider text, model text, {_TYPES}, estimated boolean, cost_micros bigint
        )
        where sessions.id = :session_id
        on conflict (id) do nothing
        returning *
    )
    insert into orion.spending as s (
        workspace_id, day, agent, kind, provider, model, {_NAMES}, cost_micros, complete
    )
    select workspace_id, cast(created_at at time zone 'UTC' as date), :agent, kind, provider, model, {_NAMES},
        coalesce(cost_micros, 0), cost_micros is not null
    from added
    order by kind, provider, model
    on conflict (workspace_id, day, agent, kind, provider, model) do update
    set {_MORE}, complete = s.complete and excluded.complete
    """  # noqa: S608 - the names are constants
)


class Usages:
    """Rows of `usage`. Owner and workspace are those of the session."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        session_id: UUID,
        used: Sequence[Usage],
        *,
        agent: str,
        at: datetime,
        turn_id: UUID | None = None,
    ) -> None:
        """Write what was consumed, one usage per engine, and count it as spent; a second time is none.

        What belongs to a session that was deleted meanwhile is dropped.
        """
        if not used:
            return
        rows = json.dumps([{**asdict(one), "id": str(one.id)} for one in used])
        values = {"session_id": session_id, "turn_id": turn_id, "agent": agent, "at": at, "rows": rows}
        await self._connection.execute(_ADD, values)

    async def of_turns(self, turn_ids: Sequence[UUID]) -> dict[UUID, tuple[Usage, ...]]:
        """What each turn consumed, one of each engine."""
        found: defaultdict[UUID, list[Usage]] = defaultdict(list)
        wanted = select(usage).where(usage.c.turn_id.in_(turn_ids)).order_by(usage.c.id)
        for row in (await self._connection.execute(wanted)).mappings():
            found[row["turn_id"]].append(_usage(row))
        return {turn_id: tuple(used) for turn_id, used in found.items()}


def engines(column: Iterable[Any]) -> tuple[Usage, ...]:
    """What the column ENGINES holds."""
    return tuple(_usage(sums) for sums in column)


def _usage(row: Any) -> Usage:
    names = (*_ENGINE, *AMOUNTS, "estimated", "cost_micros")
    return Usage(**{name: row[name] for name in names})
