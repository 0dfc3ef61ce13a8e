"""Days in the plain form of what was said: `tomorrow`, `next friday`, `in 3 days`, `december 25th`, `2026-12-24`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?: (?P<year>\d{4})\b)?"
WORDS = frozenset(
    [*_WEEKDAYS, *_MONTHS, "today", "tonight", "tomorrow", "yesterday", "day", "week", "month", "next"]
)
"""Words that a day is made of."""


def read(text: str, today: date) -> date | None:
    """The last day that is named; without a year the next such day. None where there is none."""
    found = [
        (match.start(), day)
        for pattern, as_day in _FORMS
        for match in pattern.finditer(text)
        if (day := _safely(as_day, match, today)) is not None
    ]
    return max(found)[1] if found else None


def _safely(as_day: Callable[[re.Match[str], date], date], match: re.Match[str], today: date) -> date | None:
    try:
        return as_day(match, today)
    except (ValueError, OverflowError):  # no 31st of April
        return None


def _calendar(match: re.Match[str], today: date) -> date:
    month = _MONTHS.index(match["month"][:3]) + 1
    if year := match["year"]:
        return date(int(year), month, int(match["day"]))
    day = date(today.year, month, int(match["day"]))
    return day if day >= today else date(today.year + 1, month, day.day)


def _weekday(match: re.Match[str], today: date) -> date:
    ahead = (_WEEKDAYS.index(match["name"]) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def _ahead(match: re.Match[str], today: date) -> date:
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"]]
    return today + timedelta(days=round(float(match["number"]) * days))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), lambda match, _: date.fromisoformat(match[0])),
    (re.compile(rf"\b{_MONTH} {_DAY}\b{_YEAR}"), _calendar),
    (re.compile(rf"\b(?:the )?{_DAY} (?:of )?{_MONTH}\b{_YEAR}"), _calendar),
    (re.compile(rf"\b(?P<name>{'|'.join(_WEEKDAYS)})\b"), _weekday),
    (re.compile(r"\bin (?P<number>\d+(?:\.\d+)?) (?P<unit>day|week|month|year)s?\b"), _ahead),
    (re.compile(r"\b(?<!after )tomorrow\b"), lambda _, today: today + timedelta(days=1)),
    (re.compile(r"\bday after tomorrow\b"), lambda _, today: today + timedelta(days=2)),
    (re.compile(r"\bnext week\b"), lambda _, today: today + timedelta(days=7)),
    (re.compile(r"\b(?:today|tonight)\b"), lambda _, today: today),
    (re.compile(r"\b(?<!before )yesterday\b"), lambda _, today: today - timedelta(days=1)),
)
