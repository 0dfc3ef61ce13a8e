"""Times of day as people say them, numbers already as digits: `half past 7 in the evening`, `8 p m`."""

from __future__ import annotations

import re

_MERIDIEM = re.compile(r"\b([ap])\s?\.?\s?m\b\.?")
_PART = r"(?P<part> ?[ap]m\b| in the (?:morning|afternoon|evening)\b| at night\b)"
_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<past>half|quarter) (?P<way>past|to) (?P<hour>\d{{1,2}})\b{_PART}?",
        rf"\b(?P<hour>\d{{1,2}})[: ](?P<minute>[0-5]\d)\b{_PART}?",
        rf"\b(?P<hour>\d{{1,2}})(?: o ?'?clock)?{_PART}",
        r"\b(?P<hour>\d{1,2}) o ?'?clock\b",
        r"\bat (?P<hour>\d{1,2})\b(?! ?[\d:])(?P<part> tonight\b)?",
    )
)
"""What leaves the least doubt comes first."""
_NAMED = {"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)}


def plain(text: str) -> str:
    """The text with `am` and `pm` as one word each, which a recogniser writes as two."""
    return _MERIDIEM.sub(r"\1m", text)


def read(text: str) -> str | None:
    """The first time of day, HH:MM; None where there is none. Without a word of the evening it is as said."""
    text = plain(text)
    for name, (hour, minute) in _NAMED.items():
        if re.search(rf"\b{name}\b", text):
            return f"{hour:02}:{minute:02}"
    found = next((match for pattern in _TIMES if (match := pattern.search(text))), None)
    return _written(found.groupdict()) if found else None


def without(text: str) -> str:
    """The text without its times of day: their numbers count nothing."""
    text = plain(text)
    for pattern in _TIMES:
        text = pattern.sub(" ", text)
    return text


def _written(parts: dict[str, str | None]) -> str | None:
    hour, minute, part = int(parts["hour"] or 0), int(parts.get("minute") or 0), parts.get("part") or ""
    if past := parts.get("past"):
        minute = 30 if past == "half" else 15
        if parts["way"] == "to":
            hour, minute = hour - 1, 60 - minute
    if "am" in part or "morning" in part:
        hour %= 12 if hour == 12 else 24
    elif part and hour < 12:
        hour += 12
    return f"{hour:02}:{minute:02}" if 0 <= hour < 24 else None
