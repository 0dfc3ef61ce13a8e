"""What is wrong with a field of a request, in ORION's own words, and where: a JSON pointer (RFC 6901).

`/title` is a member of the body. A parameter is pointed to by where it stands: `/query/limit`,
`/path/session_id`, `/header/Idempotency-Key`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from orion.agents.agent_faults import near
from orion.api.fields import CURSOR_PATTERN, EMAIL_PATTERN
from orion.errors import FieldProblem

_FORMS = {
    EMAIL_PATTERN: "this is no email address; it is written like ada@example.org",
    CURSOR_PATTERN: "this is no cursor; send the `next_cursor` of the page before",
    r"^[a-z][a-z0-9_-]*$": "a name begins with a lower case letter; then come a to z, 0 to 9, - and _",
    r"^[a-z][a-z0-9_]*$": "a name begins with a lower case letter; then come a to z, 0 to 9 and _",
    r"^[0-9a-f]{64}$": "this is no digest; send the one that stands with the question",
    r"^https?://[^/\s*,?#@]+$": "this is no origin; it is written like https://page.example.org",
    r"^[ -~]{1,255}$": "a key has 1 to 255 printable ASCII characters",
    r"^[!-~]+$": "it must be printable ASCII, without spaces",
}
"""What a value that does not match a pattern is told."""
MOST_PROBLEMS = 50
"""A body may have ten thousand fields that there are not: to look for what was meant takes time."""
_MOST_CHARS = 100
"""Of a name that is told back."""
_BEGINNING = re.compile(r"^(Input|String|List|Value|Dictionary|Set|Tuple|Data|JSON|Object|Decimal) should ")


def field_problems(
    errors: Sequence[Mapping[str, Any]], models: Mapping[str, type[BaseModel]]
) -> list[FieldProblem]:
    """Pydantic's errors, each told with its pointer; the first ones are enough.

    Args:
        models: The model of what stands in the `body` and in the `query`.
    """
    return [field_problem(error, models.get(error["loc"][0])) for error in errors[:MOST_PROBLEMS]]


def field_problem(error: Mapping[str, Any], known: type[BaseModel] | None = None) -> FieldProblem:
    """One of Pydantic's errors, told with its pointer.

    Args:
        error: Its `loc` begins with where the value stands: `body`, `query`, `path`, `header`.
        known: The model of what stands there, for the names that it has.
    """
    place, *path = error["loc"]
    parts = path if place == "body" else [place, *path]
    return FieldProblem(pointer(parts), in_words(error, path, known))


def pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer: each part with `~` and `/` escaped (RFC 6901, 3)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def in_words(error: Mapping[str, Any], path: list[str | int], known: type[BaseModel] | None = None) -> str:
    """What is wrong, and if it can be told, what to write instead."""
    kind, message = error["type"], str(error["msg"])
    if kind == "extra_forbidden":
        model = _model_at(known, path[:-1])
        given = str(path[-1])[:_MOST_CHARS] if path else ""
        return f"there is no field {given!r}{f'; {near(given, _names(model))}' if model else ''}"
    if kind == "missing":
        return "this is missing"
    if kind == "string_pattern_mismatch":
        pattern = str(error.get("ctx", {}).get("pattern", ""))
        return _FORMS.get(pattern, f"it must match {pattern}")
    return _BEGINNING.sub("it must ", message.removeprefix("Value error, "))


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel] | None, path: Iterable[str | int]) -> type[BaseModel] | None:
    """The model of a member of `model`, at any depth; None if it is not told."""
    for part in path:
        if model is None:
            return None
        if not isinstance(part, int):  # items of a list are of the list's own type
            field = model.model_fields.get(part)
            model = model_in(field.annotation) if field else None
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The one model that a type names, as in `list[Model] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [model for one in get_args(annotation) if (model := model_in(one)) is not None]
    return found[0] if len(found) == 1 else None
