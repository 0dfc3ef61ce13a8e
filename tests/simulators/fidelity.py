"""Whether what a simulator sends is what a vendor's SDK knows: every field there, and none beyond."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, TypeAdapter


def strictly(kind: Any, content: Any) -> Any:
    """The content as the SDK's type; AssertionError for a field that the type does not have."""
    parsed = TypeAdapter(kind).validate_python(content)
    _nothing_more(parsed)
    return parsed


def _nothing_more(found: Any) -> None:
    if isinstance(found, BaseModel):
        assert not found.model_extra, (type(found).__name__, found.model_extra)
        for name in type(found).model_fields:
            _nothing_more(getattr(found, name))
    elif isinstance(found, list):
        for item in found:
            _nothing_more(item)
