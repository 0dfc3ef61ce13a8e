"""What a JSON Schema of a tool's arguments may hold, when it comes from outside: that of an object."""

from __future__ import annotations

from typing import Any

from orion.domain.schemas.modern import NotSupported, modern
from orion.errors import FieldProblem


def problems(schema: dict[str, Any], pointer: str = "/parameters") -> list[FieldProblem]:
    """What is wrong with a schema, with a pointer into it; empty if nothing is."""
    try:
        of_arguments(schema)
    except NotSupported as error:
        return [FieldProblem(pointer + error.pointer, str(error))]
    return []


def of_arguments(schema: Any) -> dict[str, Any]:
    """The schema of a tool's arguments in its modern form, an object. Raises NotSupported."""
    made = modern(schema)
    kinds = made.get("type", "object")
    if kinds != "object" and "object" not in (kinds if isinstance(kinds, list) else []):
        raise NotSupported("/type", "the arguments of a tool are an object")
    return {**made, "type": "object"}
