"""Sets a timer or a reminder after a duration. It is kept, and rings whether or not this call lasts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.timer import TimerKind
from orion.domain.timer_words import echo
from orion.domain.tool import Risk, ToolContext, ToolFailure
from orion.tools import _timer_requests
from orion.tools._clock_times import sounds_like_one
from orion.tools._durations import is_past, seconds
from orion.tools._timers import due, kind_and_name

EXAMPLES = (
    "set a timer for {duration}",
    "start a timer for {duration}",
    "set a timer",
    "timer for {duration}",
    "remind me in {duration} to {about}",
    "remind me to {about} in {duration}",
    "remind me in {duration}",
    "wake me in {duration}",
    "tell me when {duration} are over",
    "set an alarm in {duration}",
    "set an alarm for {duration}",
    "set a {duration} timer for the {name}",
    "i need a timer for the {name}",
    "count down {duration}",
    "start a {duration} timer",
    "set a {name} timer for {duration}",
    "a {name} timer for {duration}",
    "start a {name} timer for {duration}",
    "set a timer called {name} for {duration}",
    "set a timer for {duration} called {name}",
)
SAY = "Okay, {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True  # in a plan, the timer is committed together with the step

SAID = {
    "duration": [
        *(
            f"{n} {unit}s"
            for unit in ("minute", "second", "hour")
            for n in "two three four five six seven eight nine".split()
        ),
        *(
            f"{n} {unit}s"
            for unit in ("minute", "second")
            for n in "ten twelve fifteen twenty thirty forty fifty ninety".split()
        ),
        *(
            "one minute",
            "one hour",
            "a minute",
            "an hour",
            "half an hour",
            "forty five minutes",
            "twenty five minutes",
        ),
        *("one hour and thirty minutes", "an hour and a half", "a minute and a half"),
    ],
    "name": ["tea", "pasta", "egg", "pizza", "oven", "laundry", "rice", "coffee"],
    "about": [
        "call mom",
        "take the pizza out",
        "get the laundry",
        "call my mother",
        "check the oven",
        "feed the cat",
        "water the plants",
        "take a break",
    ],
}


class Args(BaseModel):
    """When, and about what."""

    duration: str = Field(
        min_length=1,
        max_length=100,
        description="How long from now, e.g. 10 minutes, 1 hour 30 minutes, 45 seconds",
        json_schema_extra={"x-ask": "For how long?", "x-kind": "duration"},
    )
    about: str | None = Field(
        default=None, max_length=200, description="What to remind the user of, e.g. call mom"
    )
    name: str | None = Field(default=None, max_length=60, description="What the timer is called, e.g. tea")


def understand(said: str) -> dict[str, Any] | None:
    """How long, and for what, if the sentence asks for a timer."""
    return _timer_requests.sets(said)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The timer's `id`, `secs`, `due_at`, and `spoken` for the answer."""
    said = args.duration
    if seconds(said) is None and not is_past(said) and not sounds_like_one(said):
        raise ToolFailure("I did not understand how long. Say for example: ten minutes.")
    now, zone = call.timers.now(), call.timers.zone
    kind, name = kind_and_name(TimerKind.TIMER, args.name, args.about)
    due_at, secs = due(args.duration, now, zone, kind=kind)
    if secs is None and kind is TimerKind.TIMER:
        kind = TimerKind.ALARM
    timer = await call.timers.set(kind, name, due_at, secs)
    return {
        "id": str(timer.id),
        "secs": round((due_at - now).total_seconds(), 3),
        "due_at": due_at.isoformat(timespec="seconds"),
        "about": args.about,
        "name": args.name,
        "spoken": echo(timer, now),
    }
