"""References of a step's arguments to results of earlier steps: `{{0.time}}` is `time` of step 0's result.

Pure. What a result holds is put in as it is and never read for references again: results are hostile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"\{\{\s*(\d{1,2})((?:\.[A-Za-z0-9_-]+)*)\s*\}\}")


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
