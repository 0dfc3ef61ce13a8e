"""A property of a tool's JSON Schema, as far as words can fill it.

Tools of a project, of HTTP and of MCP bring any schema: what cannot be read here has no form, so that its
value is asked for or taken as text, and the tool's own check decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEEPEST = 8
"""References may lead back to themselves."""


def resolve(prop: Any, schema: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The property itself, with at most one `type`, and `enum` without null.

    `$ref` is looked up, `allOf` merged, of `anyOf` and `oneOf` the first branch taken that is not null.
    """
    if not isinstance(prop, Mapping) or depth > _DEEPEST:
        return {}
    found = dict(prop)
    name = str(found.pop("$ref", "")).rsplit("/", 1)[-1]
    parts = [_mapping(schema.get("$defs")).get(name)] if name else []
    parts += _list(found.pop("allOf", []))
    for key in ("anyOf", "oneOf"):
        parts += [branch for branch in _list(found.pop(key, [])) if not _is_null(branch)][:1]
    for part in parts:
        found = {**resolve(part, schema, depth + 1), **found}
    return _plain(found)


def properties(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """All properties of an object's schema by name, resolved."""
    return {name: resolve(prop, schema) for name, prop in _mapping(schema.get("properties")).items()}


def _plain(prop: dict[str, Any]) -> dict[str, Any]:
    if isinstance(prop.get("type"), list):
        prop["type"] = next((kind for kind in prop["type"] if kind != "null"), "null")
    if "const" in prop:
        prop["enum"] = [prop["const"]]
    options = [option for option in _list(prop.pop("enum", [])) if option is not None]
    return {**prop, "enum": options} if options else prop


def _is_null(branch: Any) -> bool:
    return isinstance(branch, Mapping) and branch.get("type") == "null"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
