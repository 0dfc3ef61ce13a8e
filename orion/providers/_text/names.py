"""Names of tools as models write them, and which tool is meant."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from orion.providers._text.arguments import arguments
from orion.providers._text.faults import MalformedAnswer

_NUMBER = re.compile(r":\d+\Z")
_TOKEN = re.compile(r"<[|｜].*", re.DOTALL)
_PARALLEL = re.compile(r"(?:multi_tool_use[._:/-]?)?parallel|multi_tool_use", re.IGNORECASE)


def known(name: str, offered: Container[str]) -> str | None:
    """The offered tool that is meant: `functions.order:0` is `order`. None where there is none."""
    plain = _TOKEN.sub("", name).strip().strip("\"'`")
    for told in (name, plain, _NUMBER.sub("", plain)):
        for one in (told, *(told.rpartition(mark)[2] for mark in "./:")):
            if one and one in offered:
                return one
    return None


def parallel(name: str, told: dict[str, Any]) -> list[tuple[str, dict[str, Any]]] | None:
    """The calls that stand in one of `multi_tool_use.parallel`, which OpenAI's models make up.

    None for another name, and for one whose arguments hold something else.
    """
    uses = told.get("tool_uses")
    if not _PARALLEL.match(name) or not isinstance(uses, list) or not uses:
        return None
    found = []
    for use in uses:
        meant = use.get("recipient_name") or use.get("name") if isinstance(use, dict) else None
        if not isinstance(meant, str):
            return None
        try:
            found.append((meant, arguments(use.get("parameters", use.get("arguments")))))
        except MalformedAnswer:
            return None
    return found
