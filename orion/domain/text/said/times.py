"""Times of day in one spelling, `7:30 pm`: half past, quarter to, o'clock, `7am`, `seven in the evening`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orion.domain.text.said.tokens import Token, joined, words_at

_CLOCK = re.compile(r"\d{1,2}:\d\d\Z")
_AT = frozenset("at until till by before after around about from between since".split())
_NAMED = {"noon": "12:00 pm", "midday": "12:00 pm", "midnight": "12:00 am"}
_PARTS = {"morning": "am", "afternoon": "pm", "evening": "pm"}
_BEGINS = frozenset({*_NAMED, "a", "half", "quarter"})
_ROUND = frozenset({5, 10, 15, 20, 25})
_MINUTES = range(60)

Read = tuple[str, int]


def timed(line: Sequence[Token]) -> list[Token]:
    """The tokens with each time of day as one token, `am` or `pm` as the next."""
    found: list[Token] = []
    at = 0
    while at < len(line):
        read = _time(line, at)
        if read is None:
            found.append(line[at])
            at += 1
            continue
        text, end = read
        part, after = _part(line, end, text)
        last = line[after - 1]
        found.append(joined(line[at], last, text.partition(" ")[0]))
        if part or " " in text:
            found.append(joined(line[at], last, part or text.partition(" ")[2])._replace(apart=False))
        at = after
    return found


def _time(line: Sequence[Token], at: int) -> Read | None:
    """The time of day that begins there, `H:MM`, and where it ends."""
    word = line[at].text
    if not (word[0].isdecimal() or word in _BEGINS):
        return None
    if word in _NAMED:
        return _NAMED[word], at + 1
    if _CLOCK.match(word):
        hour, minute = word.split(":")
        return _checked(int(hour), int(minute), at + 1)
    return _past(line, at) or _clock(line, at)


def _past(line: Sequence[Token], at: int) -> Read | None:
    """`half past 7`, `a quarter to 8`, `10 past 3`."""
    begin = at
    if words_at(line, at, "a/1", "quarter"):
        at += 1
    minute = {"half": 30, "quarter": 15}.get(line[at].text)
    if minute is None and line[at].text.isdecimal() and int(line[at].text) in range(1, 30):
        minute = int(line[at].text)
    if minute is None:
        return None
    named = line[at].text in ("half", "quarter") or words_at(line, at + 1, "minutes/minute")
    at += 1 + words_at(line, at + 1, "minutes/minute")
    hour = int(line[at + 1].text) if at + 1 < len(line) and line[at + 1].text.isdecimal() else 0
    if not 1 <= hour <= 24:
        return None if line[at - 1].text != "half" else _half_seven(line, at)
    if words_at(line, at, "past/after") and (line[at].text == "past" or named):
        return _checked(hour, minute, at + 2)
    before = line[begin - 1].text if begin else ""
    sure = named or (minute in _ROUND and before in {"at", "until", "by", "before", "is"})
    if words_at(line, at, "to/of/before/til/till") and sure and not (line[at].text == "of" and minute != 15):
        return _checked(hour - 1 or 12, 60 - minute, at + 2)
    return None


def _half_seven(line: Sequence[Token], at: int) -> Read | None:
    """`half 7`, which is half past it."""
    hour = int(line[at].text) if at < len(line) and line[at].text.isdecimal() else 0
    ends = at + 1 == len(line) or words_at(
        line, at + 1, "tomorrow/today/tonight/in/this/please/on/am/pm/to/and"
    )
    return _checked(hour, 30, at + 1) if 1 <= hour <= 12 and ends else None


def _clock(line: Sequence[Token], at: int) -> Read | None:
    """`3 o'clock`, `7 am`, `at 9 30`, `9 30 pm`."""
    if not line[at].text.isdecimal() or not 0 <= int(line[at].text) <= 24:
        return None
    hour, end = int(line[at].text), at + 1
    if words_at(line, end, "o'clock/oclock"):
        return _checked(hour, 0, end + 1)
    if words_at(line, end, "o", "clock"):
        return _checked(hour, 0, end + 2)
    minute = line[end].text if end < len(line) and not line[end].apart else ""
    if len(minute) == 2 and minute.isdecimal() and int(minute) in _MINUTES:
        counts = words_at(line, end + 1, "minutes/seconds/hours/percent/people/euros/dollars")
        said_so = (at and line[at - 1].text in _AT and not counts) or _part(line, end + 1, "9:00")[0]
        return _checked(hour, int(minute), end + 1) if said_so else None
    return _checked(hour, 0, end) if hour <= 12 and _part(line, end, "9:00")[0] else None


def _checked(hour: int, minute: int, end: int) -> Read | None:
    return (f"{hour}:{minute:02}", end) if hour <= 24 and minute in _MINUTES else None


def _part(line: Sequence[Token], at: int, time: str) -> tuple[str, int]:
    """`am`, `pm` or nothing behind a time, and where that ends."""
    if int(time.partition(":")[0]) > 12:
        return "", at + words_at(line, at, "am/pm")
    if words_at(line, at, "am/pm"):
        return line[at].text, at + 1
    if words_at(line, at, "a/p", "m"):
        return f"{line[at].text}m", at + 2
    if words_at(line, at, "in", "the", "morning/afternoon/evening"):
        return _PARTS[line[at + 2].text], at + 3
    if words_at(line, at, "at", "night"):
        return "pm", at + 2
    return "", at
