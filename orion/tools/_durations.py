"""Durations as people say them, in English."""

from __future__ import annotations

import re

from text_to_num import alpha2digit

_DAY = 86400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY, "w": 7 * _DAY, "month": 30 * _DAY, "y": 365 * _DAY}
_PART = re.compile(
    r"(\d+(?:\.\d+)?)[\s-]*"
    r"(?:(s)(?:ec(?:ond)?s?)?|(month)s?|(m)(?:in(?:ute)?s?)?|(h)(?:(?:ou)?rs?)?|(d)ays?|(w)eeks?|(y)ears?)"
    r"(?=\d|\b)"
)
BEFORE_ZERO = re.compile(r"(?:-|\bminus )\s*\d|\bago\b")
_LONG = "hour|hr|minute|min|day|week|month|year"
_FRACTIONS = (
    (re.compile(r"\b3 quarters of an hour\b"), "45 minutes"),
    (re.compile(r"\b(?:a )?quarter (?:of an )?hour\b"), "15 minutes"),
    (re.compile(rf"\b(?:a )?half (?:an? )?({_LONG})\b"), r"0.5 \1"),
    (re.compile(rf"\ba couple (?:of )?({_LONG}|sec)"), r"2 \1"),
    (re.compile(rf"\b(?:an?|one) ({_LONG}|sec)\b"), r"1 \1"),
    (re.compile(rf"\b(\d+) and a half ({_LONG})"), r"\1.5 \2"),
    (re.compile(rf"\b(\d+) and a quarter ({_LONG})"), r"\1.25 \2"),
    (re.compile(rf"\b(\d+) ({_LONG})s? and a half\b"), r"\1.5 \2"),
    (re.compile(rf"\b(\d+) ({_LONG})s? and a quarter\b"), r"\1.25 \2"),
)


def plain(text: str) -> str:
    """The text in lower case with its number words as digits; a `second` stays a unit of time."""
    text = re.sub(r"\bsecond(s?)\b", r"sec\1", text.lower().replace("’", "'"))
    return " ".join(alpha2digit(text, "en", threshold=0).split())


def seconds(duration: str) -> float | None:
    """A duration as people say it, in seconds; None where there is none in it."""
    text = plain(duration)
    for said, meant in _FRACTIONS:
        text = said.sub(meant, text)
    parts = [] if BEFORE_ZERO.search(text) else _PART.findall(text)
    return sum(float(number) * _UNITS["".join(unit)] for number, *unit in parts) if parts else None
