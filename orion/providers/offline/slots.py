"""Arguments out of what was said, by the tool's JSON Schema and its example phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rapidfuzz import fuzz, process
from text_to_num import alpha2digit

from orion.domain import pattern
from orion.domain.effort import OutOfTime, within
from orion.domain.tool import Tool
from orion.providers.offline import clock, free_text
from orion.providers.offline.schema import properties

_NUMBER = re.compile(r"(?:-|(?<!\d )\bminus )?\d+(?:\.\d+)?")
_DURATION = re.compile(
    r"\b(?:(?:\d+(?:\.\d+)?|an?|half an?|(?:a )?quarter of an)(?: and a half)?"
    r" (?:second|minute|hour|day)s?(?: and a half)?"
    r"(?: and )?\s*)+"
)
_UNITS = (
    (re.compile(r"(?<=\d)\s*%"), " percent"),
    (re.compile(r"\b(1|an?) ?(?:min|minute)\b\.?"), r"\1 minute"),
    (re.compile(r"\b(1|an?) ?(?:hr|h)\b\.?"), r"\1 hour"),
    (re.compile(r"\b(1|an?) ?sec\b\.?"), r"\1 second"),
    (re.compile(r"(?<=\d)[ -]?mins?\b\.?|\bmins\b"), " minutes"),
    (re.compile(r"(?<=\d)[ -]?(?:hrs?|h)\b\.?|\bhrs\b"), " hours"),
    (re.compile(r"(?<=\d)[ -]?secs?\b\.?|\bsecs\b"), " seconds"),
)
"""Signs and units as people type them, as they say them."""
_SHORT = (
    (re.compile(r"(?<=\d)s\b"), " seconds"),
    (re.compile(r"(?<=\d)m(?=\d|\b)"), " minutes "),
    (re.compile(r"(?<=\d)h(?=\d)"), " hours "),
)
"""One letter is a unit where a duration is looked for: `90s`, `1h30m`."""
_SECOND = re.compile(r"\bsecond(s?)\b")
_SEC = re.compile(r"\bsec(s?)\b")
_YES = re.compile(r"\b(yes|yeah|yep|sure|true|on)\b")
_NO = re.compile(r"\b(no|nope|false|off)\b")
_PLACES = re.compile(r"\{(\w+)\}")
_HOMOPHONES = {"for": "four", "to": "two", "too": "two", "ate": "eight", "won": "one", "tree": "three"}
_HOMOPHONE = re.compile(
    rf"\b(?:{'|'.join(_HOMOPHONES)})(?= (?:times|plus|minus|divided by|multiplied by)\b)"
    r"|(?:(?<=times )|(?<=plus )|(?<=minus )|(?<=divided by )|(?<=multiplied by ))"
    rf"(?:{'|'.join(_HOMOPHONES)})\b"
)
_HUNDRED_AND = re.compile(r"\b(hundred|thousand) in\b")
_OPERATION = re.compile(
    r"\b(?:plus|minus|times|divided by|multiplied by|over|percent of|squared|cubed|less|power of|x"
    r"|half of|root of|add|multiply|subtract|divide)\b|[+*/^×÷]|(?<=[\d)])\s*-"
)
_CALCULATION = re.compile(
    r"(?:\b(?:add(?: up)?|multiply|subtract|divide|half of|(?:the )?square root of|minus)\s+|[-(]\s*)*"
    r"\d.*?(?:(?:[\d)%]|\b(?:percent|squared|cubed)\b)"
    r"(?!.*(?:[\d)%]|\b(?:percent|squared|cubed)\b)))"
)
_MOST_DIGITS = 40
_PATTERN_SECS = 0.03
"""For all patterns of a tool: the event loop waits for them."""
_TIMES = frozenset({"date", "date-time", "time"})
_COUNTED = frozenset({"integer", "number"})


def fill(tool: Tool, text: str, *, asked: str | None = None) -> dict[str, Any]:
    """The arguments that `text` gives.

    Args:
        asked: The property that the user was asked for: then the whole text may be its value.
    """
    with within(_PATTERN_SECS):
        return _filled(tool, text, asked)


def _filled(tool: Tool, text: str, asked: str | None) -> dict[str, Any]:
    known = properties(tool.parameters)
    found = _by_examples(tool, text, known)
    found |= _by_anchors(tool, text, known, found)
    countable = _without_times(known, text)
    for name, prop in known.items():
        if name not in found:
            value = _value(prop, countable if prop.get("type") in _COUNTED else text)
            if value is not None:
                found[name] = value
    if asked is not None and asked not in found and asked in known:
        value = _whole(known[asked], text)
        if value is not None:
            found[asked] = value
    return {name: _as_written(known[name], value, text) for name, value in found.items()}


def _without_times(known: Mapping[str, dict[str, Any]], text: str) -> str:
    """The text without the times and durations that have a property of their own: they count nothing."""
    kinds = {prop.get("x-kind") or prop.get("format") for prop in known.values()}
    if kinds & _TIMES:
        text = clock.without(digits(text))
    return _DURATION.sub(" ", digits(text)) if "duration" in kinds else text


def _as_written(prop: Mapping[str, Any], value: Any, text: str) -> Any:
    """Free text with the capitals that the user wrote; the search for it is blind to them."""
    if not (isinstance(value, str) and is_free(prop)):
        return value
    start = text.lower().find(value.lower())
    same_length = len(text.lower()) == len(text)
    return text[start : start + len(value)] if start >= 0 and same_length else value


def evidence(tool: Tool, text: str) -> float:
    """The share of the required properties with a form of their own (numbers, options, ...) that is found.

    Free text and dates do not count: anything can be the one, and the other takes milliseconds to read.
    """
    known = properties(tool.parameters)
    required = [known.get(name, {}) for name in tool.parameters.get("required", [])]
    formed = [prop for prop in required if not is_free(prop) and prop.get("format") not in _TIMES]
    with within(_PATTERN_SECS):
        return sum(_value(prop, text) is not None for prop in formed) / len(formed) if formed else 0.0


def places(tool: Tool) -> list[str]:
    """The names of the properties that take any text."""
    return [name for name, prop in properties(tool.parameters).items() if is_free(prop)]


def missing(tool: Tool, arguments: Mapping[str, Any]) -> str | None:
    """The first required property that has no value yet."""
    required: list[str] = tool.parameters.get("required", [])
    return next((name for name in required if name not in arguments), None)


def question(tool: Tool, name: str) -> str:
    """How to ask for a property: its `x-ask`, or made from its name."""
    prop = properties(tool.parameters).get(name, {})
    asked = prop.get("x-ask")
    if asked:
        return str(asked)
    options = prop.get("enum")
    if options:
        *first, last = map(str, options)
        return f"Which {name.replace('_', ' ')}: {', '.join(first) + ' or ' if first else ''}{last}?"
    return f"What is the {name.replace('_', ' ')}?"


def digits(text: str) -> str:
    """The text in lower case with its number words as digits; a `second` stays a unit of time."""
    kept = _SECOND.sub(r"sec\1", text.lower())
    found = alpha2digit(kept, "en", threshold=0)
    for written, said in _UNITS:
        found = written.sub(said, found)
    return _SEC.sub(r"second\1", found)


def _by_examples(tool: Tool, text: str, known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Values where the placeholders of an example stand; the example with the most fixed words wins."""
    spoken = text.lower()
    best: dict[str, Any] = {}
    best_fixed = -1
    for example in tool.examples:
        names = [name for name in _PLACES.findall(example) if name in known]
        fixed = len(_PLACES.sub("", example).split())
        read = free_text.whole(example, spoken) if names and fixed > best_fixed else None
        if read is None:
            continue
        values = {name: _whole(known[name], read[name]) for name in names}
        if all(value is not None for value in values.values()):
            best, best_fixed = values, fixed
    return best


