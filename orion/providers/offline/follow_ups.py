"""The last call again with what the user changes: `no, for ten minutes`, `and in London`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orion.domain.tool import Tool
from orion.providers.offline import acts, goes_on, reversal, slots, speech, values
from orion.providers.offline.router import ACCEPT, ASK, Router
from orion.providers.offline.schema import properties

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_FRAGMENT = 4
"""So few words may go on from the last answer without an `and`."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool, and what is said before it."""

    tool: Tool
    arguments: dict[str, Any]
    said: str = ""


def again(router: Router, tool: Tool, done: Mapping[str, Any], text: str) -> Call | None:
    """The call that the text makes of the last one; None where it does not go on from it."""
    corrected, further = acts.correction(text), acts.follow_up(text)
    corrected = (acts.follow_up(corrected) or corrected) if corrected else None
    altered = corrected or further or (text if len(text.split()) <= _FRAGMENT else None)
    if altered is None or _claimed(router, tool, altered, alone=not (corrected or further)):
        return None
    before = done.get("arguments", {})
    found = goes_on.changed(tool, before, altered, corrects=corrected is not None)
    if not found or (not (corrected or further) and not _belongs(tool, found)):
        return None
    call = Call(tool, {**before, **found})
    return (
        _instead(router, call, altered, found)
        if corrected and tool.changes and not done.get("failed")
        else call
    )


def earlier(
    router: Router, done: Tool, tool: Tool | None, changed: Mapping[str, Any], text: str
) -> Call | None:
    """The correction of the last change, where only a look at things came after it: `make it ten minutes`."""
    corrected = acts.correction(text)
    if tool is None or tool is done or done.changes or done.parameters.get("required") or not corrected:
        return None
    before = changed.get("arguments", {})
    found = goes_on.changed(tool, before, corrected, corrects=True)
    measured = any(values.NUMBER.search(str(value)) for value in found.values())
    return again(router, tool, changed, text) if found and measured else None


def restated(tool: Tool | None, changed: Mapping[str, Any], text: str) -> Call | None:
    """The last change again with a sentence that the user corrects: `no, it is tulip43`."""
    corrected = acts.correction(text)
    if tool is None or corrected is None or not goes_on.states(corrected):
        return None
    before, known = changed.get("arguments", {}), properties(tool.parameters)
    for name, old in before.items():
        new = (
            goes_on.reworded(old, corrected) if isinstance(old, str) and values.is_free(known[name]) else None
        )
        if new is not None:
            return Call(tool, {**before, name: new})
    return None


def _claimed(router: Router, tool: Tool, text: str, *, alone: bool) -> bool:
    """Whether another tool is meant; a fragment without an `and` is left to whatever tool may be meant."""
    best = next(iter(router.rank(text)), None)
    if best is None:
        return False
    whole = slots.missing(best.tool, best.arguments) is None
    return (alone and best.score >= ASK) or (best.score >= ACCEPT and best.tool.name != tool.name and whole)


def _belongs(tool: Tool, found: Mapping[str, Any]) -> bool:
    """Whether a fragment surely goes on: by a value that has a form, or that is known."""
    known = properties(tool.parameters)
    return any(
        not values.is_free(known[name]) or str(value).lower() in map(str.lower, tool.said.get(name, ()))
        for name, value in found.items()
    )


def _instead(router: Router, call: Call, text: str, found: Mapping[str, Any]) -> Call:
    """Change what was done where a tool can; else do it anew, and say that what was done stays."""
    value = str(next(iter(found.values()))) if len(found) == 1 else text
    value = text if _ISO.match(value) else value
    changes = reversal.changing(router, call.tool, value)
    if changes is not None:
        return Call(changes.tool, dict(changes.arguments))
    known = properties(call.tool.parameters)
    reworded = all(values.is_free(known[name]) for name in found)
    return call if reworded else Call(call.tool, call.arguments, speech.STANDS)
