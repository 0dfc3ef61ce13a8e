"""JSON's own types as they come: pydantic alone reads `"yes"` and `1` as true, and `"10"` as a number."""

from __future__ import annotations

from typing import Any

from pydantic import BeforeValidator, StrictBool


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("a number is needed")  # noqa: TRY004 - pydantic reports ValueError
    return value


Flag = StrictBool
JSON_NUMBER = BeforeValidator(_number)
"""For `Annotated[int, Field(ge=1), JSON_NUMBER]`: behind the bounds, or the description loses them."""
