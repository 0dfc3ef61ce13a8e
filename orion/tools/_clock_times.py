"""Clock times as people say them, in English: `7 am tomorrow`, `half past three`, `noon on Friday`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from orion.domain.text.said import plain
from orion.domain.timer_words import clock, day
from orion.domain.tool import ToolFailure

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(name if name == "may" else rf"{name[:3]}(?:{name[3:]})?\.?" for name in _MONTHS)
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}))?\b"
_DATES = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:t|\b)"),
    re.compile(rf"\b(?P<month>{_MONTH}) (?:the )?{_NTH}(?! ?[ap]\.?m|:){_YEAR}"),
    re.compile(rf"\b(?:the )?{_NTH} (?:of )?(?P<month>{_MONTH}){_YEAR}"),
)
_WEEKDAY = re.compile(rf"\b(next )?(?:week )?({'|'.join(_WEEKDAYS)})\b")
_RELATIVE = (
    (re.compile(r"\b(?:the )?day after tomorrow\b"), 2),
    (re.compile(r"\btomorrow\b"), 1),
    (re.compile(r"\byesterday\b"), -1),
    (re.compile(r"\btoday\b|\bthis (?=morning|afternoon|evening)|\b(?=tonight\b)"), 0),
)
_IN_DAYS = re.compile(r"\b(?:in )?(\d+) (day|week)s?(?: time| from now)?\b")
_HALF = re.compile(r"(?<=[\d ])(am|pm)\b")
_PART_OF_DAY = re.compile(r"\b(?:in the |at )?(morning|afternoon|evening|night|tonight)\b")
_BESIDE = re.compile(r"\b(\d{1,2})(?: minutes)? (past|after|to|before|till) (\d{1,2})(?::00)?\b")
_CLOCK = re.compile(r"(?<![\d.:-])(\d{1,2})(?:(?::| )(?=\d\d\b)([0-5]\d)| oh (\d)\b)?(?![\d:]|\.\d| \d)")
_O_CLOCK = re.compile(r"\bo ?'? ?clock\b")
_COUNTED_TO_24 = re.compile(r"\b0\d[:.]\d\d")
_ELSEWHERE = re.compile(
    r"\bin (?!the\b|an?\b|\d)[a-z]+|\b(?!(?:the|that|this|in|same|local|my)\b)[a-z]+ time\b"
)
_AT = re.compile(r"\bat\b|\d:\d|clock\b")
_NOT_WHEN = "I did not understand for what time. Say for example: seven thirty tomorrow morning."
_ELSEWHERE_SAID = "I can only go by your own clock. What time is that for you?"


@dataclass(frozen=True, slots=True)
class _Hour:
    """An hour and a minute. `half` is `a`, `p`, `n` for the night, or empty where it was not said."""

    hour: int
    minute: int
    half: str = ""

    def on(self, named: date | None, today: date, early: int) -> list[int]:
        """The hours of the day, from 0 to 29, that this may be, the likeliest first."""
        if self.half == "n":
            return [self.hour + 12 if self.hour >= 6 else self.hour + 24]
        if self.half:
            return [self.hour % 12 + (12 if self.half == "p" else 0)]
        if self.hour == 0 or self.hour > 12:
            return [self.hour]
        if self.hour == 12:
            return [12]
        if named is None or named == today:
            return sorted((self.hour % 12, self.hour % 12 + 12))
        return [self.hour if early <= self.hour else self.hour % 12 + 12]


def is_clock_time(said: str) -> bool:
    """Whether a clock time is meant, though it holds a duration: `20 minutes to 5`, `in 2 days at 5`."""
    text = plain(said)
    return bool(_BESIDE.search(text)) or bool(_IN_DAYS.search(text) and _AT.search(text))


def sounds_like_one(said: str) -> bool:
    """Whether there is more than a bare number to tell that a clock time is meant."""
    text = plain(said)
    return bool(_AT.search(text) or _WEEKDAY.search(text) or _PART_OF_DAY.search(text)) or any(
        pattern.search(text) for pattern, _ in _RELATIVE
    )


def read(said: str, now: datetime, *, early: int) -> datetime:
    """What the clock shows when a time comes next, without its zone.

    Args:
        now: What it shows now, without its zone.
        early: On a day that is named, an hour without `am` or `pm` is before noon from this one on.

    Raises:
        ToolFailure: It cannot be understood, or is over.
    """
    named, weekly, text = _day(_O_CLOCK.sub(" ", plain(said)), now.date())
    hour, text = _hour(text)
    if hour is not None and "midnight" in said.lower():
        hour = _Hour(24, hour.minute)
    elif hour is not None and _COUNTED_TO_24.search(said):
        hour = replace(hour, half="a")
    if hour is None:
        if named is not None and named >= now.date():
            raise ToolFailure(f"At what time {_named(named, now)}?")
        raise ToolFailure(_NOT_WHEN)
    if _ELSEWHERE.search(text):
        raise ToolFailure(_ELSEWHERE_SAID)
    dates = [named] if named is not None else [now.date(), now.date() + timedelta(days=1)]
    dates += [dates[0] + timedelta(days=7)] if weekly else []
    found = [
        datetime.combine(on, time(0)) + timedelta(hours=hours, minutes=hour.minute)
        for on in dates
        for hours in hour.on(named, now.date(), early)
    ]
    coming = next((at for at in found if at > now), None)
    if coming is None:
        raise ToolFailure(f"{clock(found[-1])} {_named(found[-1].date(), now)} is over.")
    return coming


def _named(on: date, now: datetime) -> str:
    return day(datetime.combine(on, time(12)), now) or "today"


def _day(text: str, today: date) -> tuple[date | None, bool, str]:
    """The day that is named, whether it comes every week, and the text without it."""
    for pattern in _DATES:
        if found := pattern.search(text):
            return _date(found, today), False, pattern.sub(" ", text, count=1)
    for pattern, days in _RELATIVE:
        if pattern.search(text):
            return today + timedelta(days=days), False, pattern.sub(" ", text, count=1)
    if found := _WEEKDAY.search(text):
        ahead = (_WEEKDAYS.index(found[2]) - today.weekday()) % 7
        ahead = ahead or (7 if found[1] else 0)
        return today + timedelta(days=ahead), True, _WEEKDAY.sub(" ", text, count=1)
    if found := _IN_DAYS.search(text):
        days = min(int(found[1]) * (7 if found[2] == "week" else 1), 10_000)
        return today + timedelta(days=days), False, _IN_DAYS.sub(" ", text, count=1)
    return None, False, text


def _date(found: re.Match[str], today: date) -> date:
    """A date; without its year the next one. Raises ToolFailure for one that does not exist."""
    month = found["month"]
    number = int(month) if month.isdigit() else [name[:3] for name in _MONTHS].index(month[:3]) + 1
    try:
        if found["year"]:
            return date(int(found["year"]), number, int(found["day"]))
        coming = (date(today.year + years, number, int(found["day"])) for years in (0, 1))
        return next(on for on in coming if on >= today)
    except (ValueError, StopIteration):
        raise ToolFailure("There is no such date.") from None


def _hour(text: str) -> tuple[_Hour | None, str]:
    """The time of day, and the text without it. Raises ToolFailure for one that does not exist."""
    half, text = _half(text)
    if found := _BESIDE.search(text):
        return _beside(int(found[1]), int(found[3]), half, is_past=found[2] in {"past", "after"}), text
    if found := _CLOCK.search(text):
        hour, minute = int(found[1]), int(found[2] or found[3] or 0)
        if hour > 24 or (half in {"a", "p"} and hour > 12) or (hour == 24 and minute):
            raise ToolFailure(f"There is no such time as {found[0].strip()}.")
        return _Hour(hour, minute, "" if hour > 12 else half), _CLOCK.sub(" ", text, count=1)
    return None, text


def _half(text: str) -> tuple[str, str]:
    half = ""
    if found := _HALF.search(text):
        half, text = found[1][0], _HALF.sub(" ", text, count=1)
    if found := _PART_OF_DAY.search(text):
        said = found[1]
        half = half or ("a" if said == "morning" else "n" if said in {"night", "tonight"} else "p")
        text = _PART_OF_DAY.sub(" ", text)
    return half, text


def _beside(minutes: int, hour: int, half: str, *, is_past: bool) -> _Hour:
    """Twenty past three, ten to twelve. Raises ToolFailure for what no clock shows."""
    if hour > 24 or minutes > 59:
        raise ToolFailure(_NOT_WHEN)
    if is_past or not minutes:
        return _Hour(hour % 24, minutes, half)
    flips = half in {"a", "p"} and hour == 12
    before = 12 if hour == 1 else (hour - 1) % 24
    return _Hour(before, 60 - minutes, {"a": "p", "p": "a"}[half] if flips else half)
