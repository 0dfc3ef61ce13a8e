"""Turns and their tool calls: the transcript as it was heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import new_id
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Latency, Speaker, Turn
from orion.domain.usage import Usage
from orion.store.owners import owned
from orion.store.pages import after
from orion.store.tables import sessions, tool_calls, turns
from orion.store.usage import Usages


class Turns:
    """Rows of `turns` and `tool_calls`. Owner and workspace are those of the session."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, turn: Turn) -> None:
        """Write a turn with its tool calls and its usage; written again, it replaces itself.

        A turn of a session that was deleted meanwhile is dropped.
        """
        values = {
            "id": turn.id,
            "speaker": turn.speaker.value,
            "agent": turn.agent,
            "text": turn.text,
            "interrupted": turn.interrupted,
            "untrusted": turn.untrusted,
            "latency": {stage: ms for stage, ms in turn.latency.as_dict().items() if ms is not None},
            "started_at": turn.started_at,
            "ended_at": turn.ended_at,
        }
        await self._put(turns, turn.session_id, values, ["id"])
        for call in turn.tool_calls:
            row = {"id": new_id(), "turn_id": turn.id, **_call_values(call)}
            await self._put(tool_calls, turn.session_id, row, ["session_id", "call_id"])
        await Usages(self._connection).add(
            turn.session_id, turn.usage, agent=turn.agent, at=turn.ended_at, turn_id=turn.id
        )
        touched = update(sessions).where(sessions.c.id == turn.session_id)
        await self._connection.execute(touched.values(last_active_at=turn.ended_at))

    async def update_call(self, session_id: UUID, call: ToolCall) -> None:
        """Write how a call ended whose turn is over already."""
        wanted = (tool_calls.c.session_id == session_id) & (tool_calls.c.call_id == call.id)
        await self._connection.execute(update(tool_calls).where(wanted).values(_call_values(call)))

    async def of_session(self, session_id: UUID) -> list[Turn]:
        """All turns of a session, in the order in which they began."""
        wanted = select(turns).where(turns.c.session_id == session_id).order_by(turns.c.id)
        return await self._with_calls((await self._connection.execute(wanted)).all())

    async def page(
        self, session_id: UUID, *, limit: int, cursor: str | None = None
    ) -> tuple[list[Turn], str | None]:
        """A page of turns in the order in which they began, and the cursor of the next (None on the last).

        Raises:
            Invalid: The cursor is none that was given out.
        """
        wanted = select(turns).where(turns.c.session_id == session_id).order_by(turns.c.id)
        if cursor is not None:
            wanted = wanted.where(turns.c.id > after(cursor))
        rows = (await self._connection.execute(wanted.limit(limit + 1))).all()
        found = await self._with_calls(rows[:limit])
        return found, str(found[-1].id) if len(rows) > limit else None

    async def _with_calls(self, rows: Sequence[Row[Any]]) -> list[Turn]:
        calls: defaultdict[UUID, list[ToolCall]] = defaultdict(list)
        wanted = select(tool_calls).where(tool_calls.c.turn_id.in_([row.id for row in rows]))
        for row in await self._connection.execute(wanted.order_by(tool_calls.c.started_at, tool_calls.c.id)):
            calls[row.turn_id].append(_call(row))
        used = await Usages(self._connection).of_turns([row.id for row in rows])
        return [_turn(row, calls[row.id], used.get(row.id, ())) for row in rows]

    async def _put(self, table: Any, session_id: UUID, values: dict[str, Any], key: list[str]) -> None:
        statement = upsert(table).from_select(*owned(table, session_id, values))
        changed = {name: statement.excluded[name] for name in values if name not in {"id", *key}}
        await self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))


def _call_values(call: ToolCall) -> dict[str, Any]:
    return {
        "call_id": call.id,
        "tool": call.tool,
        "arguments": call.arguments,
        "status": call.status.value,
        "result": call.result,
        "error": call.error,
        "duration_ms": call.duration_ms,
        "started_at": call.started_at,
    }


def _call(row: Row[Any]) -> ToolCall:
    return ToolCall(
        id=row.call_id,
        tool=row.tool,
        arguments=row.arguments,
        status=ToolCallStatus(row.status),
        result=row.result,
        error=row.error,
        duration_ms=row.duration_ms,
        started_at=row.started_at,
    )


def _turn(row: Row[Any], calls: list[ToolCall], used: tuple[Usage, ...]) -> Turn:
    return Turn(
        id=row.id,
        session_id=row.session_id,
        speaker=Speaker(row.speaker),
        agent=row.agent,
        text=row.text,
        started_at=row.started_at,
        ended_at=row.ended_at,
        interrupted=row.interrupted,
        tool_calls=tuple(calls),
        latency=Latency(**row.latency),
        usage=used,
        untrusted=row.untrusted,
    )
