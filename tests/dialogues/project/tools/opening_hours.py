"""Tells when a part of the house is open."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext

EXAMPLES = (
    "when is the {place} open",
    "when does the {place} open",
    "opening hours of the {place}",
    "until when is the {place} open",
)
SAID = {"place": ["restaurant", "bar", "pool", "reception"]}
SAY = "The {place} is open from {opens} to {closes}."
_HOURS = {"restaurant": ("six", "eleven"), "bar": ("eight", "one"), "pool": ("seven", "nine")}


class Args(BaseModel):
    """What of."""

    place: Literal["restaurant", "bar", "pool", "reception"] = Field(
        json_schema_extra={"x-ask": "The opening hours of what?"}
    )


async def run(args: Args, _call: ToolContext) -> dict[str, Any]:
    """From when to when, as people say it."""
    opens, closes = _HOURS.get(args.place, ("midnight", "midnight"))
    return {"place": args.place, "opens": opens, "closes": closes}
