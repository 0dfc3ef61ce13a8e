"""Arguments out of what was said, by the tool's JSON Schema and its example phrases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from orion.domain.effort import within
from orion.domain.text.said import Said, normal, plain
from orion.domain.tool import Tool
from orion.providers.offline import clock, free_text, neighbours, values
from orion.providers.offline.schema import properties
from orion.providers.offline.values import is_free
from orion.providers.offline.wording import STOP

_PATTERN_SECS = 0.03
"""For all patterns of a tool: the event loop waits for them."""


Known = Mapping[str, dict[str, Any]]


def fill(
    tool: Tool, text: str | Said, *, asked: str | None = None, known: Known | None = None
) -> dict[str, Any]:
    """The arguments that `text` gives, in the order of the tool's examples: so they are read back.

    Args:
        asked: The property that the user was asked for: then the whole text may be its value.
        known: The properties of the tool, if they are resolved already.
    """
    with within(_PATTERN_SECS):
        said = normal(text) if isinstance(text, str) else text
        found = _filled(tool, said, asked, properties(tool.parameters) if known is None else known)
    order = [name for _, names in _with_places(tool.examples) for name in names]
    return {name: found[name] for name in dict.fromkeys([*order, *found]) if name in found}


def _filled(tool: Tool, said: Said, asked: str | None, known: Known) -> dict[str, Any]:
    found = _by_examples(tool, said, known)
    for name, text in _free(tool, said, known, found):
        found[name] = text
    countable = _without_times(known, said.text)
    counted = {name: prop for name, prop in known.items() if prop.get("type") in values.COUNTED}
    counted = {name: prop for name, prop in counted.items() if name not in found and "enum" not in prop}
    found |= neighbours.numbers(tool, countable, counted)
    for name, prop in known.items():
        if name not in found and name not in counted:
            value = values.value(prop, said.text)
            if value is not None:
                found[name] = value
    if asked is not None and asked not in found and asked in known:
        value = _whole(known[asked], said, 0, len(said.text))
        if value is not None:
            found[asked] = value
    return found


def missing(tool: Tool, arguments: Mapping[str, Any]) -> str | None:
    """The first required property that has no value yet."""
    required: list[str] = tool.parameters.get("required", [])
    return next((name for name in required if name not in arguments), None)


def places(tool: Tool) -> list[str]:
    """The names of the properties that take any text."""
    return [name for name, prop in properties(tool.parameters).items() if is_free(prop)]


def asked_back(tool: Tool, given: Mapping[str, Any]) -> str | None:
    """What a tool that refused with a question wants to know: the hour of a day, else a place not filled."""
    for name, prop in properties(tool.parameters).items():
        if prop.get("x-kind") == "when" and clock.is_a_day(str(given.get(name, ""))):
            return name
    return next((name for name in places(tool) if name not in given), None)


def joined(tool: Tool, given: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """What was found, with the day that was given before an hour alone."""
    days = {
        name: f"{given[name]} at {found[name].removeprefix('at ')}"
        for name, prop in properties(tool.parameters).items()
        if prop.get("x-kind") == "when"
        and name in found
        and clock.is_a_day(str(given.get(name, "")))
        and not clock.names_a_day(found[name])
    }
    return {**found, **days}


def evidence(tool: Tool, found: Mapping[str, Any]) -> float:
    """The share of the required properties with a form of their own (numbers, options, ...) that is found.

    Free text and dates do not count: anything can be the one, and a date belongs to many sentences.
    """
    known = properties(tool.parameters)
    required = [name for name in tool.parameters.get("required", []) if name in known]
    formed = [
        name
        for name in required
        if not is_free(known[name]) and known[name].get("format") not in values.TIMES
    ]
    return sum(name in found for name in formed) / len(formed) if formed else 0.0


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


def _by_examples(tool: Tool, said: Said, known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Values where the placeholders of an example stand; the example with the most fixed words wins."""
    for example, names in _with_places(tool.examples):
        spans = free_text.whole(example, said) if known.keys() & set(names) else None
        if spans is None:
            continue
        found = {name: _whole(known[name], said, *spans[name]) for name in names if name in known}
        if all(value is not None for value in found.values()):
            return found
    return {}


@lru_cache(maxsize=256)
def _with_places(examples: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """The examples that have placeholders, those with the most fixed words first."""
    having = [(example, [part[1:-1] for part in free_text.PLACE.findall(example)]) for example in examples]
    return sorted(
        (pair for pair in having if pair[1]), key=lambda pair: -len(free_text.PLACE.sub("", pair[0]).split())
    )


def _free(
    tool: Tool, said: Said, known: Mapping[str, dict[str, Any]], filled: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Free text by the words beside its place in an example; the longest anchor wins."""
    alone = _alone(tool, known)
    required = set(tool.parameters.get("required", []))
    own = _own_words(tool.examples)
    for name, prop in known.items():
        if name in filled or not is_free(prop):
            continue
        holding = [example for example in tool.examples if f"{{{name}}}" in example]
        hits = [hit for example in holding if (hit := free_text.anchored(example, name, said))]
        if hits:
            best = max(hits, key=lambda hit: hit[0])[1]
            if name in required or set(plain(best).split()) - own:
                yield name, best
        elif not holding and name == alone and (text := neighbours.text(tool.examples, said)):
            yield name, text


@lru_cache(maxsize=256)
def _own_words(examples: tuple[str, ...]) -> frozenset[str]:
    """The words of the examples themselves, and such as tell nothing: no value for what may be left out."""
    fixed = (part for example in examples for part in free_text.template(example) if "{" not in part)
    return STOP | {word for part in fixed for word in part.split()}


def _alone(tool: Tool, known: Mapping[str, dict[str, Any]]) -> str | None:
    """The one required property that takes any text."""
    required = [name for name in tool.parameters.get("required", []) if is_free(known.get(name, {"enum": 1}))]
    return required[0] if len(required) == 1 else None


def _without_times(known: Mapping[str, dict[str, Any]], text: str) -> str:
    """The text without the times and durations that have a property of their own: they count nothing."""
    kinds = {prop.get("x-kind") or prop.get("format") for prop in known.values()}
    if kinds & values.TIMES:
        text = clock.without(text)
    return values.DURATION.sub(" ", text) if "duration" in kinds else text


def _whole(prop: Mapping[str, Any], said: Said, start: int, end: int) -> Any:
    """A span of the text as the value of the property; None where it does not fit."""
    if is_free(prop) and prop.get("type", "string") == "string":
        return free_text.tidy(said.original(start, end)) or None
    return values.whole(prop, said.text[start:end])
