"""Tells the current local time, with the day, here or in any city, country or IANA time zone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.timer import local
from orion.domain.tool import ToolContext, ToolFailure
from orion.tools._durations import seconds
from orion.tools._zones import PLACES, find_zone

EXAMPLES = (
    "what time is it",
    "what time is it in {place}",
    "what's the time in {place}",
    "tell me the time in {place}",
    "current time in {place}",
    "how late is it in {place}",
    "give me the time in {place}",
    "time in {place}",
)
_LEAD = (
    r"(?:(?:please|okay|hey|hi|hello|so|and|orion|excuse me|can you|could you|would you|tell me|give me) )*"
)
_NOW = r"(?: (?:right now|now|at the moment|currently|today|please|over there|exactly))*"
_TIME = (
    r"(?:(?:what|how) (?:time|late) (?:is it|it is|would it be)"
    r"|(?:do you (?:know|have)|have you got|what is|know|and|got|check)? ?(?:the|what) ?"
    r"(?:current|local|exact|right)? ?(?:time|hour)(?: is it| it is| of day is it)?|time)"
)
_HERE = re.compile(rf"{_LEAD}(?:do you know )?{_TIME}(?: here)?{_NOW}\Z")
_THERE = re.compile(
    rf"{_LEAD}(?:do you know )?{_TIME}{_NOW}(?: (?:over|down|out|back))? (?:in|at|for) "
    rf"(?P<place>[a-z][a-z .'/_-]*?){_NOW}\Z"
)
_LATER = re.compile(
    rf"{_LEAD}what time (?:will|would|was|is) it(?: be)?(?: in (?P<place>[a-z][a-z .'/_-]*?))? "
    rf"(?:in (?P<after>\d[\d.]* .+?)|(?P<from>\d[\d.]* .+?) from now|(?P<before>\d[\d.]* .+?) ago){_NOW}\Z"
)
_THERE_SAID = re.compile(
    rf".+\b(?:what time is it|what is the time|the time|how late is it)(?: over| down)? there{_NOW}\Z"
)
_PLACE_SAID = re.compile(r"\b(?:in|to|from|at) (?:the )?(?=(?P<place>[a-z]+(?: [a-z]+){0,2}))")
_SAYS = 3
"""So many words a place may have."""
SAY = "It is {spoken}."

SAID = {
    "place": [
        *(
            "tokyo",
            "london",
            "new york",
            "paris",
            "berlin",
            "moscow",
            "madrid",
            "rome",
            "sydney",
            "hong kong",
        ),
        *(
            "singapore",
            "dubai",
            "chicago",
            "los angeles",
            "toronto",
            "amsterdam",
            "vienna",
            "athens",
            "dublin",
        ),
        *PLACES,
    ]
}


class Args(BaseModel):
    """Where."""

    place: str | None = Field(
        default=None,
        max_length=80,
        description="City, country or IANA zone, e.g. Tokyo; leave out for the user's own time",
    )
    after: str | None = Field(
        default=None,
        max_length=60,
        description="How long from now, e.g. 3 hours; with a minus for before",
        json_schema_extra={"x-kind": "duration"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The time there: `time` HH:MM, `date` ISO, `zone`, `place`, and `spoken` for the answer."""
    zone = find_zone(args.place) if args.place else None
    if args.place and zone is None:
        raise ToolFailure(f"I do not know the time zone of {args.place}.")
    asked = call.timers.now() + (_shift(args.after) if args.after else timedelta())
    now = local(asked, zone or call.timers.zone)
    clock = now.strftime("%I:%M %p").lstrip("0")
    day = f"{now:%A}, {now:%B} {now.day}"
    where = f" in {args.place.title()}" if args.place else ""
    return {
        "time": now.strftime("%H:%M"),
        "date": now.date().isoformat(),
        "zone": zone or str(now.tzinfo),
        "place": args.place,
        "spoken": f"{clock} on {day}{where}",
    }


def understand(said: str) -> dict[str, Any] | None:
    """The place, and how far from now, if the whole sentence asks for the time."""
    text = plain(said)
    if found := _LATER.match(text):
        after = found["after"] or found["from"] or f"minus {found['before']}"
        place = {"place": found["place"]} if found["place"] and find_zone(found["place"]) else {}
        return {**place, "after": after} if seconds(after.removeprefix("minus ")) else None
    if _HERE.match(text):
        return {}
    if _THERE_SAID.match(text) and (before := _said_before(text)):
        return {"place": before}
    found = _THERE.match(text)
    return {"place": found["place"]} if found and find_zone(found["place"]) else None


def _said_before(text: str) -> str | None:
    """The last place that is named before `there`: "my son is in Rome, what time is it there"."""
    named = [found["place"].split() for found in _PLACE_SAID.finditer(text)]
    runs = (" ".join(words[:count]) for words in reversed(named) for count in range(_SAYS, 0, -1))
    return next((run for run in runs if find_zone(run)), None)


def _shift(after: str) -> timedelta:
    secs = seconds(after.removeprefix("minus "))
    if secs is None or secs > 10 * 365 * 86400:
        raise ToolFailure("I did not understand how long from now. Say for example: in three hours.")
    return timedelta(seconds=-secs if after.startswith("minus ") else secs)
