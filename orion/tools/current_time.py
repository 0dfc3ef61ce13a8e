"""Tells the current local time, with the day, here or in any city, country or IANA time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext, ToolFailure
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
        description="City, country or IANA zone, e.g. Tokyo; leave out for the server's own time",
    )


async def run(args: Args, _call: ToolContext) -> dict[str, Any]:
    """The time there: `time` HH:MM, `date` ISO, `zone`, `place`, and `spoken` for the answer."""
    zone = find_zone(args.place) if args.place else None
    if args.place and zone is None:
        raise ToolFailure(f"I do not know the time zone of {args.place}.")
    now = datetime.now(ZoneInfo(zone)) if zone else datetime.now().astimezone()
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
