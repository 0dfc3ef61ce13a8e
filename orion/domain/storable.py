"""What PostgreSQL, UTF-8 and JSON can hold: no NUL, no halves of surrogate pairs, no NaN, no infinity."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """A JSON value with U+FFFD for each character that cannot be kept, and null for each such number.

    Models, tools and clients may send any; a record that holds one would be refused as a whole.
    """
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(name): storable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text (RFC 8259), which knows no NaN and no infinity.

    Raises:
        ValueError, RecursionError: It is none.
    """
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
