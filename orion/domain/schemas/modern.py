"""Any JSON Schema in one form: draft 2020-12, referring to nothing but its own `$defs`.

Servers of the Model Context Protocol send the drafts 04 to 2020-12, often without saying which; vendors of
models take 2020-12 alone. Pointers, `$id`, `$anchor` and dynamic references become references to `$defs`;
tuples, boolean bounds and `dependencies` become what 2020-12 writes for them.
Specification: https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from referencing import Registry, Resource, exceptions
from referencing.jsonschema import DRAFT4, DRAFT202012, specification_with

from orion.domain import pattern
from orion.domain.effort import OutOfTime, spend, within

MAX_CHARS: Final = 100_000
_MAX_DEPTH = 40
_MAX_NODES = 5000
_MAX_IN_PLACE = 2000
"""Schemas that hold for one value together, references followed."""
_CHECK_SECS = 1.0

_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SINGLES = frozenset(
    "not if then else contains propertyNames additionalProperties unevaluatedProperties unevaluatedItems "
    "contentSchema".split()
)
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_GONE = frozenset(
    "$schema $id $anchor $dynamicAnchor $recursiveAnchor $vocabulary $comment $defs definitions".split()
)
_ANNOTATIONS = frozenset({"title", "description", "default", "examples", "deprecated"})
_IN_PLACE = ("allOf", "anyOf", "oneOf")
_TYPES = frozenset("array boolean integer null number object string".split())
_OLD = ("draft-03", "draft-04", "draft-06", "draft-07")
"""Beside a `$ref` of theirs nothing counts."""


class NotSupported(Exception):
    """A schema cannot be used; `pointer` says where, the text why."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer


