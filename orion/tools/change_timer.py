"""Changes a timer, an alarm or a reminder that is set: its duration, its time, or its name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.timer import Timer, TimerKind
from orion.domain.timer_words import at, called, left, length
from orion.domain.tool import Risk, ToolContext
from orion.tools._durations import seconds
from orion.tools._timers import checked, due, one, tidy

EXAMPLES = (
    "change the timer to {to}",
    "change the {which} timer to {to}",
    "make the timer {to}",
    "make the {which} timer {to}",
    "make it {to} instead",
    "make that {to}",
    "actually make that {to}",
    "set the {which} timer to {to} instead",
    "change my alarm to {to}",
    "move the alarm to {to}",
    "move my {which} to {to}",
    "add {to} to the timer",
    "add {to} to the {which} timer",
    "rename the timer to {to}",
    "call the timer {to}",
)
SAID = {
    "to": ["ten minutes", "five minutes", "half an hour", "eight am", "seven thirty", "five more minutes"],
    "which": ["tea", "pasta", "egg", "five minute", "pizza", "oven", "alarm"],
}
SAY = "Okay, {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
_MORE = re.compile(r"\b(?:more|longer|later|extra|add|another)\b|^\+")
_LESS = re.compile(r"\b(?:less|shorter|earlier|fewer|sooner)\b")
_NAMED = re.compile(r"^(?:called|named|name it|call it)\s+(.+)", re.IGNORECASE)


class Args(BaseModel):
    """Which, and to what."""

    to: str = Field(
        min_length=1,
        max_length=100,
        description="The new duration from now (10 minutes), what is added (5 minutes more) or taken off "
        "(5 minutes less), the new clock time (8 am tomorrow), or the new name (called pasta)",
        json_schema_extra={"x-ask": "To what?"},
    )
    which: str | None = Field(
        default=None,
        max_length=100,
        description="The timer that is meant, as the user said it: tea, 5 minutes, the alarm, the last one; "
        "leave out if the user named none",
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The timer's `secs` until it rings, its `name`, and `spoken` for the answer."""
    now = call.timers.now()
    timer = one(await call.timers.all(), args.which, call.timers.zone, now)
    changed = _changed(timer, args.to, now, call.timers.zone)
    await call.timers.change(changed)
    return {
        "id": str(timer.id),
        "secs": round(changed.left_secs(now), 3),
        "name": changed.name,
        "spoken": _spoken(timer, changed, now),
    }


def _changed(timer: Timer, to: str, now: datetime, zone: str | None) -> Timer:
    """The timer as it shall be. Raises ToolFailure."""
    if named := _NAMED.match(to.strip()):
        return replace(timer, name=tidy(named[1]))
    text, secs = plain(to), seconds(to)
    if secs is not None and (_MORE.search(text) or _LESS.search(text)):
        secs = -secs if _LESS.search(text) else secs
        rest = checked(timer.left_secs(now) + secs)
        whole = None if timer.secs is None else timer.secs + secs
        return replace(timer, due_at=now + timedelta(seconds=rest), secs=whole)
    if secs is None and not re.search(r"\d|\bnoon|\bmidnight", text) and timer.kind is not TimerKind.ALARM:
        return replace(timer, name=tidy(to))
    due_at, secs = due(to, now, zone, kind=timer.kind)
    kind = timer.kind
    if kind is not TimerKind.REMINDER:
        kind = TimerKind.TIMER if secs is not None else TimerKind.ALARM
    return replace(timer, kind=kind, due_at=due_at, secs=secs, zone=zone)


def _spoken(before: Timer, timer: Timer, now: datetime) -> str:
    if timer.name != before.name:
        return f"your {called(before)} is now called {timer.name}"
    what = called(timer) if timer.name else timer.kind.value
    if timer.secs is None:
        return f"your {what} is now set for {at(timer, now)}"
    rest = timer.left_secs(now)
    told = length(rest) if rest == timer.secs else left(rest)
    return f"your {what} now rings in {told}"
