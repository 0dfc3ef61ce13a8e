"""A tool's schema as every vendor of models takes it; the tool's own schema stays what is checked.

OpenAI and Anthropic refuse a whole request, all its tools with it, for one schema with `anyOf`, `oneOf`,
`allOf`, `not`, `enum` or a reference at the top, and Anthropic for names of properties other than
`[a-zA-Z0-9_.-]{1,64}`; OpenAI wants `items` of each array. So models see one object with the properties of
all branches, under names that vendors take. What is shown is never narrower than what is checked.
Sources: https://platform.openai.com/docs/guides/function-calling,
https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orion.domain.schemas import BRANCHES
from orion.domain.schemas.modern import children
from orion.domain.storable import is_nested

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}\Z")
_MAX_CHARS = 24_000
_HINT_CHARS = 200
_DEEPEST_MERGED = 16
_SAID = ("title", "examples", "default", "description")
"""What only describes: it goes first where a schema is too long for a model's context."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What models get.

    Attributes:
        schema: An object's, in the common subset of the vendors.
        renamed: The tool's own names of properties, by those that models see.
        hint: For the description: which of the properties go together; empty where all is in the schema.
    """

    schema: dict[str, Any]
    renamed: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""


def shown(schema: dict[str, Any]) -> Shown:
    """A modern schema as vendors take it."""
    defs = schema.get("$defs", {})
    top = {key: value for key, value in schema.items() if key not in BRANCHES}
    hint = ""
    if BRANCHES & schema.keys():
        properties, required = _merged(schema, defs, 0)
        top["properties"] = properties
        top["required"] = [name for name in properties if name in required]
        hint = _hint(schema, defs)
        if top.pop("unevaluatedProperties", None) is False:
            top["additionalProperties"] = False
    names = _Names(schema)
    made = _plain({"type": "object", "properties": {}, **top}, names)
    made["type"] = "object"
    return Shown(_referred(_short(made)), names.renamed, hint)


def own_names(arguments: Any, renamed: Mapping[str, str]) -> Any:
    """A model's arguments with the tool's own names of properties. What is nested too deeply stays."""
    return arguments if not renamed or is_nested(arguments) else _renamed(arguments, renamed)


def _renamed(arguments: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(arguments, dict):
        return {renamed.get(name, name): _renamed(value, renamed) for name, value in arguments.items()}
    if isinstance(arguments, list):
        return [_renamed(one, renamed) for one in arguments]
    return arguments


Merged = tuple[dict[str, Any], set[str]]
"""Properties by name, and those that are required."""


def _merged(node: Any, defs: Mapping[str, Any], depth: int) -> Merged:
    """The properties that an object of this schema may have, whichever branch it takes."""
    if not isinstance(node, dict) or depth > _DEEPEST_MERGED:
        return {}, set()

    def of(one: Any) -> Merged:
        return _merged(one, defs, depth + 1)

    parts: list[Merged] = [(dict(node.get("properties", {})), set(node.get("required", [])))]
    if "$ref" in node:
        parts.append(of(defs[node["$ref"].removeprefix("#/$defs/")]))
    parts += [of(one) for one in node.get("allOf", [])]
    for key in ("anyOf", "oneOf"):
        if key in node:
            parts.append(_either([of(one) for one in node[key]]))
    values = [*node.get("enum", []), *([node["const"]] if "const" in node else [])]
    if objects := [value for value in values if isinstance(value, dict)]:
        parts.append(_either([_of_value(value) for value in objects]))
    optional = [node[key] for key in ("if", "then", "else") if key in node]
    parts += [(of(one)[0], set()) for one in [*optional, *node.get("dependentSchemas", {}).values()]]
    return _joined([properties for properties, _ in parts], "allOf"), set().union(
        *(need for _, need in parts)
    )


def _of_value(value: dict[str, Any]) -> Merged:
    return {name: {"enum": [member]} for name, member in value.items()}, set(value)


def _either(parts: Sequence[Merged]) -> Merged:
    required = set.intersection(*(need for _, need in parts)) if parts else set()
    return _joined([properties for properties, _ in parts], "anyOf"), required


def _joined(parts: Iterable[Mapping[str, Any]], how: str) -> dict[str, Any]:
    """All properties; one that differs is all of its schemas (`allOf`), or any of them (`anyOf`)."""
    found: dict[str, list[Any]] = {}
    for properties in parts:
        for name, schema in properties.items():
            known = found.setdefault(name, [])
            if schema not in known and schema not in (True, {}):
                known.append(schema)
    return {
        name: schemas[0] if len(schemas) == 1 else {how: schemas} if schemas else {}
        for name, schemas in found.items()
    }


def _hint(schema: dict[str, Any], defs: Mapping[str, Any]) -> str:
    """Which properties each branch wants, in words."""
    found: list[str] = []
    for key in ("oneOf", "anyOf"):
        wanted = [sorted(_merged(one, defs, 0)[1]) for one in schema.get(key, [])]
        sets = [", ".join(names) for names in wanted if names]
        if len(set(sets)) > 1:
            found.append(f"Give one of these sets of arguments: {'; or '.join(dict.fromkeys(sets))}.")
    return " ".join(found)[:_HINT_CHARS]


class _Names:
    """The names that models see for those that vendors refuse; each is nobody else's."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.renamed: dict[str, str] = {}
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()
        _each_name(schema, self._taken.add)

    def of(self, name: str) -> str:
        """The name that vendors take."""
        if _NAME.match(name):
            return name
        if name not in self._given:
            spelt = "".join(char if char.isascii() else char.casefold() for char in name)
            ascii_only = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
            wanted = re.sub(r"[^a-zA-Z0-9_.-]+", "_", ascii_only)[:50].strip("_") or "argument"
            made, number = wanted, 1
            while made in self._taken:
                number += 1
                made = f"{wanted}_{number}"
            self._taken.add(made)
            self._given[name], self.renamed[made] = made, name
        return self._given[name]


