"""Time zones of places as people say them."""

from __future__ import annotations

import unicodedata
from functools import cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

PLACES = {
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
    "la": "America/Los_Angeles",
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
    "nyc": "America/New_York",
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
_SIMILAR = 90


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
    return zones | PLACES
