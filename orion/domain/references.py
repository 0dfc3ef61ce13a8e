"""References of a step's arguments to results of earlier steps: `{{0.time}}` is `time` of step 0's result.

Pure. What a result holds is put in as it is and never read for references again: results are hostile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"\{\{\s*(\d{1,2})((?:\.[A-Za-z0-9_-]+)*)\s*\}\}")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_INDEX = re.compile(r"\[\d+\]")
_COMPLAINT = re.compile(r"(?:\A|; )(\$.*?): ")
_MOST_ROUNDS = 5
_MOST_DIGITS = 40

MOST_CHARS = 64_000
"""Of a step's arguments as JSON: a few letters may refer to a long result many times."""


class Overlong(ValueError):
    """What a value refers to would make it too long."""


class Dangling(LookupError):
    """A reference leads nowhere; the text says which and what there is instead."""


def steps_of(value: Any) -> set[int]:
    """The indexes of the steps that a value refers to, however deep."""
    if isinstance(value, str):
        return {int(found[1]) for found in _REFERENCE.finditer(value)}
    if isinstance(value, Mapping):
        return set().union(*map(steps_of, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(steps_of, value))
    return set()


def resolved(value: Any, results: Mapping[int, Any]) -> Any:
    """The value with what it refers to in its place; a text that is a reference alone takes its type.

    Raises:
        Dangling: A step has no result, or its result has nothing of that name.
        Overlong: It would have more than 64,000 characters, as JSON; it is not made then.
    """
    if _length(value, results) > MOST_CHARS:
        raise Overlong(f"its arguments would be longer than {MOST_CHARS} characters")
    return _resolved(value, results)


def fitting(value: Any, results: Mapping[int, Any], refuse: Callable[[Any], str]) -> tuple[Any, str]:
    """The value as `resolved`, and why it is refused; empty if it is taken.

    Most services number things where other tools take texts: what a reference brought, alone in its text, is
    a text or a number as it is taken, where either says exactly the same.

    Args:
        refuse: Says why the arguments are refused, each reason after a JSON path (`$.order[0].id: `).

    Raises:
        Dangling, Overlong: As `resolved` does.
    """
    found = resolved(value, results)
    complaint = first = refuse(found)
    if not first:
        return found, ""
    others = dict(_others(value, found, "$"))
    turned: set[str] = set()
    for pattern in (_INDEX, *[None] * _MOST_ROUNDS):
        named = _named(complaint, others, pattern)
        if not named:
            break
        turned ^= named
        if not (complaint := refuse(_turned(found, others, turned, "$"))):
            return _turned(found, others, turned, "$"), ""
    for one in sorted(_named(first, others, None))[:_MOST_ROUNDS]:
        if not refuse(turned_alone := _turned(found, others, {one}, "$")):
            return turned_alone, ""
    return found, first


def _others(value: Any, found: Any, path: str, *, referred: bool = False) -> Iterator[tuple[str, Any]]:
    """What references brought that could stand there in another type as well, by JSON path."""
    referred = referred or (isinstance(value, str) and bool(_REFERENCE.fullmatch(value.strip())))
    if isinstance(found, Mapping):
        for name, member in found.items():
            inner = None if referred else value[name]
            yield from _others(inner, member, f"{path}{_step(name)}", referred=referred)
    elif isinstance(found, list):
        for at, item in enumerate(found):
            inner = None if referred else value[at]
            yield from _others(inner, item, f"{path}[{at}]", referred=referred)
    elif referred and (other := _other(found)) is not None:
        yield path, other


def _other(value: Any) -> Any:
    """A number or boolean as text, a text that is just one as such; None for anything else."""
    if isinstance(value, bool | int | float):
        return _as_text(value)
    if not isinstance(value, str) or len(value) > _MOST_DIGITS:
        return None
    try:
        number = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return number if isinstance(number, bool | int | float) and _as_text(number) == value else None


def _named(complaint: str, others: Mapping[str, Any], pattern: re.Pattern[str] | None) -> set[str]:
    """The paths that a complaint names, or under which they stand; alike but for an index, with a pattern."""

    def alike(path: str) -> str:
        return pattern.sub("[]", path) if pattern else path

    named = {alike(found[1]) for found in _COMPLAINT.finditer(complaint)}
    return {
        path
        for path in others
        if any(alike(path) == one or alike(path).startswith((f"{one}.", f"{one}[")) for one in named)
    }


def _turned(found: Any, others: Mapping[str, Any], turned: set[str], path: str) -> Any:
    if path in turned:
        return others[path]
    if isinstance(found, Mapping):
        return {
            name: _turned(member, others, turned, f"{path}{_step(name)}") for name, member in found.items()
        }
    if isinstance(found, list):
        return [_turned(item, others, turned, f"{path}[{at}]") for at, item in enumerate(found)]
    return found


def _step(name: str) -> str:
    """A member in a JSON path, as `jsonschema` writes it."""
    if _NAME.fullmatch(name):
        return f".{name}"
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"


def _length(value: Any, results: Mapping[int, Any]) -> int:
    """About how long the value will be as JSON, without making it."""
    text, sizes = json.dumps(value, ensure_ascii=False), dict[str, int]()
    total = len(text)
    for found in _REFERENCE.finditer(text):
        if found[0] not in sizes:
            sizes[found[0]] = len(_as_text(_target(found, results)))
        total += sizes[found[0]]
    return total


def _resolved(value: Any, results: Mapping[int, Any]) -> Any:
    if isinstance(value, str):
        if whole := _REFERENCE.fullmatch(value.strip()):
            return _target(whole, results)
        return _REFERENCE.sub(lambda found: _as_text(_target(found, results)), value)
    if isinstance(value, Mapping):
        return {name: _resolved(member, results) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, results) for item in value]
    return value


def _target(found: re.Match[str], results: Mapping[int, Any]) -> Any:
    index, names = int(found[1]), [name for name in found[2].split(".") if name]
    if index not in results:
        raise Dangling(f"step {index} has no result")
    target = results[index]
    for name in names:
        if isinstance(target, Mapping) and name in target:
            target = target[name]
        elif isinstance(target, list) and name.isdecimal() and int(name) < len(target):
            target = target[int(name)]
        else:
            there = ", ".join(map(str, list(target)[:10])) if isinstance(target, Mapping) else "nothing"
            raise Dangling(f"the result of step {index} has no {name!r}; there is: {there}")
    return target


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
