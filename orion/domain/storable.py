"""What PostgreSQL and UTF-8 can hold of text: no NUL, and no halves of surrogate pairs."""

from __future__ import annotations

import re
from typing import Any

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """A JSON value with U+FFFD in place of each character that cannot be kept.

    Models, tools and clients may send any; a record that holds one would be refused as a whole.
    """
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(name): storable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
