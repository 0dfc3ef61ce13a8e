"""How the database and the house are after a dialogue, and what of it differs from what was published."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from orion.domain.text.said import plain
from tests.dialogues.dialogue import Dialogue, named
from tests.dialogues.world import World

_OPEN = ("running", "waiting_approval")
_PLAN_SECS = 60
_LOOKS = 10
_LOOK_SECS = 0.3
"""Rows are written beside the conversation, and what must not happen could happen late."""
_MORE_WORDS = 3
_CALLS = """select c.tool, c.result, coalesce(c.started_at, t.ended_at) as at from orion.tool_calls c
  join orion.turns t on t.id = c.turn_id where c.session_id = any($1::uuid[]) and c.status = 'done'
union all
select s.tool, s.result, s.ended_at as at from orion.plan_steps s
  where s.session_id = any($1::uuid[]) and s.status = 'done' order by at"""
_PLANS = "select id, status from orion.plans where session_id = any($1::uuid[]) order by id"
_RUNS = """select exists (select from orion.plans where status = 'running' and session_id = any($1::uuid[]))
  or exists (select from orion.plan_steps where status = 'running' and session_id = any($1::uuid[]))"""
_REACHED = """select exists (select from orion.plan_steps where status = $2 and session_id = any($1::uuid[]))
  or not exists (select from orion.plans where ended_at is null and session_id = any($1::uuid[]))"""
_STEPS = "select tool, status from orion.plan_steps where plan_id = $1 order by index"
_EVENTS = "select name, body from orion.events where session_id = any($1::uuid[]) order by id"
_MEMORIES = "select content from orion.memories where user_id = $1::uuid and type <> 'summary' order by id"
_SESSION = "select status, agent from orion.sessions where id = $1::uuid"


@dataclass(frozen=True, slots=True)
class Told:
    """One tool call that ended well, by itself or as a step of a plan."""

    tool: str
    result: Any


@dataclass(frozen=True, slots=True)
class EndState:
    """The rows of one dialogue, and what the house has done."""

    status: str
    agent: str
    hand_offs: Sequence[str]
    memories: Sequence[str]
    told: Sequence[Told]
    plans: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    approvals: Sequence[tuple[str, str]]
    effects: Sequence[tuple[str, Mapping[str, Any]]]


async def judged(dialogue: Dialogue, world: World, user_id: str, sessions: Sequence[str]) -> list[str]:
    """What is wrong once plans have ended and rows are written, a while later, too; empty for nothing."""
    async with asyncio.timeout(_PLAN_SECS):
        while await world.database.fetchval(_RUNS, sessions):
            await asyncio.sleep(0.1)
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK_SECS)
        if not differences(dialogue, await read(world, user_id, sessions)):
            break
    await asyncio.sleep(_LOOK_SECS)
    return differences(dialogue, await read(world, user_id, sessions))


async def reached(database: asyncpg.Pool, sessions: Sequence[str], status: str) -> None:
    """Until a step of a plan has that status, or the plan is over."""
    async with asyncio.timeout(_PLAN_SECS):
        while not await database.fetchval(_REACHED, sessions, status):
            await asyncio.sleep(0.1)


async def read(world: World, user_id: str, sessions: Sequence[str]) -> EndState:
    """The end state of the sessions of one dialogue, as it is now."""
    database = world.database
    session = await database.fetchrow(_SESSION, sessions[-1])
    events = [(row["name"], json.loads(row["body"])) for row in await database.fetch(_EVENTS, sessions)]
    calls = [Told(row["tool"], json.loads(row["result"])) for row in await database.fetch(_CALLS, sessions)]
    plans = [
        (row["status"], [(step["tool"], step["status"]) for step in await database.fetch(_STEPS, row["id"])])
        for row in await database.fetch(_PLANS, sessions)
    ]
    return EndState(
        status=session["status"],
        agent=session["agent"],
        hand_offs=[body["to"] for name, body in events if name == "hand_off"],
        memories=[row["content"] for row in await database.fetch(_MEMORIES, user_id)],
        told=calls,
        plans=plans,
        approvals=_outcomes(body for name, body in events if name == "tool.approval"),
        effects=world.house.of(*sessions),
    )


def _outcomes(events: Iterator[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What became of each question, in the order in which they came up."""
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        found[event["digest"]] = (event["tool"], event["state"])
    return list(found.values())


