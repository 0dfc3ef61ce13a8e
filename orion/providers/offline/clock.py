"""Times of day in the plain form of what was said: `7:30 pm`, `at 7`, `at 8 tonight`."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)\b(?: (?P<part>[ap]m)\b)?")
_AT = re.compile(r"\bat (?P<hour>\d{1,2})\b(?![:.]\d)(?: (?:this )?(?P<part>tonight|evening|afternoon)\b)?")
_DAY = (
    r"(?:the day after tomorrow|today|tonight|tomorrow|(?:(?:on|next|this) )*(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day|(?:on )?\d{4}-\d\d-\d\d|in \d+ (?:day|week)s?|(?:on )?(?:the )?\d{1,2}(?:st|nd|rd|th)"
    r" (?:of )?[a-z]{3,9}"
    r"|(?:on )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?)"
)
_PART_OF_DAY = r"(?:(?:in the |this |at )?(?:morning|afternoon|evening|night))"
_HOUR = r"(?:(?:at )?(?:half \d{1,2}|\d{1,2}:\d\d(?: [ap]m)?)|at \d{1,2})(?! (?:second|minute|hour))"
_WHEN = re.compile(rf"\b(?:{_DAY}|{_PART_OF_DAY}|{_HOUR})(?: (?:{_DAY}|{_PART_OF_DAY}|{_HOUR}))*\b")
_BARE_HOUR = re.compile(r"(?:(?:at|around|about|for) )?(?:half )?\d{1,2}(?: \d\d)?(?: (?:please|thanks))?")
_TIMES = (_CLOCK, _AT)
"""What leaves the least doubt comes first."""


def read(text: str) -> str | None:
    """The first time of day, HH:MM; None where there is none. Without a word of the evening it is as said."""
    found = next((match for pattern in _TIMES if (match := pattern.search(text))), None)
    return _written(found.groupdict()) if found else None


def words(text: str) -> str | None:
    """The words that tell when, in the user's order: `tomorrow at 8`; None where there are none."""
    return " ".join(match[0] for match in _WHEN.finditer(text)) or None


def bare(text: str) -> str | None:
    """The whole text as a time, be it an hour alone."""
    text = text.strip()
    return text if _BARE_HOUR.fullmatch(text) else words(text)


def is_a_day(text: str) -> bool:
    """Whether the words that tell when name a day, and no hour."""
    return re.search(_HOUR, text) is None and names_a_day(text)


def names_a_day(text: str) -> bool:
    """Whether the words that tell when name a day."""
    return re.search(_DAY, text) is not None


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
