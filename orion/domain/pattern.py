"""Patterns of JSON Schemas: written by others, matched against what others say, so bounded in time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import regex

from orion.domain.effort import OutOfTime, left_secs

MAX_CHARS = 2000
_TIMEOUT_SECS = 0.05
_ERRORS = (regex.error, OverflowError, RecursionError)


def refuse(pattern: str) -> str:
    """Why a pattern is not taken; empty if it is."""
    if len(pattern) > MAX_CHARS:
        return f"a pattern has at most {MAX_CHARS} characters"
    try:
        _compiled(pattern)
    except _ERRORS:
        return "this is no regular expression"
    return ""


def search(pattern: str, text: str) -> str | None:
    """What of the text the pattern matches first; None if nothing does, or it takes too long to know.

    Raises:
        OutOfTime: The limit in force is used up.
    """
    secs = left_secs(_TIMEOUT_SECS)
    if secs <= 0:
        raise OutOfTime
    try:
        found: Any = _compiled(pattern).search(text, timeout=secs)
    except (TimeoutError, *_ERRORS):
        return None
    return str(found[0]) if found else None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    """ECMA-262's patterns, as JSON Schema has them, but for two forms that `regex` writes otherwise."""
    python = regex.sub(r"\\u\{([0-9A-Fa-f]{1,6})\}", lambda code: rf"\U{int(code[1], 16):08x}", pattern)
    return regex.compile(python.replace("[^]", r"[\s\S]"))