def _by_anchors(
    tool: Tool, text: str, known: Mapping[str, dict[str, Any]], filled: Mapping[str, Any]
) -> dict[str, Any]:
    """Free text behind the words that stand before its place in an example; the longest anchor wins."""
    found: dict[str, Any] = {}
    for name, prop in known.items():
        if name in filled or not is_free(prop):
            continue
        hits = [
            hit
            for example in tool.examples
            if f"{{{name}}}" in example and (hit := free_text.anchored(example, name, text.lower()))
        ]
        if hits:
            found[name] = max(hits, key=lambda hit: hit[0])[1]
    return found


def is_free(prop: Mapping[str, Any]) -> bool:
    """Whether any text can be the value."""
    return prop.get("type", "string") == "string" and not (
        {"enum", "pattern", "x-kind"} & prop.keys() or prop.get("format") in _READERS
    )


def _value(prop: Mapping[str, Any], text: str) -> Any:
    """A value of a typed property anywhere in the text; None where there is none."""
    kind = prop.get("x-kind") or prop.get("format") or prop.get("type")
    if "enum" in prop:
        return _option(prop["enum"], text)
    if kind in _READERS:
        return _READERS[kind](prop, text)
    return _matched(str(prop["pattern"]).strip("^$"), text) if "pattern" in prop else None


