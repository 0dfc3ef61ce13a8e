"""Pays the bill of a room with the card that the guest has left."""

from __future__ import annotations

import os
from typing import Any

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "pay the bill for room {room}",
    "pay for room {room}",
    "settle the bill of room {room}",
    "i would like to pay my bill",
)
SAID = {"room": ["one", "two", "three", "four", "seven", "nine", "ten", "eleven", "twelve"]}
SAY = "The bill of room {room} is paid."
SIDE_EFFECTS = True
RISK = Risk.DANGER
IDEMPOTENT = True


class Args(BaseModel):
    """Whose."""

    room: int = Field(ge=1, le=40, json_schema_extra={"x-ask": "For which room?"})


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """Which bill was paid."""
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"room": args.room}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/pay_bill", json=done, headers=headers)).raise_for_status()
    return done
