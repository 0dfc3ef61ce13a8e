"""Cancels a timer, an alarm or a reminder, or all of them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.timer_words import called, joined
from orion.domain.tool import Risk, ToolContext
from orion.tools import _timer_requests
from orion.tools._timers import chosen, is_all, one

EXAMPLES = (
    "cancel the timer",
    "cancel my timer",
    "stop the timer",
    "delete the timer",
    "turn off the timer",
    "cancel the {which} timer",
    "stop the {which} timer",
    "cancel my {which} timer",
    "cancel the {which} alarm",
    "cancel the alarm",
    "turn off the alarm",
    "delete my alarm",
    "cancel the reminder",
    "cancel the reminder to {which}",
    "cancel {which} timers",
    "cancel all timers",
    "cancel all my alarms",
    "delete all timers",
    "forget the timer",
    "I do not need the timer any more",
)
SAID = {"which": ["tea", "pasta", "egg", "five minute", "ten minute", "pizza", "oven", "laundry"]}
SAY = "Okay, {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True  # what is cancelled stays so
_MOST_NAMED = 4


class Args(BaseModel):
    """Which."""

    which: str | None = Field(
        default=None,
        max_length=100,
        description="The timer that is meant, as the user said it: tea, 5 minutes, the alarm, the last one; "
        "`all timers` for all; leave out if the user named none",
        json_schema_extra={"x-ask": "Which one?"},
    )


def understand(said: str) -> dict[str, Any] | None:
    """Which timer, if the sentence calls one off."""
    return _timer_requests.cancels(said)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """How many were `cancelled`, and `spoken` for the answer."""
    timers, now, zone = await call.timers.all(), call.timers.now(), call.timers.zone
    found = (
        chosen(timers, args.which, zone, now) if is_all(args.which) else [one(timers, args.which, zone, now)]
    )
    await call.timers.cancel([timer.id for timer in found])
    return {"cancelled": len(found), "spoken": _cancelled([called(timer) for timer in found], len(timers))}


def _cancelled(names: list[str], of: int) -> str:
    if len(names) == 1:
        return f"your {names[0]} is cancelled"
    if len(names) > _MOST_NAMED:
        return f"{len(names)} of {of} are cancelled" if len(names) < of else f"all {of} are cancelled"
    return f"your {joined(names)} are cancelled"
