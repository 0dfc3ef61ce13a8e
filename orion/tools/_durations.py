"""Durations as people say them, in English."""

from __future__ import annotations

import re

from orion.domain.text.said import plain

_DAY_SECS = 86400
_UNIT_SECS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": _DAY_SECS,
    "week": 7 * _DAY_SECS,
    "month": 30 * _DAY_SECS,
    "year": 365 * _DAY_SECS,
}
_UNIT = "|".join(_UNIT_SECS)
_PART = re.compile(rf"\b(?P<number>\d+(?:\.\d+)?|an?) (?:more |extra |another )?(?P<unit>{_UNIT})s?\b")
_HALF = re.compile(rf"\bhalf (?:an? )?(?P<unit>{_UNIT})\b")
_BEFORE_ZERO = re.compile(r"\bminus \d|\bago\b")


def seconds(duration: str) -> float | None:
    """A duration as people say it, in seconds; None where there is none in it."""
    text = _HALF.sub(r"0.5 \g<unit>", plain(duration))
    parts = [] if is_past(duration) else list(_PART.finditer(text))
    return sum(map(_secs, parts)) if parts else None


def is_past(said: str) -> bool:
    """Whether a duration is said that is over: `five minutes ago`, `minus five minutes`."""
    return bool(_BEFORE_ZERO.search(plain(said)))


def _secs(part: re.Match[str]) -> float:
    number = part["number"]
    return (1.0 if number.startswith("a") else float(number)) * _UNIT_SECS[part["unit"]]
