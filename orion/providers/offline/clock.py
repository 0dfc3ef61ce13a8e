"""Times of day in the plain form of what was said: `7:30 pm`, `at 7`, `at 8 tonight`."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)\b(?: (?P<part>[ap]m)\b)?")
_AT = re.compile(r"\bat (?P<hour>\d{1,2})\b(?![:.]\d)(?: (?:this )?(?P<part>tonight|evening|afternoon)\b)?")
_TIMES = (_CLOCK, _AT)
"""What leaves the least doubt comes first."""


def read(text: str) -> str | None:
    """The first time of day, HH:MM; None where there is none. Without a word of the evening it is as said."""
    found = next((match for pattern in _TIMES if (match := pattern.search(text))), None)
    return _written(found.groupdict()) if found else None


def without(text: str) -> str:
    """The text without its times of day: their numbers count nothing."""
    for pattern in _TIMES:
        text = pattern.sub(" ", text)
    return text


def _written(parts: dict[str, str | None]) -> str | None:
    hour, minute, part = int(parts["hour"] or 0), int(parts.get("minute") or 0), parts.get("part")
    if part == "am":
        hour %= 12
    elif part and hour < 12:
        hour += 12
    return f"{hour:02}:{minute:02}" if 0 <= hour < 24 else None