def _each_name(node: Any, tell: Callable[[str], Any]) -> None:
    """Tell every key of the schema: more than the names of properties, and cheap."""
    if isinstance(node, dict):
        for key, value in node.items():
            tell(key)
            _each_name(value, tell)
    elif isinstance(node, list):
        for one in node:
            _each_name(one, tell)


def _plain(node: Any, names: _Names) -> dict[str, Any]:
    """A schema and those in it in the common subset: no true or false, named properties, items of arrays."""
    if not isinstance(node, dict):
        return {} if node is not False else {"not": {}}
    found = {
        key: _keyword(key, value, names)
        for key, value in node.items()
        if key not in {"dependentRequired", "dependentSchemas"}
    }
    if "array" in _types(found) and not isinstance(found.get("items"), dict):
        found["items"] = {}
    if missing := [name for name in found.get("required", []) if name not in found.get("properties", {})]:
        found["properties"] = {**found.get("properties", {}), **{name: {} for name in missing}}
    if not found.get("required", True):
        del found["required"]  # draft-04 forbids an empty one, and vendors go by it
    return found


def _keyword(key: str, value: Any, names: _Names) -> Any:
    if key == "properties":
        return _properties(value, names)
    if key == "required":
        return [names.of(name) for name in dict.fromkeys(value)]
    if key in {"$defs", "patternProperties"}:
        return {name: _plain(one, names) for name, one in value.items()}
    if key in {"allOf", "anyOf", "oneOf", "prefixItems"}:
        return [_plain(one, names) for one in value]
    if key in {"not", "if", "then", "else", "contains", "propertyNames"}:
        return _plain(value, names)
    is_schema = key in {"additionalProperties", "unevaluatedProperties", "items", "unevaluatedItems"}
    return _plain(value, names) if is_schema and not isinstance(value, bool) else value


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def _properties(properties: Mapping[str, Any], names: _Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, schema in properties.items():
        if schema is False:
            continue  # nobody may give it
        known = names.of(name)
        found[known] = _plain(schema, names)
        if known != name:
            about = f"{name[:100]!r}. {found[known].get('description', '')}".strip()
            found[known] = {**found[known], "description": about}
    return found


def _short(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, short enough for a model's context: at first without descriptions, then without depth."""
    for depth in (None, 9, 7, 5, 3, 2):
        if len(json.dumps(schema, ensure_ascii=False)) <= _MAX_CHARS:
            break
        schema = _undescribed(schema) if depth is None else _cut(schema, depth)
    return schema


def _referred(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without those definitions to which nothing refers any more."""
    defs = schema.get("$defs", {})
    kept: dict[str, Any] = {}
    waiting: list[Any] = [{key: value for key, value in schema.items() if key != "$defs"}]
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        name = str(node.get("$ref", "")).removeprefix("#/$defs/") if isinstance(node, dict) else ""
        if name in defs and name not in kept:
            kept[name] = defs[name]
            waiting.append(defs[name])
    rest = {key: value for key, value in schema.items() if key != "$defs"}
    return {**rest, "$defs": kept} if kept else rest


def _undescribed(node: Any, *, names: bool = False) -> Any:
    """Without what only describes, but for the beginnings of descriptions."""
    if isinstance(node, list):
        return [_undescribed(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {
        key: value
        if key in {"enum", "const"} and not names
        else _undescribed(value, names=key in {"properties", "$defs", "patternProperties"} and not names)
        for key, value in node.items()
        if names or key not in _SAID
    }
    if not names and isinstance(node.get("description"), str):
        found["description"] = node["description"][:80]
    return found


def _cut(node: dict[str, Any], depth: int) -> dict[str, Any]:
    """Without what lies so deep, references followed no further: anything may stand there."""
    kept = {key: value for key, value in node.items() if key in {"type", "description", "enum"}}
    if depth <= 0:
        return kept if kept.get("type") != "array" else {**kept, "items": {}}
    found = {key: value for key, value in node.items() if key != "$defs"}
    for key, value in node.items():
        if key == "properties":
            found[key] = {name: _cut(one, depth - 1) for name, one in value.items()}
        elif key in {"allOf", "anyOf", "oneOf", "prefixItems"}:
            found[key] = [_cut(one, depth - 1) for one in value]
        elif isinstance(value, dict) and key in {
            "items",
            "additionalProperties",
            "not",
            "if",
            "then",
            "else",
        }:
            found[key] = _cut(value, depth - 1)
    found.pop("$ref", None)
    return found
