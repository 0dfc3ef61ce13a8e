"""Cancels what the guest has booked: the table, the taxi, the breakfast or the room."""

from __future__ import annotations

import os
from typing import Any, Literal

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "cancel my {booking}",
    "cancel the {booking}",
    "i do not need the {booking} any more",
    "call off my {booking}",
)
SAID = {"booking": ["table", "taxi", "breakfast", "room"]}
SAY = "The {booking} is cancelled."
SIDE_EFFECTS = True
RISK = Risk.DANGER
IDEMPOTENT = True


class Args(BaseModel):
    """What of."""

    booking: Literal["table", "taxi", "breakfast", "room"] = Field(
        json_schema_extra={"x-ask": "Which booking shall I cancel?"}
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """What was cancelled."""
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"booking": args.booking}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/cancel_booking", json=done, headers=headers)).raise_for_status()
    return done
