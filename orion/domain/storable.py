"""What PostgreSQL, UTF-8 and JSON can hold: no NUL, no halves of surrogate pairs, no NaN, no infinity.

Nor JSON that is nested without end: parsers, serializers and schema checks go down it by calling themselves,
and pydantic's gives up at 255 levels.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
MOST_DEPTH = 64
"""Levels of JSON from outside: a tool's result, a model's arguments, the body of a request."""
CUT = "\u2026"
"""Stands for what is nested too deeply."""
_WRAPPED_DEPTH = 2 * MOST_DEPTH
"""Levels of what ORION itself puts around it."""


def storable(value: Any, depth: int = _WRAPPED_DEPTH) -> Any:
    """A JSON value with U+FFFD for each character that cannot be kept, and null for each such number.

    Models, tools and clients may send any; a record that holds one would be refused as a whole.

    Args:
        depth: So many levels of objects and lists are kept; "\u2026" stands for what is below them.
    """
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict | list) and not depth:
        return CUT
    if isinstance(value, dict):
        return {storable(name): storable(member, depth - 1) for name, member in value.items()}
    if isinstance(value, list):
        return [storable(item, depth - 1) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def cut_short(text: str, chars: int) -> str:
    """The text, or its beginning and a note that it was cut."""
    text = storable(text)
    if len(text) <= chars:
        return text
    return f"{text[:chars].rstrip()}{CUT} (cut short: it has {len(text):,} characters)"


def is_longer(value: Any, chars: int, depth: int = MOST_DEPTH) -> bool:
    """Whether a JSON value has more characters than that, as a text; it is walked no further than needed.

    A million small values take a second to go over one by one, and nobody wants to know more than that they
    are too many. What lies below `depth` does not count: `storable` cuts it.
    """
    level: list[Any] = [value]
    for _ in range(depth):
        inner: list[Any] = []
        for one in level:
            # No less than this: a value has a character, and a comma and a space follow it.
            chars -= len(one) if isinstance(one, str) else 2 * len(one) if isinstance(one, dict | list) else 1
            if chars < 0:
                return True
            if isinstance(one, dict):
                chars -= sum(len(name) for name in one)
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        level = inner
    return chars < 0


def is_nested(value: Any, depth: int = MOST_DEPTH) -> bool:
    """Whether a JSON value has more levels than that; of any value, however deep."""
    level: list[Any] = [value]
    for _ in range(depth):
        level = [one for held in level for one in _held(held)]
        if not level:
            return False
    return any(isinstance(one, dict | list | tuple) for one in level)


def _held(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [member for member in value.values() if isinstance(member, dict | list | tuple)]
    if isinstance(value, list | tuple):
        return [item for item in value if isinstance(item, dict | list | tuple)]
    return ()


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text (RFC 8259), which knows no NaN and no infinity.

    Raises:
        ValueError, RecursionError: It is none.
    """
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
