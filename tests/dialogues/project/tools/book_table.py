"""Books a table in the restaurant of the house."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "book a table for {guests} people at {time}",
    "book a table for {guests} at {time}",
    "reserve a table for {guests}",
    "i would like to reserve a table",
    "can i get a table for {guests}",
    "a table for {guests} people",
)
SAID = {
    "guests": ["two", "three", "four", "five", "six", "seven", "eight"],
    "time": ["six pm", "seven pm", "half past seven", "eight pm", "eight thirty", "nine pm"],
}
SAY = "A table for {guests} at {time}. See you then."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True


class Args(BaseModel):
    """How many, and when."""

    guests: int = Field(ge=1, le=20, json_schema_extra={"x-ask": "For how many people?"})
    time: dt.time = Field(description="HH:MM", json_schema_extra={"x-ask": "At what time?"})


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """What was booked."""
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"guests": args.guests, "time": f"{args.time:%H:%M}"}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/book_table", json=done, headers=headers)).raise_for_status()
    return done
