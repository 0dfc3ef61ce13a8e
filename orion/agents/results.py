"""What comes out of a tool: JSON that a record, a model and a page can hold."""

from __future__ import annotations

import json
from typing import Any

from orion.domain.storable import MOST_DEPTH, cut_short, storable
from orion.domain.tool import Tool, ToolFailure

MOST_CHARS = 16_000
"""A longer result would push the conversation out of the model's context."""
_CUT_CHARS = 2000


def result_of(tool: Tool, returned: Any) -> Any:
    """What a tool returned, as JSON holds it; what is nested too deeply is cut.

    A tool that changes something has done so, whatever it returned: a result that cannot be kept whole is
    kept as far as possible.

    Raises:
        ToolFailure: A tool that reads returned what is too long, or no JSON.
    """
    try:
        text = json.dumps(returned, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        if not tool.changes:
            raise ToolFailure(f"{tool.name} did not return JSON.") from error
        return _anyhow(returned)
    if len(text) <= MOST_CHARS:
        return _read(text)
    if not tool.changes:
        raise ToolFailure(f"{tool.name} returned more than {MOST_CHARS:,} characters.")
    return cut_short(returned if isinstance(returned, str) else text, _CUT_CHARS)


def _anyhow(returned: Any) -> Any:
    """What JSON knows of it, null in the place of the rest; an empty object where there is nothing."""
    try:
        text = json.dumps(returned, ensure_ascii=False, skipkeys=True, default=lambda _: None)
        return (_read(text) or {}) if len(text) <= MOST_CHARS else cut_short(text, _CUT_CHARS)
    except (TypeError, ValueError, RecursionError):
        return {}


def _read(text: str) -> Any:
    return storable(json.loads(text), MOST_DEPTH)
