"""JSON Schemas that others wrote: brought into one form, checked against, and shown to models."""

from __future__ import annotations

from typing import Any

BRANCHES = frozenset(
    "$ref allOf anyOf oneOf not enum const if then else dependentSchemas dependentRequired".split()
)
"""What says by several properties together, or elsewhere, which values an object may have."""
_OPENS = BRANCHES - {"dependentRequired"} | frozenset(
    "patternProperties propertyNames additionalProperties unevaluatedProperties".split()
)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object that takes no other properties, if it names all that there may be.

    Where branches or references may bring properties of their own, and where none are named, it stays.
    """
    if "properties" not in schema or _OPENS & schema.keys():
        return schema
    return {**schema, "additionalProperties": False}
