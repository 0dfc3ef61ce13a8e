"""What the bodies and queries of routes share: types of fields, and how their models carry examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints

from orion.agents.json_types import JSON_NUMBER, Flag

__all__ = [
    "CURSOR_PATTERN",
    "EMAIL_PATTERN",
    "EXAMPLE_ID",
    "EXAMPLE_LATER",
    "EXAMPLE_TIME",
    "JSON_NUMBER",
    "Cursor",
    "Email",
    "Flag",
    "Instant",
    "Limit",
    "Timestamp",
    "event_stream",
    "example",
]

EXAMPLE_ID = "0192f0c1-a2b3-7c4d-8e5f-60718293a4b5"
EXAMPLE_TIME = "2026-01-31T09:30:00.000Z"
EXAMPLE_LATER = "2026-01-31T09:30:04.210Z"
CURSOR_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"
_SHORTEST_TIME = len("2026-01-31T09:30Z")


def _rfc_3339(value: Any) -> Any:
    """Pydantic would take seconds since 1970 and a date alone, too."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and len(value) >= _SHORTEST_TIME):
        raise ValueError("a time is written like 2026-01-31T09:30:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    """The same time in UTC, which the first and the last hours of the calendar may not have."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time lies in the years 1 to 9999 in UTC, too") from error


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=EMAIL_PATTERN),
    Field(examples=["ada@example.org"]),
]
Instant = Annotated[AwareDatetime, BeforeValidator(_rfc_3339), AfterValidator(_in_utc)]
"""A time that a client gives with its offset, in UTC."""
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time that the server gives: RFC 3339 in UTC with milliseconds."""
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]
Cursor = Annotated[
    str | None,
    Query(pattern=CURSOR_PATTERN, description="The `next_cursor` of the page before"),
]


def event_stream(shown: str, *names: str) -> dict[str, Any]:
    """A response of server-sent events, whose data is JSON; `names` are those of the events, if few."""
    event = {"type": "string", "enum": list(names)} if names else {"type": "string"}
    item = {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "id": {"type": "string"},
            "event": event,
            "data": {"type": "string", "contentMediaType": "application/json"},
        },
    }
    return {"text/event-stream": {"schema": {"type": "string"}, "itemSchema": item, "example": shown}}


def example(value: dict[str, Any], extra: Literal["allow", "ignore", "forbid"] | None = None) -> ConfigDict:
    """The `model_config` of a body with an example, which `/docs` and generated clients show."""
    return ConfigDict(extra=extra, json_schema_extra={"examples": [value]})