def modern(schema: Any) -> dict[str, Any]:
    """The same schema as draft 2020-12, with references to `#/$defs/name` alone.

    Raises:
        NotSupported: It is none, goes beyond a bound, or refers to what it does not hold.
    """
    try:
        text = json.dumps(schema, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise NotSupported("", "this cannot be written as JSON, or is nested too deeply") from None
    if not isinstance(schema, dict):
        raise NotSupported("", "a schema is an object")
    if len(text) > MAX_CHARS:
        raise NotSupported("", f"at most {MAX_CHARS} characters")
    try:
        with within(_CHECK_SECS):
            return _Rewriting(schema).whole()
    except OutOfTime:
        raise NotSupported("", "this takes too long to check") from None


class _Rewriting:
    """One schema on its way to draft 2020-12."""

    def __init__(self, root: dict[str, Any]) -> None:
        declared = str(root.get("$schema", ""))
        self._old = any(draft in declared for draft in _OLD)
        self._spec = specification_with(declared, default=DRAFT202012) if declared else DRAFT202012
        self._root = root
        self._gone = {*_REFERENCES, *_GONE, *(["id"] if self._spec is DRAFT4 else [])}
        self._nodes = 0
        self._names: dict[int, str] = {}
        self._defs: dict[str, Any] = {}
        self._waiting: list[tuple[str, Any, str]] = []

    def whole(self) -> dict[str, Any]:
        """The schema, with what it refers to in `$defs`."""
        resource = Resource.from_contents(self._root, default_specification=self._spec)
        resolver = Registry().with_resource("", resource).resolver_with_root(resource)
        made: dict[str, Any] = self._node(self._root, resolver, "", 0)
        while self._waiting:  # each from the top: how long a chain of references is does not count
            name, target, at = self._waiting.pop()
            self._defs[name] = self._node(target.contents, target.resolver, at, 0)
        if self._defs:
            made["$defs"] = self._defs
        _refuse_circles(made)
        _refuse_patterns_unevaluated(made)
        return made

    def _node(self, schema: Any, resolver: Any, at: str, depth: int) -> Any:
        self._count(at, depth)
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise NotSupported(at, "a schema is an object, true or false")
        resolver = self._inside(schema, resolver, at)

        def inner(one: Any, where: str) -> Any:
            return self._node(one, resolver, where, depth + 1)

        found: dict[str, Any] = {}
        for key in _REFERENCES:
            if key in schema:
                found["$ref"] = self._reference(schema[key], resolver, f"{at}/{key}")
        alone = self._old and "$ref" in found
        for key, value in schema.items():
            if key not in self._gone and (not alone or key in _ANNOTATIONS):
                found |= _keyword(key, value, schema, inner, f"{at}/{_escaped(key)}")
        return found

    def _count(self, at: str, depth: int) -> None:
        """One schema more. Raises NotSupported where there are too many, or it lies too deep."""
        spend()
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise NotSupported("", f"more than {_MAX_NODES} schemas in one")
        if depth > _MAX_DEPTH:
            raise NotSupported(at, f"nested deeper than {_MAX_DEPTH} levels")

    def _inside(self, schema: dict[str, Any], resolver: Any, at: str) -> Any:
        """The resolver of a schema, which may have a URI of its own."""
        if schema is self._root or not isinstance(schema.get("id" if self._spec is DRAFT4 else "$id"), str):
            return resolver
        try:
            return resolver.in_subresource(self._spec.create_resource(schema))
        except ValueError:
            raise NotSupported(f"{at}/$id", "this is no URI") from None

    def _reference(self, reference: Any, resolver: Any, at: str) -> str:
        if not isinstance(reference, str):
            raise NotSupported(at, "a reference is a text")
        try:
            target = resolver.lookup(reference)
        except (exceptions.Unresolvable, ValueError, TypeError, KeyError, LookupError, AttributeError):
            raise NotSupported(at, f"the schema does not hold {reference[:100]!r}") from None
        known = self._names.get(id(target.contents))
        if known is None:
            known = self._new_name(reference)
            self._names[id(target.contents)] = known
            self._defs[known] = {}
            self._waiting.append((known, target, at))
        return f"#/$defs/{known}"

    def _new_name(self, reference: str) -> str:
        last = reference.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        wanted = re.sub(r"[^A-Za-z0-9_.-]+", "_", last)[:60] or "schema"
        name, number = wanted, 1
        while name in self._defs:
            number += 1
            name = f"{wanted}_{number}"
        return name


def _keyword(
    key: str, value: Any, schema: dict[str, Any], inner: Callable[[Any, str], Any], at: str
) -> dict[str, Any]:
    """What a keyword is in draft 2020-12."""
    if key in _MAPS:
        _refuse_all_patterns(_a_map(value, at) if key == "patternProperties" else {}, at)
        return {key: {name: inner(one, f"{at}/{_escaped(name)}") for name, one in _a_map(value, at).items()}}
    if key == "items" and isinstance(value, list):
        return _tuple([inner(one, f"{at}/{index}") for index, one in enumerate(value)], schema, inner)
    if key in _LISTS:
        return {key: [inner(one, f"{at}/{index}") for index, one in enumerate(_a_list(value, at))]}
    if key in _SINGLES or key == "items":
        return {key: inner(value, at)}
    if key == "dependencies":
        return _dependencies(_a_map(value, at), inner, at)
    return _without_schemas(key, value, schema, at)


def _without_schemas(key: str, value: Any, schema: dict[str, Any], at: str) -> dict[str, Any]:
    """The same of a keyword that holds no schemas."""
    if key == "additionalItems":
        return {}  # beside a tuple it is what `items` is now, elsewhere nothing
    if key in {"exclusiveMinimum", "exclusiveMaximum", "minimum", "maximum"}:
        return _bound(key, value, schema, at)
    if complaint := _complaint(key, value):
        raise NotSupported(at, complaint)
    return {key: value}


def _tuple(listed: list[Any], schema: dict[str, Any], inner: Callable[[Any, str], Any]) -> dict[str, Any]:
    """Draft 2019-09's `items` as a list, and `additionalItems`."""
    found: dict[str, Any] = {"prefixItems": listed} if listed else {}
    if "additionalItems" in schema:
        found["items"] = inner(schema["additionalItems"], "/additionalItems")
    return found


def _dependencies(members: Mapping[str, Any], inner: Callable[[Any, str], Any], at: str) -> dict[str, Any]:
    """Draft-07's `dependencies`, which 2019-09 has split into two."""
    found: dict[str, Any] = {"dependentRequired": {}, "dependentSchemas": {}}
    for name, one in members.items():
        if isinstance(one, list):
            found["dependentRequired"][name] = one
        else:
            found["dependentSchemas"][name] = inner(one, f"{at}/{_escaped(name)}")
    if complaint := _complaint("dependentRequired", found["dependentRequired"]):
        raise NotSupported(at, complaint)
    return {key: value for key, value in found.items() if value}


def _bound(key: str, value: Any, schema: dict[str, Any], at: str) -> dict[str, Any]:
    """A bound of a number; draft-04 says by true or false whether it is exclusive."""
    if isinstance(value, bool) and key.startswith("exclusive"):
        bound = schema.get(key.removeprefix("exclusive").lower())
        return {key: bound} if value and _is_number(bound) else {}
    exclusive = f"exclusive{key.capitalize()}"
    if schema.get(exclusive) is True:
        return {}
    if not _is_number(value):
        raise NotSupported(at, "this is a number")
    return {key: value}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_type(value: Any) -> bool:
    return value in _TYPES if isinstance(value, str) else _are_texts(value) and _TYPES.issuperset(value)


_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "type": (_is_type, f"a type is one of {', '.join(sorted(_TYPES))}, or a list of such"),
    "enum": (lambda value: isinstance(value, list), "this is a list"),
    "required": (_are_texts, "this is a list of names"),
    "dependentRequired": (
        lambda value: isinstance(value, dict) and all(map(_are_texts, value.values())),
        "this is an object of lists of names",
    ),
    "multipleOf": (lambda value: _is_number(value) and value > 0, "this is a number above 0"),
    "uniqueItems": (lambda value: isinstance(value, bool), "this is true or false"),
    **dict.fromkeys(
        "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains".split(),
        (_is_count, "this is a whole number from 0 on"),
    ),
    **dict.fromkeys(
        ["format", "title", "description", "pattern"],
        (lambda value: isinstance(value, str), "this is a text"),
    ),
}


