"""Typed values in the plain form of what was said, read by the form of a property: number, option, time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz, process

from orion.domain import pattern
from orion.domain.effort import OutOfTime
from orion.domain.text.said import plain
from orion.providers.offline import clock, days

TIMES = frozenset({"date", "date-time", "time", "when"})
COUNTED = frozenset({"integer", "number"})
NUMBER = re.compile(r"(?<![\d:.])(?:-|(?<!\d )\bminus )?\d+(?:\.\d+)?(?![\d:]|\.\d)")
_ALONE = re.compile(r"(?:for )?(\d+(?:\.\d+)?)(?: please)?")
UNIT = r"(?:second|minute|hour|day|week)s?"
DURATION = re.compile(rf"\b\d+(?:\.\d+)? {UNIT}\b(?:(?: and)? \d+(?:\.\d+)? {UNIT}\b)*")
_M = re.compile(r"(?<=\d) m\b")
"""One letter is a unit where a duration is looked for."""
_YES = re.compile(r"\b(yes|yeah|yep|sure|true|on)\b")
_NO = re.compile(r"\b(no|nope|false|off)\b")
HOMOPHONES = {"for": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "tree": "3"}
_BESIDE = r"(?:times|plus|minus|divided by|multiplied by)"
_HOMOPHONE = re.compile(
    rf"\b(?:{'|'.join(HOMOPHONES)})(?= {_BESIDE}\b)"
    r"|(?:(?<=times )|(?<=plus )|(?<=minus )|(?<=divided by )|(?<=multiplied by ))"
    rf"(?:{'|'.join(HOMOPHONES)})\b"
)
_HUNDRED_IN = re.compile(r"\b(\d*[1-9]00+) in (\d{1,2})\b")
_OPERATION = re.compile(
    r"\b(?:plus|minus|times|divided by|multiplied by|over|percent of|squared|cubed|less|power of|x"
    r"|half of|root of|add|multiply|subtract|divide|sqrt)\b|[+*/^]|(?<=[\d)]) -"
)
_CALCULATION = re.compile(
    r"(?:\b(?:add(?: up)?|multiply|subtract|divide|half of|(?:the )?square root of|minus|sqrt)\s+|[-(]\s*)*"
    r"\d(?:.*(?:[\d)]|\b(?:percent|squared|cubed)\b))?"
)
_ONE_NUMBER = re.compile(r"\b(?:half of|root of|squared|cubed|sqrt)\b")
"""What calculates with one number."""
_MOST_DIGITS = 40
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPELLED_MAIL = re.compile(
    r"\b([\w.+-]+(?: (?:dot|point|underscore|dash) \w+)*) at (\w+(?:(?: dot |\.)\w+)+)\b"
)
_MARKS = ((" dot ", "."), (" point ", "."), (" underscore ", "_"), (" dash ", "-"))


def value(prop: Mapping[str, Any], text: str) -> Any:
    """A value of a typed property anywhere in the plain text; None where there is none."""
    kind = prop.get("x-kind") or prop.get("format") or prop.get("type")
    if "enum" in prop:
        return _option(prop["enum"], text)
    if kind in READERS:
        return READERS[kind](prop, text)
    return _matched(str(prop["pattern"]).strip("^$"), text) if "pattern" in prop else None


def whole(prop: Mapping[str, Any], text: str) -> Any:
    """The plain text as the value of a typed property; None where it does not fit."""
    if prop.get("x-kind") == "when":
        return clock.bare(text) or _matched(DURATION.pattern, text)
    if prop.get("x-kind") == "duration" and (number := _ALONE.fullmatch(text.strip())):
        return f"{number[1]} minutes"
    found = value(prop, HOMOPHONES.get(text.strip(), text))
    if found is None and prop.get("format") == "time":
        return clock.read(f"at {text.strip()}")
    return found


def is_free(prop: Mapping[str, Any]) -> bool:
    """Whether any text can be the value."""
    return prop.get("type", "string") == "string" and not (
        {"enum", "pattern", "x-kind"} & prop.keys() or prop.get("format") in READERS
    )


def number(prop: Mapping[str, Any], written: str) -> int | float | None:
    """A number in digits as a value of the property; None where it does not fit."""
    written = written.replace("minus ", "-")
    if len(written) > _MOST_DIGITS:
        return None
    found = float(written) if "." in written else int(written)
    if not _within(prop, found):
        return None
    if float(found).is_integer():
        return int(found)
    return None if prop.get("type") == "integer" else found


def arithmetic(text: str) -> str | None:
    """The part of the plain text that calculates; None if it holds no operation.

    A recogniser writes `four times two` as `for times to` as well, so beside an operator those count; and
    `one hundred and two` as `one hundred in two`.
    """
    if not any(letter.isdigit() for letter in text) and not _HOMOPHONE.search(text):
        return None
    heard = _HUNDRED_IN.sub(lambda match: str(int(match[1]) + int(match[2])), text)
    heard = _HOMOPHONE.sub(lambda word: HOMOPHONES[word[0]], heard)
    match = _CALCULATION.search(heard)
    if match is None or not _OPERATION.search(match[0]):
        return None
    whole = len(NUMBER.findall(match[0])) > 1 or _ONE_NUMBER.search(match[0])
    return match[0].strip() if whole else None


def reason(prop: Mapping[str, Any], text: str) -> str:
    """Why the plain text gives no value, in a sentence; empty where there is none to tell."""
    low, high = prop.get("minimum"), prop.get("maximum")
    if prop.get("type") in COUNTED and NUMBER.search(text):
        if isinstance(low, int | float) and isinstance(high, int | float):
            return f"It must be between {low} and {high}."
        if isinstance(low, int | float):
            return f"It must be at least {low}."
        if isinstance(high, int | float):
            return f"It must be at most {high}."
        return "It must be a whole number." if prop.get("type") == "integer" else ""
    return ""


def explains(prop: Mapping[str, Any], found: Any) -> str:
    """The words that a value of the property may have been said with."""
    kind = prop.get("x-kind") or prop.get("format")
    return f"{found} {_SAID_WITH.get(str(kind), '')}"


def _matched(wanted: str, text: str) -> str | None:
    """What a pattern matches; None where the time for all of them is used up."""
    try:
        return pattern.search(wanted, text)
    except OutOfTime:
        return None


def _option(options: list[Any], text: str) -> Any:
    """The option that was named; of several the one behind `to`, `in` or `into`, else the last."""
    named = _named(options, text)
    if named:
        aimed = [hit for hit in named if re.search(r"\b(?:to|in|into)\s+(?:the\s+)?$", text[: hit[0]])]
        return max(aimed or named, key=lambda hit: hit[0])[1]
    spoken = {plain(str(option)): option for option in options if len(str(option)) > 3}
    match = (
        process.extractOne(text, list(spoken), scorer=fuzz.partial_ratio, score_cutoff=85) if text else None
    )
    return spoken[match[0]] if match else None


def _named(options: list[Any], text: str) -> list[tuple[int, Any]]:
    """The options that stand in the text, with their places."""
    return [
        (match.start(), option)
        for option in options
        for name in {str(option).lower(), plain(str(option))}
        if name and name in text  # a schema may have thousands
        for match in re.finditer(rf"\b{re.escape(name)}\b", text)
    ]


def _duration(_prop: Mapping[str, Any], text: str) -> str | None:
    match = DURATION.search(_M.sub(" minutes", text))
    return match[0] if match else None


def _arithmetic(_prop: Mapping[str, Any], text: str) -> str | None:
    return arithmetic(text)


def _boolean(_prop: Mapping[str, Any], text: str) -> bool | None:
    return True if _YES.search(text) else False if _NO.search(text) else None


def _number(prop: Mapping[str, Any], text: str) -> int | float | None:
    match = NUMBER.search(text)
    return number(prop, match[0]) if match else None


def _within(prop: Mapping[str, Any], found: float) -> bool:
    low, high = prop.get("minimum", found), prop.get("maximum", found)
    return all(isinstance(bound, int | float) for bound in (low, high)) and low <= found <= high


def _day(_prop: Mapping[str, Any], text: str) -> str | None:
    found = days.read(text, datetime.now().astimezone().date())
    return found.isoformat() if found else None


def _moment(_prop: Mapping[str, Any], text: str) -> str | None:
    """A day with its time, ISO 8601; of a time alone the next."""
    now = datetime.now().astimezone().replace(tzinfo=None)
    day, time = days.read(text, now.date()), clock.read(text)
    if day is None and time is None:
        return None
    hour, minute = map(int, (time or f"{now:%H:%M}").split(":"))
    moment = datetime.combine(day or now.date(), datetime.min.time()).replace(hour=hour, minute=minute)
    if day is None and moment < now:
        moment += timedelta(days=1)
    return moment.isoformat(timespec="minutes")


def _time(_prop: Mapping[str, Any], text: str) -> str | None:
    """A time of day, HH:MM."""
    return clock.read(text)


def _when(_prop: Mapping[str, Any], text: str) -> str | None:
    """A time as it was said, which the tool itself reads."""
    return clock.words(text)


def _mail(_prop: Mapping[str, Any], text: str) -> str | None:
    """An e-mail address, spelled out too: `anna dot miller at example dot com`."""
    if match := _MAIL.search(text):
        return match[0]
    match = _SPELLED_MAIL.search(text)
    if match is None:
        return None
    found = f"{match[1]}@{match[2]}"
    for said, mark in _MARKS:
        found = found.replace(said, mark)
    return found.rsplit(" ", 1)[-1]


_HOURS = "am pm morning afternoon evening night noon tonight clock past half quarter"
_SAID_WITH = {
    "date": " ".join(days.WORDS),
    "date-time": " ".join([*days.WORDS, _HOURS]),
    "duration": "second minute hour day week from now",
    "time": f"{_HOURS} today tomorrow",
    "when": " ".join([*days.WORDS, _HOURS]),
}
READERS: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "arithmetic": _arithmetic,
    "boolean": _boolean,
    "date": _day,
    "date-time": _moment,
    "duration": _duration,
    "email": _mail,
    "integer": _number,
    "number": _number,
    "time": _time,
    "when": _when,
}
"""How a value is read, by `x-kind`, `format` or `type`."""
