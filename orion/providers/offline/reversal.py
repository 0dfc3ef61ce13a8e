"""Which tool takes back, or changes, what another one did: found by what people would say for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orion.domain.tool import Tool
from orion.providers.offline import slots
from orion.providers.offline.router import ACCEPT, Match, Router

_BACK = ("cancel", "forget", "delete", "remove", "stop", "switch off", "undo")
_CHANGE = ("change the {noun} to {value}", "make it {value}", "change it to {value}")
_COPULA = re.compile(r"\s+(?:is|are|was|were)\s+", re.IGNORECASE)


def opposite(router: Router, tool: Tool, arguments: Mapping[str, Any]) -> Match | None:
    """The call that takes back what the tool did with these arguments; None where no tool does that."""
    return _first(router, tool, _takes_back(tool, arguments))


def changing(router: Router, tool: Tool, value: str) -> Match | None:
    """The call of another tool that gives what the tool did another value; None where no tool does that."""
    return _first(router, tool, (phrase.format(noun=_noun(tool), value=value) for phrase in _CHANGE))


def _first(router: Router, tool: Tool, phrases: Iterator[str]) -> Match | None:
    for phrase in phrases:
        found = next(iter(router.rank(phrase)), None)
        if (
            found is not None
            and found.tool.name != tool.name
            and found.tool.changes
            and found.score >= ACCEPT
            and slots.missing(found.tool, found.arguments) is None
        ):
            return found
    return None


def _takes_back(tool: Tool, arguments: Mapping[str, Any]) -> Iterator[str]:
    """What people would say: `cancel the timer`, `forget my dog`."""
    objects = [f"the {_noun(tool)}", f"my {_noun(tool)}"]
    for name in slots.places(tool):
        if isinstance(text := arguments.get(name), str):
            objects.insert(0, _COPULA.split(text)[0])
    for verb in _BACK:
        for what in objects:
            yield f"{verb} {what}"


def _noun(tool: Tool) -> str:
    return tool.name.split("_")[-1]
