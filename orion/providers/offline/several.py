"""Several requests in one sentence: `do this and that`, `two timers, one for 3 and one for 5 minutes`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orion.domain.text.said import plain
from orion.domain.tool import Tool
from orion.providers.offline import slots, values
from orion.providers.offline.schema import properties

_REQUEST = re.compile(
    r"(?:please |also |can you |could you |would you )*(?:tell|what|who|when|where|why|how|which|play|sing|open|close|call|order"
    r"|book|remind|remember|set|start|give|show|turn|switch|make|find|send|read|write|add|calculate|convert|cancel|stop"
    r"|delete|forget|wake|split|translate|buy|put|let me|do you know|note|say|check|search|look)\b"
)
_ANOTHER = re.compile(
    r"(?: and)? (?:1|another 1|another one|another|the other one|the other 1|the other)(?= (?:for|of|in|at|to|about|with)\b)"
)
_COUNTED = re.compile(r"\b(?:\d+|both) (\w+?)s\b")
_PAIR = re.compile(r"^(?P<head>.*\b\w+s (?:for|of|in|at|to)) (?P<values>\d[\w:. ]*? and \d[\w:. ]*)$")
_LEAD = re.compile(r"(?:for|of|in|at|to|about|with) ")
_LISTED = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)


def is_request(text: str) -> bool:
    """Whether it begins as a request does."""
    return _REQUEST.match(plain(text)) is not None


def repeated(tool: Tool, text: str, arguments: Mapping[str, Any]) -> list[str]:
    """One request for each of several values for the same tool; the text itself where there is one only."""
    form = plain(text)
    return _one_and_another(form) or _pair(form) or _listed(tool, text, arguments) or [text]


def swallows(tool: Tool, whole: str, after: str) -> bool:
    """Whether a free text of the tool, read out of the whole, goes on to the end of it."""
    known, tail = properties(tool.parameters), plain(after)
    return any(
        isinstance(value, str) and values.is_free(known[name]) and plain(value).endswith(tail)
        for name, value in slots.fill(tool, whole).items()
    )


def _one_and_another(form: str) -> list[str]:
    head, *parts = _ANOTHER.split(form)
    if not parts:
        return []
    unit = parts[-1].split()[-1]
    parts = [f"{part} {unit}" if part.split()[-1].isdecimal() else part for part in map(str.strip, parts)]
    if len(parts) == 1:  # the head has a value of its own
        begin = head.rfind(f" {parts[0].split()[0]} ")
        return [head, f"{head[:begin]} {parts[0]}"] if begin > 0 else []
    head = _COUNTED.sub(r"a \1", head)
    return [f"{head} {part}" for part in parts]


def _pair(form: str) -> list[str]:
    match = _PAIR.match(form)
    if match is None:
        return []
    first, _, second = match["values"].partition(" and ")
    words = second.split()
    if not (first.split()[-1].isdecimal() or first.split()[1:] == words[1:]):
        return []
    unit = f" {' '.join(words[1:])}" if first.isdecimal() and len(words) > 1 else ""
    head = re.sub(r"s( \w+)$", r"\1", _COUNTED.sub(r"a \1", match["head"]))
    return [f"{head} {first}{unit}", f"{head} {second}"]


def _listed(tool: Tool, text: str, arguments: Mapping[str, Any]) -> list[str]:
    """`rome and in tokyo` in one place, where each is a value that the tool knows."""
    for name, value in arguments.items():
        known = {said.lower() for said in tool.said.get(name, ())}
        if not (isinstance(value, str) and known):
            continue
        parts = [_LEAD.sub("", part.strip().lower()) for part in _LISTED.split(value)]
        if len(parts) > 1 and set(parts) <= known and value in text:
            return [text.replace(value, part) for part in parts]
    return []