def differences(dialogue: Dialogue, state: EndState) -> list[str]:
    """What is not as it was published; empty where the dialogue succeeded."""
    expect = dialogue.expect
    timers = [told.result for told in state.told if told.tool == "timer"]
    checks = [
        *_same("session", expect.get("status", "active"), state.status),
        *_same("agent", expect.get("agent", "concierge"), state.agent),
        *_same("hand-offs", expect.get("hand_offs", []), list(state.hand_offs)),
        *_all("memories", expect.get("memories", []), state.memories),
        *_all("timers", expect.get("timers", []), timers),
        *_effects(expect.get("effects", []), state.effects),
        *_in_order(expect.get("told", []), state.told),
        *_plans(expect, state),
        *_approvals(expect, state),
    ]
    return list(checks)


def _same(what: str, wanted: Any, found: Any) -> Iterator[str]:
    if wanted != found:
        yield f"{what}: {found} instead of {wanted}"


def _all(what: str, wanted: Sequence[Any], found: Sequence[Any]) -> Iterator[str]:
    """Each in its order, and no more of them."""
    if len(wanted) != len(found) or not all(map(_fits, wanted, found)):
        yield f"{what}: {list(found)} instead of {list(wanted)}"


def _effects(
    wanted: Sequence[Mapping[str, Any]], found: Sequence[tuple[str, Mapping[str, Any]]]
) -> Iterator[str]:
    left = list(found)
    for entry in wanted:
        tool, given = named({name: value for name, value in entry.items() if name != "sometimes"})
        hit = next((one for one in left if one[0] == tool and _fits(given, one[1])), None)
        if hit is not None:
            left.remove(hit)
        elif not entry.get("sometimes"):
            yield f"effects: no {tool} {dict(given)}"
    for tool, done in left:
        yield f"effects: {tool} {dict(done)} was not wanted"


def _in_order(wanted: Sequence[Mapping[str, Any]], found: Sequence[Told]) -> Iterator[str]:
    """Whether these calls are among those found, in this order; others may stand between them."""
    rest = iter(found)
    for tool, result in map(named, wanted):
        if not any(told.tool == tool and _fits(result, told.result) for told in rest):
            yield f"told: no {tool} {dict(result)} in {[(told.tool, told.result) for told in found]}"


def _plans(expect: Mapping[str, Any], state: EndState) -> Iterator[str]:
    wanted = expect.get("plans")
    if wanted is None:
        yield from (f"plans: one is {status}" for status, _ in state.plans if status in _OPEN)
        return
    found = [(status, [f"{tool} {how}" for tool, how in steps]) for status, steps in state.plans]
    for one, (status, steps) in zip(wanted, found, strict=False):
        told = [
            step if " " in want else step.split()[0] for want, step in zip(one["steps"], steps, strict=False)
        ]
        if (one["status"], one["steps"]) != (status, told) or len(steps) != len(one["steps"]):
            yield f"plans: {status} {steps} instead of {one}"
    if len(wanted) != len(found):
        yield f"plans: {len(found)} instead of {len(wanted)}"


def _approvals(expect: Mapping[str, Any], state: EndState) -> Iterator[str]:
    """All that was asked, where that is published; else nothing but whether a plan shall begin."""
    found = list(state.approvals)
    if "approvals" in expect:
        wanted = [(tool, outcome) for one in expect["approvals"] for tool, outcome in one.items()]
        yield from _same("approvals", wanted, found)
    else:
        usual = {"make_plan", *expect.get("confirmed", ())}
        yield from _same("approvals", [], [one for one in found if one[0] not in usual])


def _fits(wanted: Any, found: Any) -> bool:
    """Whether what was found is what was wanted; a text may hold a few words more, in any spelling."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            _fits(value, found.get(name)) for name, value in wanted.items()
        )
    if isinstance(wanted, str) and isinstance(found, str):
        there, words = _words(found), _words(wanted)
        return words <= there and len(there) <= len(words) + _MORE_WORDS
    if isinstance(wanted, str) and isinstance(found, list):
        return any(_fits(wanted, one) for one in found)
    return bool(wanted == found)


def _words(text: str) -> set[str]:
    """The words of a text, its numbers as digits."""
    return set("".join(c if c.isalnum() or c.isspace() else "" for c in plain(text)).split())
