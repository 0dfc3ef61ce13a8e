"""What goes into a tool: arguments that fit its schema."""

from __future__ import annotations

import json
from typing import Any

from orion.domain.effort import OutOfTime
from orion.domain.schemas.checked import violations
from orion.domain.storable import MOST_DEPTH, cut_short, is_nested, storable

_MAX_ARGUMENTS_CHARS = 16_000
_KEPT_CHARS = 1000


def refuse_arguments(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """Why the arguments do not fit the JSON Schema: its first three violations; empty if they do.

    It may take a quarter of a second of processor time, or what is left where a limit is in force: run it
    by `apart`, or the event loop waits for it.
    """
    if is_nested(arguments):
        return f"the arguments are nested deeper than {MOST_DEPTH} levels"
    if len(json.dumps(arguments)) > _MAX_ARGUMENTS_CHARS:
        return f"the arguments are longer than {_MAX_ARGUMENTS_CHARS} characters"
    try:
        return "; ".join(found[:200] for found in violations(schema, arguments, 3))
    except OutOfTime:
        return "the arguments take too long to check; try fewer, or shorter ones"
    except RecursionError:  # a schema that refers to itself goes down faster than what it checks
        return "the arguments are nested too deeply to be checked"


def recorded(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as a record can hold them: what is too deep or too long is cut, and refused to run."""
    kept: dict[str, Any] = storable(arguments, MOST_DEPTH)
    text = json.dumps(kept, ensure_ascii=False)
    return kept if len(text) <= _MAX_ARGUMENTS_CHARS else {"arguments": cut_short(text, _KEPT_CHARS)}
