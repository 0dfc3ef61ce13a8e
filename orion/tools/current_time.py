"""Tells the current local date and time, here or in any city, country or IANA time zone."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, Field
from rapidfuzz import fuzz, process

from orion.domain.tool import ToolContext, ToolFailure

EXAMPLES = (
    "what time is it",
    "what time is it in {place}",
    "what's the time in {place}",
    "tell me the time in {place}",
    "current time in {place}",
    "what is the date today",
    "what day is it",
    "which day is it in {place}",
    "which day of the week is it",
    "how late is it in {place}",
    "give me the time in {place}",
    "time in {place}",
)
SAY = "It is {spoken}."

_PLACES = {
    "america": "America/New_York",
    "argentina": "America/Argentina/Buenos_Aires",
    "atlanta": "America/New_York",
    "austria": "Europe/Vienna",
    "bangalore": "Asia/Kolkata",
    "barcelona": "Europe/Madrid",
    "beijing": "Asia/Shanghai",
    "boston": "America/New_York",
    "brazil": "America/Sao_Paulo",
    "britain": "Europe/London",
    "california": "America/Los_Angeles",
    "china": "Asia/Shanghai",
    "dallas": "America/Chicago",
    "delhi": "Asia/Kolkata",
    "egypt": "Africa/Cairo",
    "england": "Europe/London",
    "finland": "Europe/Helsinki",
    "florida": "America/New_York",
    "france": "Europe/Paris",
    "frankfurt": "Europe/Berlin",
    "geneva": "Europe/Zurich",
    "germany": "Europe/Berlin",
    "greece": "Europe/Athens",
    "hamburg": "Europe/Berlin",
    "hawaii": "Pacific/Honolulu",
    "houston": "America/Chicago",
    "india": "Asia/Kolkata",
    "indonesia": "Asia/Jakarta",
    "ireland": "Europe/Dublin",
    "italy": "Europe/Rome",
    "kenya": "Africa/Nairobi",
    "korea": "Asia/Seoul",
    "las vegas": "America/Los_Angeles",
    "miami": "America/New_York",
    "milan": "Europe/Rome",
    "montreal": "America/Toronto",
    "mumbai": "Asia/Kolkata",
    "munich": "Europe/Berlin",
    "netherlands": "Europe/Amsterdam",
    "new delhi": "Asia/Kolkata",
    "new zealand": "Pacific/Auckland",
    "nigeria": "Africa/Lagos",
    "norway": "Europe/Oslo",
    "osaka": "Asia/Tokyo",
    "pakistan": "Asia/Karachi",
    "philadelphia": "America/New_York",
    "philippines": "Asia/Manila",
    "poland": "Europe/Warsaw",
    "rio de janeiro": "America/Sao_Paulo",
    "russia": "Europe/Moscow",
    "saint petersburg": "Europe/Moscow",
    "san diego": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "saudi arabia": "Asia/Riyadh",
    "scotland": "Europe/London",
    "seattle": "America/Los_Angeles",
    "south africa": "Africa/Johannesburg",
    "south korea": "Asia/Seoul",
    "spain": "Europe/Madrid",
    "sweden": "Europe/Stockholm",
    "switzerland": "Europe/Zurich",
    "texas": "America/Chicago",
    "thailand": "Asia/Bangkok",
    "turkey": "Europe/Istanbul",
    "ukraine": "Europe/Kyiv",
    "united kingdom": "Europe/London",
    "uk": "Europe/London",
    "united states": "America/New_York",
    "us": "America/New_York",
    "usa": "America/New_York",
    "vietnam": "Asia/Ho_Chi_Minh",
    "washington": "America/New_York",
}
"""Large cities and countries that no IANA zone is named after; for a country, its largest city."""
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
        *_PLACES,
    ]
}
_SIMILAR = 90


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


def find_zone(place: str) -> str | None:
    """The IANA zone of a place as people say it, a little misheard too; None where there is none."""
    plain = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode()
    wanted = plain.strip().lower().removeprefix("the ").replace("_", " ")
    known = _zones()
    if wanted in known:
        return known[wanted]
    match = process.extractOne(wanted, list(known), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    return known[match[0]] if match else None


@cache
def _zones() -> dict[str, str]:
    """Zones by spoken name: their last part (`new york`), their whole name, and the table above."""
    zones = {zone.split("/")[-1].replace("_", " ").lower(): zone for zone in sorted(available_timezones())}
    zones |= {zone.replace("_", " ").lower(): zone for zone in available_timezones()}
    return zones | _PLACES
