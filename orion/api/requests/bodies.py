"""What a request's body may be: how large on which route, and JSON that every part of ORION can hold.

Python's parser takes more than RFC 8259 grants and PostgreSQL stores: NaN, numbers of any length,
NUL, halves of surrogate pairs, nesting until the stack ends. All of it is refused at the door, by 400.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from orion.domain.storable import UNSTORABLE
from orion.errors import Malformed, TooLarge

MAX_BODY_BYTES = 256 * 1024
_MAX_BYTES = {"offer": 64 * 1024, "auth": 16 * 1024}
"""By a word of the path; a message may hold 20,000 characters, each written as two escapes."""
_MAX_DEPTH = 64
_MAX_DIGITS = 300
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


def max_bytes(path: str) -> int:
    """How many bytes the body of a request to `path` may have."""
    words = path.split("/")
    return next((limit for word, limit in _MAX_BYTES.items() if word in words), MAX_BODY_BYTES)


def too_large(limit: int) -> TooLarge:
    """The error for a body beyond the limit."""
    return TooLarge(f"the body is larger than {limit} bytes")


def check_json(body: bytes) -> None:
    """Refuse JSON that parses, but that nothing behind can hold. What is no JSON at all passes.

    Raises:
        Malformed: Not UTF-8, NaN or Infinity, a number of more than 300 digits or beyond a double,
            nesting deeper than 64, a NUL or half a surrogate pair in a string.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("the JSON is not encoded in UTF-8") from error
    if "\0" in text:  # UTF-16 and UTF-32, which Python's parser guesses, too
        raise Malformed("the JSON is not encoded in UTF-8")
    if body.count(b"[") + body.count(b"{") > _MAX_DEPTH and _depth(body) > _MAX_DEPTH:
        raise Malformed(f"the JSON is nested deeper than {_MAX_DEPTH}")
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_int=_integer, parse_float=_number)
    except ValueError:
        return  # FastAPI parses it again and says where it is broken
    if "\\u" in text and any(UNSTORABLE.search(found) for found in _strings(value)):
        raise Malformed("a string holds a NUL or half a surrogate pair")


def _strings(value: Any) -> Iterator[str]:
    """All strings in a JSON value, the names of members among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _strings(member)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_constant(name: str) -> Any:
    raise Malformed(f"{name} is no JSON")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise Malformed(f"a number has more than {_MAX_DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits) if len(digits) <= _MAX_DIGITS else float("inf")
    if value in {float("inf"), float("-inf")}:
        raise Malformed("a number is too long or too large")
    return value
