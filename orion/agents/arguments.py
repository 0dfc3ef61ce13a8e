"""What goes into a tool: arguments that fit its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from orion.domain import pattern
from orion.domain.storable import MOST_DEPTH, cut_short, is_nested, storable

_MAX_ARGUMENTS_CHARS = 16_000
_KEPT_CHARS = 1000


def _bounded_pattern(_validator: Any, wanted: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and pattern.search(wanted, value) is None:
        yield ValidationError(f"does not match {wanted!r}")


_extend: Any = validators.extend  # its stubs lack types
_Validator = _extend(Draft202012Validator, {"pattern": _bounded_pattern})


def refuse_arguments(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """Why the arguments do not fit the JSON Schema: its first three violations; empty if they do."""
    if is_nested(arguments):
        return f"the arguments are nested deeper than {MOST_DEPTH} levels"
    if len(json.dumps(arguments)) > _MAX_ARGUMENTS_CHARS:
        return f"the arguments are longer than {_MAX_ARGUMENTS_CHARS} characters"
    try:
        # No more than that is looked for: each may be a pattern that took its whole time.
        violations = sorted(islice(_Validator(schema).iter_errors(arguments), 3), key=lambda v: v.json_path)
    except RecursionError:  # a schema that refers to itself goes down faster than what it checks
        return "the arguments are nested too deeply to be checked"
    return "; ".join(f"{violation.json_path}: {violation.message}"[:200] for violation in violations)


def recorded(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as a record can hold them: what is too deep or too long is cut, and refused to run."""
    kept: dict[str, Any] = storable(arguments, MOST_DEPTH)
    text = json.dumps(kept, ensure_ascii=False)
    return kept if len(text) <= _MAX_ARGUMENTS_CHARS else {"arguments": cut_short(text, _KEPT_CHARS)}
