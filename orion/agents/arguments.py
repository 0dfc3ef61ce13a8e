"""What goes into a tool and what comes out: arguments that fit its schema, a result that is JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from orion.domain import pattern
from orion.domain.storable import storable

_MAX_ARGUMENTS_CHARS = 16_000
_MAX_RESULT_CHARS = 16_000
"""A longer result is refused: it would push the conversation out of the model's context."""


def _bounded_pattern(_validator: Any, wanted: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and pattern.search(wanted, value) is None:
        yield ValidationError(f"does not match {wanted!r}")


_extend: Any = validators.extend  # its stubs lack types
_Validator = _extend(Draft202012Validator, {"pattern": _bounded_pattern})


def refuse_arguments(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """Why the arguments do not fit the JSON Schema: its first three violations; empty if they do."""
    if len(json.dumps(arguments)) > _MAX_ARGUMENTS_CHARS:
        return f"the arguments are longer than {_MAX_ARGUMENTS_CHARS} characters"
    # No more than that is looked for: each may be a pattern that took its whole time.
    violations = sorted(islice(_Validator(schema).iter_errors(arguments), 3), key=lambda v: v.json_path)
    return "; ".join(f"{violation.json_path}: {violation.message}"[:200] for violation in violations)


def as_json(result: Any) -> Any:
    """The result as JSON holds it. Raises TypeError or ValueError where it cannot."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    if len(text) > _MAX_RESULT_CHARS:
        raise ValueError(f"result of {len(text)} characters")
    return storable(json.loads(text))