def _matched(wanted: str, text: str) -> str | None:
    """What a pattern matches; None where the time for all of them is used up."""
    try:
        return pattern.search(wanted, text)
    except OutOfTime:
        return None


def _option(options: list[Any], text: str) -> Any:
    """The option that was named; of several the one behind `to`, `in` or `into`, else the last."""
    low = text.lower()
    named = _named(options, low) or _named(options, digits(text))
    if named:
        aimed = [hit for hit in named if re.search(r"\b(?:to|in|into)\s+(?:the\s+)?$", low[: hit[0]])]
        return max(aimed or named, key=lambda hit: hit[0])[1]
    spoken = [str(option).lower() for option in options if len(str(option)) > 3]
    match = process.extractOne(low, spoken, scorer=fuzz.partial_ratio, score_cutoff=85) if low else None
    return next((o for o in options if match and str(o).lower() == match[0]), None)


def _named(options: list[Any], text: str) -> list[tuple[int, Any]]:
    """The options that stand in the text, with their places."""
    return [
        (match.start(), option)
        for option in options
        if str(option).lower() in text  # a schema may have thousands
        for match in re.finditer(rf"\b{re.escape(str(option).lower())}\b", text)
    ]


def _duration(_prop: Mapping[str, Any], text: str) -> str | None:
    found = digits(text)
    for written, said in _SHORT:
        found = written.sub(said, found)
    match = _DURATION.search(" ".join(found.split()))
    return match[0].strip().removesuffix(" and") if match else None


def arithmetic(text: str) -> str | None:
    """The part of the text that calculates, number words as digits; None if it holds no operation.

    A recogniser writes `four times two` as `for times to` as well, so beside an operator those count; and
    `one hundred and two` as `one hundred in two`.
    """
    heard = _HUNDRED_AND.sub(r"\1 and", _HOMOPHONE.sub(lambda word: _HOMOPHONES[word[0]], text.lower()))
    match = _CALCULATION.search(digits(heard))
    return match[0].strip() if match and _OPERATION.search(match[0]) else None


def _arithmetic(_prop: Mapping[str, Any], text: str) -> str | None:
    return arithmetic(text)


def _boolean(_prop: Mapping[str, Any], text: str) -> bool | None:
    return True if _YES.search(text) else False if _NO.search(text) else None


def _whole(prop: Mapping[str, Any], text: str) -> Any:
    """The text as the value of the property; None where it does not fit."""
    value = _value(prop, _HOMOPHONES.get(text.strip().lower(), text))
    if value is not None or prop.get("type", "string") != "string" or "enum" in prop:
        return value
    if prop.get("format") == "time":
        return clock.read(f"at {digits(text).strip(' .')}")
    if prop.get("format") in _TIMES or "pattern" in prop or "x-kind" in prop:
        return None
    return free_text.tidy(text) or None


def _number(prop: Mapping[str, Any], text: str) -> int | float | None:
    match = _NUMBER.search(digits(text))
    if match is None:
        return None
    written = match[0].replace("minus ", "-")
    if len(written) > _MOST_DIGITS:
        return None
    number = float(written) if "." in written else int(written)
    if not _within(prop, number):
        return None
    if float(number).is_integer():
        return int(number)
    return None if prop.get("type") == "integer" else number


def _within(prop: Mapping[str, Any], number: float) -> bool:
    low, high = prop.get("minimum", number), prop.get("maximum", number)
    return all(isinstance(bound, int | float) for bound in (low, high)) and low <= number <= high


def _moment(prop: Mapping[str, Any], text: str) -> str | None:
    """The last date or time in the text, ISO 8601; future ones preferred."""
    import dateparser.search  # noqa: PLC0415 - 11 MB that most servers never need

    form = prop["format"]
    prepared = re.sub(r"(\d+) (\d{2})\b", r"\1:\2", clock.plain(digits(text)))
    found = dateparser.search.search_dates(
        prepared, languages=["en"], settings={"PREFER_DATES_FROM": "future"}
    )
    moments = [moment for words, moment in found or [] if not words.strip().isdigit()]
    if not moments:
        return None
    moment = moments[-1]
    if form == "date":
        return moment.date().isoformat()
    return moment.isoformat(timespec="minutes")


def _time(_prop: Mapping[str, Any], text: str) -> str | None:
    """A time of day, HH:MM."""
    return clock.read(digits(text))


_READERS: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "arithmetic": _arithmetic,
    "boolean": _boolean,
    "date": _moment,
    "date-time": _moment,
    "duration": _duration,
    "integer": _number,
    "number": _number,
    "time": _time,
}
"""How a value is read, by `x-kind`, `format` or `type`."""
