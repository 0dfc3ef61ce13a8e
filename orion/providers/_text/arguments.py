"""The arguments of a tool call, in every form in which models and servers have been seen to write them."""

from __future__ import annotations

import ast
import json
import re
from contextlib import suppress
from typing import Any

from orion.domain.storable import parsed, storable
from orion.providers._text.faults import MalformedAnswer

_LONGEST_LITERAL = 20_000
_MOST_LAYERS = 3
_NOTHING = {"", "null", "none", "undefined", "[]", "{}"}
_BEFORE = re.compile(r"\s*(?:```[a-z]*\s*)?(?:\{\}\s*(?=\{))?", re.IGNORECASE)
"""A fence of code, and the empty object that proxies of Anthropic put before the real one."""
_BEHIND = re.compile(r"(?:\s|</?[\w:|]*>|<[|｜][^<>|｜]*[|｜]>|\[/?[A-Z_]+\]|`+|[;}])*\Z")
"""What templates leave behind the object: closing tags, tokens, fences, one brace too many."""


def arguments(told: object) -> dict[str, Any]:
    """The arguments as an object that can be kept.

    Taken are an object, JSON text of one, nothing and `null`, text that was encoded twice, Python's single
    quotes, and what templates leave behind it. Half an object is none: nothing is guessed.

    Raises:
        MalformedAnswer: They are no object.
    """
    for _ in range(_MOST_LAYERS):
        if told is None or told == []:
            return {}
        if isinstance(told, dict):
            return storable(told)  # type: ignore[no-any-return]
        if not isinstance(told, str):
            break
        if told.strip().lower() in _NOTHING:
            return {}
        told = _value(told)
    raise MalformedAnswer("the arguments of a tool call are no JSON object")


def joined(pieces: list[str]) -> str:
    """The arguments that came in pieces; where the last piece holds all of them, it alone."""
    whole = "".join(pieces)
    if len(pieces) > 1 and not is_whole(whole) and is_whole(pieces[-1]):
        return pieces[-1]
    return whole


def is_whole(text: str) -> bool:
    """Whether a text is the arguments of a call from their beginning to their end."""
    with suppress(MalformedAnswer):
        return bool(text.strip()) and arguments(text) is not None
    return False


def _value(text: str) -> Any:
    begin = _BEFORE.match(text)
    rest = text[begin.end() if begin else 0 :]
    with suppress(ValueError, RecursionError):
        return parsed(rest)
    with suppress(ValueError, RecursionError):
        found, end = json.JSONDecoder(parse_constant=_refused).raw_decode(rest)
        if isinstance(found, dict) and _BEHIND.match(rest, end):
            return found
    if len(rest) <= _LONGEST_LITERAL and rest.startswith("{"):
        end = rest.rfind("}") + 1
        with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            found = ast.literal_eval(rest[:end])
            if isinstance(found, dict) and _BEHIND.match(rest, end):
                return json.loads(json.dumps(found))
    raise MalformedAnswer("the arguments of a tool call are no JSON")


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
