"""Patterns of JSON Schemas: written by others, matched against what others say, so bounded in time."""

from __future__ import annotations

from typing import Any

import regex

MAX_CHARS = 200
_TIMEOUT_SECS = 0.05


def refuse(pattern: str) -> str:
    """Why a pattern is not taken; empty if it is."""
    if len(pattern) > MAX_CHARS:
        return f"a pattern has at most {MAX_CHARS} characters"
    try:
        regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError):
        return "this is no regular expression"
    return ""


def search(pattern: str, text: str) -> str | None:
    """What of the text the pattern matches first; None if nothing does, or it takes too long to know."""
    try:
        found: Any = regex.search(pattern, text, timeout=_TIMEOUT_SECS)
    except (TimeoutError, regex.error):
        return None
    return str(found[0]) if found else None
