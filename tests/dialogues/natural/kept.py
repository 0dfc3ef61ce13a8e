"""What is kept of somebody after a turn: timers, memories, who has the word; and what a turn has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

_SESSION = "select status, agent from orion.sessions where id = $1::uuid"
_MEMORIES = "select content from orion.memories where user_id = $1::uuid and type <> 'summary' order by id"
_SAID = "select text from orion.turns where session_id = any($1::uuid[]) and speaker = 'agent' order by id"
_HAS_TIMERS = "select to_regclass('orion.timers') is not null"
_TIMERS = "select id::text, due_at, name from orion.timers where user_id = $1::uuid and state = 'set'"
_TIMER_CALLS = """select c.id::text, c.result, coalesce(c.started_at, t.ended_at) as at
  from orion.tool_calls c join orion.turns t on t.id = c.turn_id
  where c.session_id = any($1::uuid[]) and c.status = 'done' and c.tool = 'timer'
union all
select s.plan_id::text || s.index, s.result, s.ended_at as at from orion.plan_steps s
  where s.session_id = any($1::uuid[]) and s.status = 'done' and s.tool = 'timer' order by at"""
_RUNS = """select exists (select from orion.plans where status = 'running' and session_id = any($1::uuid[]))
  or exists (select from orion.plan_steps where status = 'running' and session_id = any($1::uuid[]))"""
_SAME_SECS = 1.5


@dataclass(frozen=True, slots=True)
class Timer:
    """One that has not rung yet."""

    id: str
    due: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of one person, as they are now."""

    timers: Sequence[Timer]
    memories: Sequence[str]
    said: Sequence[str]
    agent: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What a turn has done: timers set or changed, and switched off; facts stored, and lost."""

    begun: Sequence[Timer]
    off: Sequence[Timer]
    noted: Sequence[str]
    lost: Sequence[str]
    agent: bool


async def read(database: asyncpg.Pool, user_id: str, sessions: Sequence[str]) -> Kept:
    """What is kept of that user, and of the last session."""
    session = await database.fetchrow(_SESSION, sessions[-1])
    return Kept(
        timers=await _timers(database, user_id, sessions),
        memories=[row["content"] for row in await database.fetch(_MEMORIES, user_id)],
        said=[row["text"] for row in await database.fetch(_SAID, sessions)],
        agent=session["agent"],
        ended=session["status"] == "ended",
    )


async def works(database: asyncpg.Pool, sessions: Sequence[str]) -> bool:
    """Whether a plan is at work."""
    return bool(await database.fetchval(_RUNS, sessions))


async def _timers(database: asyncpg.Pool, user_id: str, sessions: Sequence[str]) -> list[Timer]:
    """The rows of timers, or what their tool has answered where timers are no rows."""
    if await database.fetchval(_HAS_TIMERS):
        rows = await database.fetch(_TIMERS, user_id)
        return [Timer(row["id"], row["due_at"], row["name"]) for row in rows]
    found = []
    for row in await database.fetch(_TIMER_CALLS, sessions):
        result = json.loads(row["result"])
        due = row["at"] + timedelta(seconds=result["secs"])
        if due > datetime.now(UTC):
            found.append(Timer(row["id"], due, result["about"] or ""))
    return found


def changes(before: Kept, after: Kept) -> Changes:
    """What differs; a timer that has rung meanwhile was not switched off."""
    earlier = {timer.id: timer for timer in before.timers}
    left = {timer.id for timer in after.timers}
    return Changes(
        begun=[timer for timer in after.timers if not _same(earlier.get(timer.id), timer)],
        off=[t for t in before.timers if t.id not in left and t.due > datetime.now(UTC)],
        noted=[content for content in after.memories if content not in before.memories],
        lost=[content for content in before.memories if content not in after.memories],
        agent=before.agent != after.agent,
    )


def _same(one: Timer | None, other: Timer) -> bool:
    return (
        one is not None and one.name == other.name and abs((one.due - other.due).total_seconds()) < _SAME_SECS
    )
