"""Arguments out of what was said, by the tool's JSON Schema and its example phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rapidfuzz import fuzz, process
from text_to_num import alpha2digit

from orion.domain.tool import Tool

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DURATION = re.compile(
    r"\b(?:(?:\d+(?:\.\d+)?|an?|half an?)(?: and a half)? (?:second|minute|hour|day)s?(?: and a half)?"
    r"(?: and )?\s*)+"
)
_SECOND = re.compile(r"\bsecond(s?)\b")
_SEC = re.compile(r"\bsec(s?)\b")
_YES = re.compile(r"\b(yes|yeah|yep|sure|true|on)\b")
_NO = re.compile(r"\b(no|nope|false|off)\b")
_TRAILING = re.compile(r"[\s.?!,]+\Z")


def fill(tool: Tool, text: str, *, asked: str | None = None) -> dict[str, Any]:
    """The arguments that `text` gives.

    Args:
        asked: The property that the user was asked for: then the whole text may be its value.
    """
    schema = tool.parameters
    properties: Mapping[str, Any] = schema.get("properties", {})
    found = _by_examples(tool, text, properties, schema)
    for name, prop in properties.items():
        if name not in found:
            value = _value(resolve(prop, schema), text)
            if value is not None:
                found[name] = value
    if asked is not None and asked not in found and asked in properties:
        value = _whole(resolve(properties[asked], schema), text)
        if value is not None:
            found[asked] = value
    return found


def missing(tool: Tool, arguments: Mapping[str, Any]) -> str | None:
    """The first required property that has no value yet."""
    required: list[str] = tool.parameters.get("required", [])
    return next((name for name in required if name not in arguments), None)


def question(tool: Tool, name: str) -> str:
    """How to ask for a property: its `x-ask`, or made from its name."""
    prop = resolve(tool.parameters.get("properties", {}).get(name, {}), tool.parameters)
    asked = prop.get("x-ask")
    if asked:
        return str(asked)
    options = prop.get("enum")
    if options:
        return f"Which {name.replace('_', ' ')}: {', '.join(map(str, options[:-1]))} or {options[-1]}?"
    return f"What is the {name.replace('_', ' ')}?"


def resolve(prop: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The property itself: `$ref` looked up, the non-null branch of `anyOf` taken."""
    found = dict(prop)
    if "$ref" in found:
        name = str(found.pop("$ref")).rsplit("/", 1)[-1]
        found = {**schema.get("$defs", {}).get(name, {}), **found}
    if "anyOf" in found:
        branches: list[dict[str, Any]] = found.pop("anyOf")
        branch = next((b for b in branches if b.get("type") != "null"), {})
        found = {**resolve(branch, schema), **found}
    return found


def digits(text: str) -> str:
    """The text in lower case with its number words as digits; a `second` stays a unit of time."""
    kept = _SECOND.sub(r"sec\1", text.lower())
    return _SEC.sub(r"second\1", alpha2digit(kept, "en", threshold=0))


def _by_examples(
    tool: Tool, text: str, properties: Mapping[str, Any], schema: Mapping[str, Any]
) -> dict[str, Any]:
    """Values where the placeholders of an example stand; the example with the most fixed words wins."""
    best: dict[str, Any] = {}
    best_fixed = -1
    for example in tool.examples:
        names = [name for name in re.findall(r"\{(\w+)\}", example) if name in properties]
        match = _pattern(example).search(text) if names else None
        fixed = len(re.sub(r"\{\w+\}", "", example).split())
        if match is None or fixed <= best_fixed:
            continue
        values = {name: _whole(resolve(properties[name], schema), match[name]) for name in names}
        if all(value is not None for value in values.values()):
            best, best_fixed = values, fixed
    return best


def _pattern(example: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", example.lower())
    pieces = [
        f"(?P<{part[1:-1]}>.+{'?' if index < len(parts) - 2 else ''})"
        if part.startswith("{")
        else r"\s*".join(
            re.escape(word) + r"\b" if word[-1].isalnum() else re.escape(word) for word in part.split()
        )
        for index, part in enumerate(parts)
        if part.strip()
    ]
    return re.compile(r"(?:^|.*?\b)" + r"\s+".join(pieces) + r"\s*$", re.IGNORECASE)


def _value(prop: Mapping[str, Any], text: str) -> Any:
    """A value of a typed property anywhere in the text; None where there is none."""
    kind = prop.get("x-kind") or prop.get("format") or prop.get("type")
    if "enum" in prop:
        return _option(prop["enum"], text)
    if kind in _READERS:
        return _READERS[kind](prop, text)
    matched = re.search(str(prop["pattern"]).strip("^$"), text) if "pattern" in prop else None
    return matched[0] if matched else None


def _option(options: list[Any], text: str) -> Any:
    spoken = [str(option) for option in options]
    match = process.extractOne(text, spoken, scorer=fuzz.partial_ratio, score_cutoff=85)
    return options[spoken.index(match[0])] if match else None


def _duration(_prop: Mapping[str, Any], text: str) -> str | None:
    match = _DURATION.search(digits(text))
    return match[0].strip() if match else None


def _arithmetic(_prop: Mapping[str, Any], text: str) -> str | None:
    return _TRAILING.sub("", text).strip() if _NUMBER.search(digits(text)) else None


def _boolean(_prop: Mapping[str, Any], text: str) -> bool | None:
    return True if _YES.search(text) else False if _NO.search(text) else None


def _whole(prop: Mapping[str, Any], text: str) -> Any:
    """The text as the value of the property; None where it does not fit."""
    value = _value(prop, text)
    if value is not None or prop.get("type", "string") != "string" or "enum" in prop:
        return value
    if prop.get("format") in {"date", "date-time", "time"} or "pattern" in prop or "x-kind" in prop:
        return None
    return _TRAILING.sub("", text).strip() or None


def _number(prop: Mapping[str, Any], text: str) -> int | float | None:
    match = _NUMBER.search(digits(text))
    if match is None:
        return None
    number = float(match[0])
    if not prop.get("minimum", number) <= number <= prop.get("maximum", number):
        return None
    if prop.get("type") == "integer":
        return int(number) if number.is_integer() else None
    return number


def _moment(prop: Mapping[str, Any], text: str) -> str | None:
    """The last date or time in the text, ISO 8601; future ones preferred."""
    import dateparser.search  # noqa: PLC0415 - 11 MB that most servers never need

    form = prop["format"]
    prepared = re.sub(r"(\d+) (\d{2})\b", r"\1:\2", digits(text))
    found = dateparser.search.search_dates(
        prepared, languages=["en"], settings={"PREFER_DATES_FROM": "future"}
    )
    moments = [moment for words, moment in found or [] if not words.strip().isdigit()]
    if not moments:
        return None
    moment = moments[-1]
    if form == "date":
        return moment.date().isoformat()
    timed = moment.time() if form == "time" else moment
    return timed.isoformat(timespec="minutes")


_READERS: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "arithmetic": _arithmetic,
    "boolean": _boolean,
    "date": _moment,
    "date-time": _moment,
    "duration": _duration,
    "integer": _number,
    "number": _number,
    "time": _moment,
}
"""How a value is read, by `x-kind`, `format` or `type`."""