def _complaint(key: str, value: Any) -> str:
    """What is wrong with the value of a keyword that holds no schema; empty if nothing is."""
    rule = _RULES.get(key)
    if rule and not rule[0](value):
        return rule[1]
    return pattern.refuse(value) if key == "pattern" else ""


def _a_map(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotSupported(at, "this is an object of schemas")
    return value


def _a_list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise NotSupported(at, "this is a list of one schema or more")
    return value


def _refuse_all_patterns(members: Mapping[str, Any], at: str) -> None:
    for wanted in members:
        if refusal := pattern.refuse(wanted):
            raise NotSupported(f"{at}/{_escaped(wanted)}", refusal)


def _escaped(name: str) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def children(node: Any) -> Iterator[Any]:
    """The schemas that stand directly in a modern one."""
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in _MAPS or key == "$defs":
            yield from value.values()
        elif key in _LISTS:
            yield from value
        elif key in _SINGLES or key == "items":
            yield value


def in_place(node: Any, defs: Mapping[str, Any]) -> Iterator[Any]:
    """The schemas that hold, or may hold, for the same value as this one."""
    if not isinstance(node, dict):
        return
    if "$ref" in node:
        yield defs[node["$ref"].removeprefix("#/$defs/")]
    for key in _IN_PLACE:
        yield from node.get(key, ())
    for key in ("not", "if", "then", "else"):
        if key in node:
            yield node[key]
    yield from node.get("dependentSchemas", {}).values()


def _everywhere(root: dict[str, Any]) -> Iterator[Any]:
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def _refuse_circles(root: dict[str, Any]) -> None:
    """Refuse what holds for a value only if itself does, and what grows beyond all bounds."""
    defs = root.get("$defs", {})
    weights: dict[int, int] = {}

    def weigh(node: Any) -> int:
        known = weights.get(id(node))
        if known == 0:
            raise NotSupported("", "a reference leads back to itself without any property or item between")
        if known is None:
            weights[id(node)] = 0
            known = 1 + sum(weigh(one) for one in in_place(node, defs) if isinstance(one, dict))
            weights[id(node)] = known
        if known > _MAX_IN_PLACE:
            raise NotSupported("", f"more than {_MAX_IN_PLACE} schemas for one value, references followed")
        return known

    try:
        for node in _everywhere(root):
            if isinstance(node, dict):
                weigh(node)
    except RecursionError:
        raise NotSupported("", "too long a chain of references") from None


def _refuse_patterns_unevaluated(root: dict[str, Any]) -> None:
    """Which properties a pattern has looked at is not followed."""
    keys = {key for node in _everywhere(root) if isinstance(node, dict) for key in node}
    if "patternProperties" in keys and "unevaluatedProperties" in keys:
        raise NotSupported("", "patternProperties and unevaluatedProperties in one schema are not supported")
