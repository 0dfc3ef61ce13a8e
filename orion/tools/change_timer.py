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
from orion.domain.tool import Risk, ToolContext, ToolFailure
from orion.tools import _timer_requests
from orion.tools._clock_times import sounds_like_one
from orion.tools._durations import is_past, seconds
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
    "add {by} to the timer",
    "add {by} to the {which} timer",
    "rename the timer to {to}",
    "call the timer {to}",
)
SAID = {
    "to": ["ten minutes", "five minutes", "half an hour", "eight am", "seven thirty", "quarter past nine"],
    "by": ["five minutes", "two minutes", "ten minutes", "one minute", "thirty seconds"],
    "which": ["tea", "pasta", "egg", "five minute", "pizza", "oven", "alarm"],
}
SAY = "Okay, {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
_MORE = re.compile(r"\b(?:more|longer|later|extra|add|another)\b|^\+")
_LESS = re.compile(r"\b(?:less|shorter|earlier|fewer|sooner)\b")
_SIGN = re.compile(r"^\s*(?:-|minus|plus|\+)\s*", re.IGNORECASE)
_NAMED = re.compile(r"^(?:called|named|name it|call it)\s+(.+)", re.IGNORECASE)


class Args(BaseModel):
    """Which, and to what."""

    to: str | None = Field(
        default=None,
        max_length=100,
        description="The new duration from now (10 minutes), the new clock time (8 am tomorrow), "
        "or the new name (pasta)",
    )
    by: str | None = Field(
        default=None,
        max_length=100,
        description="In place of `to`: how much longer (5 minutes), or with a minus how much shorter",
    )
    which: str | None = Field(
        default=None,
        max_length=100,
        description="The timer that is meant, as the user said it: tea, 5 minutes, the alarm, the last one; "
        "leave out if the user named none",
    )


def understand(said: str) -> dict[str, Any] | None:
    """What is to be changed, if the sentence asks for it."""
    return _timer_requests.changes(said)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The timer's `secs` until it rings, its `name`, and `spoken` for the answer."""
    now = call.timers.now()
    timer = one(await call.timers.all(), args.which, call.timers.zone, now)
    if args.to:
        changed = _changed(timer, args.to, now, call.timers.zone)
    elif args.by:
        changed = _moved(timer, args.by, now)
    else:
        raise ToolFailure("What shall I change it to?")
    await call.timers.change(changed)
    return {
        "id": str(timer.id),
        "secs": round(changed.left_secs(now), 3),
        "name": changed.name,
        "spoken": _spoken(timer, changed, now),
    }


def _moved(timer: Timer, by: str, now: datetime) -> Timer:
    """The timer that much later, or earlier. Raises ToolFailure."""
    less = is_past(by) or _LESS.search(plain(by))
    secs = seconds(_SIGN.sub("", by))
    if secs is None:
        raise ToolFailure("I did not understand by how much. Say for example: five minutes.")
    secs = -secs if less else secs
    rest = checked((timer.due_at - now).total_seconds() + secs)
    whole = None if timer.secs is None else timer.secs + secs
    return replace(timer, due_at=now + timedelta(seconds=rest), secs=whole)


def _changed(timer: Timer, to: str, now: datetime, zone: str | None) -> Timer:
    """The timer as it shall be. Raises ToolFailure."""
    if named := _NAMED.match(to.strip()):
        return replace(timer, name=tidy(named[1]))
    text, secs = plain(to), seconds(to)
    if secs is not None and (_MORE.search(text) or _LESS.search(text)):
        return _moved(timer, to, now)
    if secs is None and not re.search(r"\d", text) and not sounds_like_one(to):
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
