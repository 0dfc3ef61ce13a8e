"""Sets an alarm or a reminder at a clock time. It is kept, and rings whether or not this call lasts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.timer import TimerKind
from orion.domain.timer_words import echo
from orion.domain.tool import Risk, ToolContext
from orion.tools import _timer_requests
from orion.tools._timers import due, kind_and_name

EXAMPLES = (
    "set an alarm for {time}",
    "set an alarm at {time}",
    "set an alarm",
    "set my alarm for {time}",
    "alarm at {time}",
    "alarm for {time}",
    "wake me up at {time}",
    "wake me at {time}",
    "wake me up",
    "remind me at {time} to {about}",
    "remind me to {about} at {time}",
    "remind me to {about} on {time}",
    "remind me to {about}",
    "set a reminder for {time} to {about}",
    "set a timer until {time}",
)
SAID = {
    "time": [
        "seven",
        "six thirty",
        "seven am",
        "eight am",
        "half past six",
        "half past seven",
        "quarter to eight",
        "quarter past nine",
        "three o'clock",
        "five o'clock",
        "ten pm",
        "noon",
        "midnight",
        "seven am tomorrow",
        "six in the morning",
        "seven tomorrow morning",
        "noon on friday",
        "three thirty this afternoon",
        "eight tonight",
    ],
    "about": [
        "call mom",
        "call the doctor",
        "take out the trash",
        "buy milk",
        "go to bed",
        "take my pills",
        "pick up the kids",
        "pay the rent",
    ],
}
SAY = "Okay, {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True  # in a plan, the alarm is committed together with the step


class Args(BaseModel):
    """When, and about what."""

    time: str = Field(
        min_length=1,
        max_length=100,
        description="When, as the user said it: 7 am tomorrow, 14:30, noon on Friday, December 24 at 6 pm",
        json_schema_extra={"x-ask": "For what time?", "x-kind": "when"},
    )
    about: str | None = Field(
        default=None, max_length=200, description="What to remind the user of, e.g. call mom"
    )
    name: str | None = Field(default=None, max_length=60, description="What the alarm is called, e.g. school")


def understand(said: str) -> dict[str, Any] | None:
    """When, and for what, if the sentence asks for an alarm."""
    return _timer_requests.wakes(said)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The alarm's `id`, `secs` until it rings, `due_at`, and `spoken` for the answer."""
    now, zone = call.timers.now(), call.timers.zone
    kind, name = kind_and_name(TimerKind.ALARM, args.name, args.about)
    due_at, secs = due(args.time, now, zone, kind=kind)
    timer = await call.timers.set(
        TimerKind.TIMER if secs and kind is TimerKind.ALARM else kind, name, due_at, secs
    )
    return {
        "id": str(timer.id),
        "secs": round((due_at - now).total_seconds(), 3),
        "due_at": due_at.isoformat(timespec="seconds"),
        "about": args.about,
        "name": args.name,
        "spoken": echo(timer, now),
    }
