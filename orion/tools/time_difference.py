"""Tells the time difference between two places, or the time in one when it is some time in the other.

A place is a city, a country or an IANA time zone.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.timer import local
from orion.domain.tool import ToolContext, ToolFailure
from orion.tools._zones import PLACES, find_zone

EXAMPLES = (
    "what's the time difference between {first} and {second}",
    "time difference between {first} and {second}",
    "how many hours is {first} ahead of {second}",
    "how many hours is {first} behind {second}",
    "how far ahead is {first} of {second}",
    "how many hours are between {first} and {second}",
    "what is the time difference to {first}",
)
_ABBREVIATED = 3
_SOME = ["tokyo", "london", "new york", "paris", "berlin", "sydney", "los angeles", "india", *PLACES]
SAID = {"first": _SOME, "second": _SOME[1:] + _SOME[:1]}
SAY = "{spoken}."

_P = r"(?:the )?(?P<{}>[a-z][a-z .'/_-]*?)"
_FIRST, _SECOND = _P.format("first"), _P.format("second")
_CLOCK = r"(?P<at>\d{1,2}:\d\d(?: [ap]m)?)"
_WHEN_IS_IT = r"(?:when|what time|what) (?:is|will|would) (?:that|it)(?: be)?"
_ASKED = tuple(
    re.compile(rf"(?:.*\b)?{pattern}(?: right now| now| please| today)?\Z")
    for pattern in (
        rf"(?:time )?difference (?:in time |in hours )?(?:between|from) {_FIRST} (?:and|to) {_SECOND}",
        rf"time (?:zone )?difference (?:to|with) {_FIRST}",
        rf"how (?:many hours|far|much time|much) (?:is|are) {_FIRST} (?:ahead of|behind|from) {_SECOND}",
        rf"how (?:far|much|many hours) (?:ahead|behind) (?:is|are) {_FIRST} (?:of|from|to) {_SECOND}",
        rf"how (?:far|much|many hours) (?:ahead of|behind) {_SECOND} (?:is|are) {_FIRST}",
        rf"(?:how many )?hours (?:are |is |difference )?(?:there )?between {_FIRST} and {_SECOND}",
        rf"how (?:far|much|many hours) (?:ahead|behind) (?:is|are) {_FIRST}",
        rf"is {_FIRST} (?:ahead of|behind) {_SECOND}",
        rf"(?:and )?between {_FIRST} and {_SECOND}",
        rf"time (?:is it|will it be|would it be) in {_FIRST} (?:when|if) it is {_CLOCK} in {_SECOND}",
        rf"(?:when|if) it is {_CLOCK} in {_SECOND},? what time is it in {_FIRST}",
        rf"(?:when |if )?(?:it is|its) {_CLOCK} (?:here )?(?:and )?what time is it in {_FIRST}",
        rf"time (?:is it|will it be|would it be) in {_FIRST} (?:when|if) (?:it is|its) {_CLOCK}(?: here)?",
        rf"when its {_CLOCK} in {_SECOND},? what time is it in {_FIRST}",
        rf"{_CLOCK} in {_SECOND} is what time in {_FIRST}",
        rf"{_CLOCK} (?:in )?{_SECOND}(?: time)? (?:and |so )?{_WHEN_IS_IT} (?:in|for) {_FIRST}(?: time)?",
    )
)


class Args(BaseModel):
    """Of which places."""

    first: str = Field(
        min_length=1,
        max_length=80,
        description="City, country or IANA zone, e.g. Tokyo",
        json_schema_extra={"x-ask": "Of which place?"},
    )
    second: str | None = Field(
        default=None, max_length=80, description="The place to compare it with; left out for the user's own"
    )
    at: str | None = Field(
        default=None,
        max_length=20,
        description="A time in the second place, HH:MM, to be told for the first one",
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """How many `hours` the first place is ahead of the second today, and `spoken` for the answer."""
    first = _zone(args.first)
    second = _zone(args.second) if args.second else None
    now = local(call.timers.now(), str(second) if second else call.timers.zone)
    if args.at:
        now = datetime.combine(now.date(), _clock(args.at), tzinfo=now.tzinfo)
    there = now.astimezone(first)
    ahead = (there.utcoffset() or timedelta()) - (now.utcoffset() or timedelta())
    other = _titled(args.second) if args.second else "here"
    told = {"hours": ahead.total_seconds() / 3600}
    if args.at:
        return {**told, "time": f"{there:%H:%M}", "spoken": _when(now, there, _titled(args.first), other)}
    return {**told, "spoken": _difference(ahead, _titled(args.first), other)}


def understand(said: str) -> dict[str, Any] | None:
    """The places, if the sentence asks for the difference between two that are known."""
    text = plain(said)
    for pattern in _ASKED:
        if found := pattern.match(text):
            places = {name: value for name, value in found.groupdict().items() if value}
            if all(find_zone(value) for name, value in places.items() if name != "at"):
                return places
    return None


def _zone(place: str) -> ZoneInfo:
    zone = find_zone(place)
    if zone is None:
        raise ToolFailure(f"I do not know the time zone of {place}.")
    return ZoneInfo(zone)


def _titled(place: str) -> str:
    name = place.strip().removeprefix("the ")
    return name.upper() if len(name) <= _ABBREVIATED else name.title()


def _clock(text: str) -> time:
    for form in ("%I:%M %p", "%H:%M", "%I %p", "%H"):
        try:
            return datetime.strptime(plain(text).replace(" : ", ":"), form).time()  # noqa: DTZ007 - a time of day
        except ValueError:
            continue
    raise ToolFailure("I did not understand which time. Say for example: 3 pm.")


def _difference(ahead: timedelta, first: str, second: str) -> str:
    where = "is the same" if second == "here" else f"and {second} is the same"
    if not ahead:
        return f"The time in {first} {where}" + (" as here" if second == "here" else "")
    minutes = int(abs(ahead).total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    parts += [f"{rest} minutes"] if rest else []
    compared = "your time here" if second == "here" else second
    way = "ahead of" if ahead > timedelta() else "behind"
    return f"{first} is {' and '.join(parts)} {way} {compared}"


def _when(now: datetime, there: datetime, first: str, second: str) -> str:
    where = "here" if second == "here" else f"in {second}"
    days = (there.date() - now.date()).days
    day = {1: " on the next day", -1: " on the day before"}.get(days, "")
    return f"When it is {_said(now)} {where}, it is {_said(there)}{day} in {first}"


def _said(moment: datetime) -> str:
    return f"{moment:%I:%M %p}".lstrip("0")
