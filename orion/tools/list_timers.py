"""Tells which timers, alarms and reminders are set, or how much time is left on one of them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.timer_words import listed
from orion.domain.tool import ToolContext
from orion.tools import _timer_requests
from orion.tools._timers import chosen

EXAMPLES = (
    "what timers do I have",
    "which timers are set",
    "which timers are running",
    "list my timers",
    "list all timers",
    "do I have any timers",
    "do I have an alarm set",
    "what alarms do I have",
    "what reminders do I have",
    "when is my alarm",
    "how much time is left",
    "how much time is left on the timer",
    "how much time is left on my {which} timer",
    "how much time is left on the {which}",
    "how long is left on the {which} timer",
    "how much longer on the {which} timer",
    "how long until the {which} timer rings",
    "how many minutes are left",
    "when does my timer go off",
    "when does the {which} timer go off",
    "time left on the {which} timer",
    "check the timer",
)
SAID = {"which": ["tea", "pasta", "egg", "pizza", "oven", "laundry", "rice", "coffee"]}
SAY = "{spoken}"


class Args(BaseModel):
    """Which."""

    which: str | None = Field(
        default=None,
        max_length=100,
        description="The timer that is meant, as the user called it: tea, 5 minutes, the alarm; "
        "leave out for all",
    )


def understand(said: str) -> dict[str, Any] | None:
    """Which timers, if the sentence asks for them."""
    return _timer_requests.lists(said)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `timers` with `left_secs`, the next one first, and `spoken` for the answer."""
    timers, now = await call.timers.all(), call.timers.now()
    if timers and args.which:
        timers = chosen(timers, args.which, call.timers.zone, now)
    return {
        "timers": [
            {
                "kind": timer.kind.value,
                "name": timer.name,
                "due_at": timer.due_at.isoformat(timespec="seconds"),
                "left_secs": round(timer.left_secs(now)),
            }
            for timer in timers
        ],
        "spoken": listed(timers, now),
    }
