"""What a JSON Schema of a tool's arguments may hold, when it comes from outside.

A schema is validated against again and again, on the event loop: it may be neither large nor deep,
refers to nothing but its own `$defs` and never in a circle, and its patterns are bounded in time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from orion.domain import pattern
from orion.errors import FieldProblem

_MAX_CHARS = 20_000
_MAX_DEPTH = 12
_MAX_PROPERTIES = 50
_MAX_NODES = 1000
"""Counted with each reference as what it refers to."""
_MAX_PATTERNS = 10
_REFUSED = frozenset(
    "$id $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $vocabulary "
    "patternProperties".split()
)
_NAMED = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
_VALUES = frozenset({"const", "enum", "default", "examples", "required", "dependentRequired"})
_DEFS = "#/$defs/"


def problems(schema: dict[str, Any], pointer: str = "/parameters") -> list[FieldProblem]:
    """What is wrong with a schema, with pointers into it; empty if nothing is."""
    try:
        text = json.dumps(schema, allow_nan=False)
    except (ValueError, RecursionError):
        return [FieldProblem(pointer, "this cannot be written as JSON, or is nested too deeply")]
    if len(text) > _MAX_CHARS:
        return [FieldProblem(pointer, f"at most {_MAX_CHARS} characters")]
    try:
        nodes = list(_nodes(schema, "", 0))
        complaints = [*_complaints(schema, nodes)]
        if not complaints:
            Draft202012Validator.check_schema(schema)
            _expanded(schema, schema, ())
    except _TooMuch as error:
        return [FieldProblem(pointer + error.pointer, str(error))]
    except SchemaError as error:
        path = "".join(f"/{step}" for step in error.absolute_path)
        return [FieldProblem(pointer + path, error.message[:200])]
    return [FieldProblem(pointer + at, detail) for at, detail in complaints]


class _TooMuch(Exception):
    """The schema goes beyond a bound."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer


def _nodes(schema: Any, pointer: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """All schemas in a schema, with their pointers."""
    if depth > _MAX_DEPTH:
        raise _TooMuch(pointer, f"nested deeper than {_MAX_DEPTH} levels")
    if not isinstance(schema, dict):
        return
    yield pointer, schema
    for key, value in schema.items():
        at = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in _VALUES:
            continue
        if key in _NAMED and isinstance(value, dict):
            for name, inner in value.items():
                yield from _nodes(inner, f"{at}/{name}", depth + 1)
        elif isinstance(value, dict):
            yield from _nodes(value, at, depth + 1)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _nodes(inner, f"{at}/{index}", depth + 1)


def _complaints(schema: dict[str, Any], nodes: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    if schema.get("type", "object") != "object":
        yield "/type", "the arguments of a tool are an object"
    properties = schema.get("properties", {})
    if isinstance(properties, dict) and len(properties) > _MAX_PROPERTIES:
        yield "/properties", f"at most {_MAX_PROPERTIES} properties"
    patterns = 0
    for pointer, node in nodes:
        for key in sorted(_REFUSED & node.keys()):
            yield f"{pointer}/{key}", f"{key} is not supported"
        reference = node.get("$ref")
        if reference is not None and not (isinstance(reference, str) and reference.startswith(_DEFS)):
            yield f"{pointer}/$ref", f"only {_DEFS}name is supported"
        if isinstance(node.get("pattern"), str):
            patterns += 1
            if refusal := pattern.refuse(node["pattern"]):
                yield f"{pointer}/pattern", refusal
    if patterns > _MAX_PATTERNS:
        yield "", f"at most {_MAX_PATTERNS} patterns"


def _expanded(schema: Any, root: dict[str, Any], within: tuple[str, ...]) -> int:
    """How many schemas there are with each reference followed. Raises _TooMuch for a circle."""
    count = 0
    for pointer, node in _nodes({k: v for k, v in schema.items() if k != "$defs"}, "", 0):
        count += 1
        if isinstance(reference := node.get("$ref"), str):
            name = reference.removeprefix(_DEFS)
            target = root.get("$defs", {}).get(name)
            if target is None:
                raise _TooMuch(f"{pointer}/$ref", f"there is no {reference}")
            if name in within:
                raise _TooMuch(f"{pointer}/$ref", f"{reference} leads back to itself")
            count += _expanded(target, root, (*within, name)) if isinstance(target, dict) else 1
        if count > _MAX_NODES:
            raise _TooMuch("", f"more than {_MAX_NODES} schemas, with references followed")
    return count
