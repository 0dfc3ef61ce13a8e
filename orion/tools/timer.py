"""Sets a timer or a reminder that speaks up in this conversation when it is due."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.tool import Risk, ToolContext, ToolFailure

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
    "set an alarm for {duration}",
    "count down {duration}",
    "start a {duration} timer",
)
SAY = "Okay, {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE

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
    ]
}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(
    r"(\d+(?:\.\d+)?)[\s-]*(?:(s)(?:ec(?:ond)?s?)?|(m)(?:in(?:ute)?s?)?|(h)(?:(?:ou)?rs?)?|(d)ays?)(?=\d|\b)"
)
_BEFORE_ZERO = re.compile(r"(?:-|\bminus )\s*\d|\bago\b")
_LONGEST_SECS = 24 * 3600


class Args(BaseModel):
    """When, and about what."""

    duration: str = Field(
        min_length=1,
        max_length=100,
        description="How long from now, e.g. 10 minutes, 1 hour 30 minutes, 45 seconds",
        json_schema_extra={"x-ask": "For how long?", "x-kind": "duration"},
    )
    about: str | None = Field(default=None, max_length=200, description="What to remind of")


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The timer's `secs`, and `spoken` for the answer."""
    secs = seconds(args.duration)
    if secs is None:
        raise ToolFailure("I did not understand how long. Say for example: ten minutes.")
    if not 1 <= secs <= _LONGEST_SECS:
        raise ToolFailure("A timer can run from one second to 24 hours.")
    length = spoken(secs)
    due = f"Reminder: {args.about}." if args.about else f"Your timer for {length} is over."
    call.announce_after(secs, due)
    spoken_as = f"I will tell you in {length}"
    # `announces` and `secs`: a process that ends forgets; the next one reads here what is due.
    return {"secs": secs, "about": args.about, "spoken": spoken_as, "announces": due}


def seconds(duration: str) -> float | None:
    """A duration as people say it, in seconds; None where there is none in it."""
    text = plain(duration)
    text = re.sub(r"\b(?:3|three) quarters of an hour\b", "45 minutes", text)
    text = re.sub(r"\b(?:a )?quarter of an hour\b", "15 minutes", text)
    text = re.sub(r"\bhalf an? (hour|minute)\b", r"0.5 \1", text)
    text = re.sub(r"\b(?:an?|one) (sec|minute|hour|day)\b", r"1 \1", text)
    text = re.sub(r"(\d+) and a half (hour|minute)s?", r"\1.5 \2", text)
    text = re.sub(r"(\d+) (hour|minute)s? and a half", r"\1.5 \2", text)
    text = re.sub(r"(\d+) (hour|minute)s? and a quarter", r"\1.25 \2", text)
    parts = [] if _BEFORE_ZERO.search(text) else _PART.findall(text)
    return sum(float(number) * _UNITS["".join(unit)] for number, *unit in parts) if parts else None


def spoken(secs: float) -> str:
    """Seconds as people say them: `1 hour and 30 minutes`."""
    parts, rest = [], round(secs)
    for name, length in (("hour", 3600), ("minute", 60), ("second", 1)):
        number, rest = divmod(rest, length)
        if number:
            parts.append(f"{number} {name}{'s' if number > 1 else ''}")
    return " and ".join(parts) if len(parts) < 3 else f"{parts[0]}, {parts[1]} and {parts[2]}"
