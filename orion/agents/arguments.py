"""What goes into a tool and what comes out: arguments that fit its schema, a result that is JSON."""

from __future__ import annotations

import json
from typing import Any

from orion.domain.effort import OutOfTime
from orion.domain.schemas.checked import violations
from orion.domain.storable import storable

_MAX_ARGUMENTS_CHARS = 16_000
_MAX_RESULT_CHARS = 16_000
"""A longer result is refused: it would push the conversation out of the model's context."""


def refuse_arguments(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """Why the arguments do not fit the JSON Schema: its first three violations; empty if they do.

    It may take a quarter of a second of processor time, or what is left where a limit is in force: run it
    by `apart`, or the event loop waits for it.
    """
    if len(json.dumps(arguments)) > _MAX_ARGUMENTS_CHARS:
        return f"the arguments are longer than {_MAX_ARGUMENTS_CHARS} characters"
    try:
        return "; ".join(found[:200] for found in violations(schema, arguments, 3))
    except OutOfTime:
        return "the arguments take too long to check; try fewer, or shorter ones"
    except RecursionError:
        return "the arguments are nested too deeply"


def as_json(result: Any) -> Any:
    """The result as JSON holds it. Raises TypeError or ValueError where it cannot."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    if len(text) > _MAX_RESULT_CHARS:
        raise ValueError(f"result of {len(text)} characters")
    return storable(json.loads(text))
