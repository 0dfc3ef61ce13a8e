"""A value against a schema, with one limit of time for all of it.

jsonschema does the work. Each keyword is a step, at which the work ends when its time is over; what the
library does in one go, and would do for long, is written anew: names and texts are matched by `regex`,
which can be stopped, and equal items are found by what they read as in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from orion.domain import pattern
from orion.domain.effort import spend, within

CHECK_SECS = 0.25
_MOST_SHOWN_CHARS = 60


def violations(schema: dict[str, Any], value: Any, most: int) -> list[str]:
    """The first violations of a modern schema, each with the path of its place; none if the value fits.

    Raises:
        OutOfTime: It took longer than the limit in force allows, or a quarter of a second.
    """
    with within(CHECK_SECS):
        # No more than that is looked for: each may be a pattern that took its whole time.
        found = islice(_Validator(schema).iter_errors(value), most)
        return [f"{one.json_path}: {one.message}" for one in sorted(found, key=lambda one: one.json_path)]


def _counted(check: Any) -> Callable[..., Iterator[ValidationError]]:
    """A keyword that is a step of the work."""

    def keyword(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        spend()
        yield from check(validator, wanted, value, schema) or ()

    return keyword


def _pattern(_validator: Any, wanted: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and pattern.search(wanted, value) is None:
        yield ValidationError(f"does not match {wanted!r}")


def _pattern_properties(
    validator: Any, wanted: dict[str, Any], value: Any, _schema: Any
) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    for one, schema in wanted.items():
        for name, member in value.items():
            if pattern.search(one, name) is not None:
                yield from validator.descend(member, schema, path=name, schema_path=one)


def _additional_properties(
    validator: Any, wanted: Any, value: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extras = [
        name
        for name in value
        if name not in known and not any(pattern.search(one, name) is not None for one in patterns)
    ]
    if wanted is False and extras:
        named = ", ".join(repr(name[:_MOST_SHOWN_CHARS]) for name in extras[:5])
        verb = "was" if len(extras) == 1 else "were"
        yield ValidationError(f"Additional properties are not allowed ({named} {verb} unexpected)")
    elif wanted is not False:
        for name in extras:
            yield from validator.descend(value[name], wanted, path=name)


def _enum(_validator: Any, wanted: list[Any], value: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and value in wanted:
        return
    read = _read(value)
    if all(read != _read(one) for one in wanted):
        shown = json.dumps(wanted[:20], ensure_ascii=False)
        more = f" and {len(wanted) - 20} more" if len(wanted) > 20 else ""
        yield ValidationError(f"{_shown(value)} is not one of {shown}{more}")


def _const(_validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if _read(wanted) != _read(value):
        yield ValidationError(f"{_shown(wanted)} was expected")


def _unique_items(_validator: Any, wanted: bool, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if wanted and isinstance(value, list) and len({_read(one) for one in value}) < len(value):
        yield ValidationError(f"{_shown(value)} has non-unique elements")


def _any_of(validator: Any, wanted: list[Any], value: Any, _schema: Any) -> Iterator[ValidationError]:
    """Without the errors of all branches, which grow without end where branches hold branches."""
    if not any(_fits(validator, value, one) for one in wanted):
        yield ValidationError(f"{_shown(value)} is not valid under any of the given schemas")


def _one_of(validator: Any, wanted: list[Any], value: Any, _schema: Any) -> Iterator[ValidationError]:
    count = len(list(islice((one for one in wanted if _fits(validator, value, one)), 2)))
    if count == 0:
        yield ValidationError(f"{_shown(value)} is not valid under any of the given schemas")
    elif count > 1:
        yield ValidationError(f"{_shown(value)} is valid under more than one of the given schemas")


def _fits(validator: Any, value: Any, schema: Any) -> bool:
    spend()
    return next(validator.descend(value, schema), None) is None


def _read(value: Any) -> str:
    """A text that equal values have in common (RFC 8785's idea): 1 is 1.0, and true is neither."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN_CHARS else f"{text[:_MOST_SHOWN_CHARS]}..."


_OWN: dict[str, Callable[..., Iterator[ValidationError]]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "enum": _enum,
    "const": _const,
    "uniqueItems": _unique_items,
    "anyOf": _any_of,
    "oneOf": _one_of,
}

_extend: Any = validators.extend  # its stubs lack types
_Validator = _extend(
    Draft202012Validator,
    {name: _counted(check) for name, check in {**Draft202012Validator.VALIDATORS, **_OWN}.items()},
)
