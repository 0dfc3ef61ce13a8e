"""Whether what a person expects is in an answer: a regex, or a macro whose value depends on today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from text_to_num import alpha2digit

from tests.dialogues.natural.turns import Wanted

_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBER = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALED = re.compile(r"(\d+(?:\.\d+)?) (thousand|million|billion)\b")
_NOTHING = re.compile(r"\bhave nothing (?:noted|stored|written down)\b", re.IGNORECASE)
_HOUR_SLACK_MINS = (-2, -1, 0, 1)
"""A minute may have begun between the question and the judgement."""


def holds(wanted: Wanted, answer: str, now: datetime) -> bool:
    """Whether it is in the answer; `now` is the caller's own time."""
    said = _NOTHING.sub("do not know anything", answer.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if isinstance(wanted, str):
        return re.search(wanted, said, re.IGNORECASE) is not None
    ((name, value),) = wanted.items()
    return _MACROS[name](value, said, now)


def numbers(text: str) -> list[float]:
    """All numbers of a text, in digits or in words, but of times of day."""
    bare = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", _CLOCK.sub("", text))
    digits = alpha2digit(bare, "en", threshold=0) if bare.strip() else bare
    digits = _SCALED.sub(lambda hit: f"{float(hit[1]) * _SCALES[hit[2]]:f}", digits)
    plain = [float(re.sub("[, ]", "", hit)) for hit in _NUMBER.findall(digits)]
    return plain + [float(part) for hit in _NUMBER.findall(bare) for part in re.split("[, ]", hit)]


def day(said: str, now: datetime) -> date:
    """The day of `+3`, `fri`, `fri+14`, `12-25` (the next one) or `2027-07-04`."""
    if found := re.fullmatch(r"([a-z]{3})?([+-]\d+)?", said):
        ahead = (_short().index(found[1]) - now.weekday()) % 7 if found[1] else 0
        return now.date() + timedelta(days=ahead + int(found[2] or 0))
    if re.fullmatch(r"\d\d-\d\d", said):
        this = date.fromisoformat(f"{now.year}-{said}")
        return this if this >= now.date() else date.fromisoformat(f"{now.year + 1}-{said}")
    return date.fromisoformat(said)


def _short() -> list[str]:
    return [name[:3] for name in _DAYS]


def _number(value: float, said: str, _: datetime) -> bool:
    return any(abs(found - value) < 1e-6 for found in numbers(said))


def _about(value: float, said: str, _: datetime) -> bool:
    return any(abs(found - value) <= abs(value) / 100 for found in numbers(said))


def _weekday(value: str, said: str, now: datetime) -> bool:
    return _DAYS[day(value, now).weekday()] in said.lower()


def _date(value: str, said: str, now: datetime) -> bool:
    wanted = day(value, now)
    return wanted.strftime("%B").lower() in said.lower() and _number(wanted.day, said, now)


def _days_until(value: str, said: str, now: datetime) -> bool:
    return _number((day(value, now) - now.date()).days, said, now)


def _days_since(value: str, said: str, now: datetime) -> bool:
    return _number((now.date() - day(value, now)).days, said, now)


def _clock(value: str, said: str, now: datetime) -> bool:
    there = now if value == "local" else now.astimezone(ZoneInfo(value))
    return any(_tells(there + timedelta(minutes=late), said) for late in _HOUR_SLACK_MINS)


def _clock_at(value: tuple[str, str, str], said: str, now: datetime) -> bool:
    time, here, there = value
    hour, minute = map(int, time.split(":"))
    at = now.astimezone(ZoneInfo(here)).replace(hour=hour, minute=minute)
    return _tells(at.astimezone(ZoneInfo(there)), said)


def _hours_between(value: tuple[str, str], said: str, now: datetime) -> bool:
    one, other = (now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in value)
    return _number(abs((one - other).total_seconds()) / 3600, said, now)


def _tells(moment: datetime, said: str) -> bool:
    return any(re.search(form, said, re.IGNORECASE) for form in _forms(moment))


def _forms(moment: datetime) -> Iterator[str]:
    """How a time of day may be written: 14:05, 2:05 PM, and 2 PM for a full hour."""
    hour = moment.hour % 12 or 12
    half = "p" if moment.hour >= 12 else "a"
    yield rf"\b0?{moment.hour}[:.]{moment.minute:02}(?! ?[ap]\.?m)"
    yield rf"\b0?{hour}[:.]{moment.minute:02} ?{half}\.?m"
    if moment.minute == 0:
        yield rf"\b0?{hour} ?{half}\.?m|\b0?{hour} o'clock"


_MACROS: Mapping[str, Callable[[Any, str, datetime], bool]] = {
    "number": _number,
    "about": _about,
    "weekday": _weekday,
    "date": _date,
    "days_until": _days_until,
    "days_since": _days_since,
    "clock": _clock,
    "clock_at": _clock_at,
    "hours_between": _hours_between,
}
