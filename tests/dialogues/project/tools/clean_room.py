"""Sends somebody who cleans a room, and waits until that is done."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "clean room {room}",
    "please have room {room} cleaned",
    "send somebody to clean room {room}",
)
SAID = {"room": ["one", "two", "three", "four", "five", "seven", "nine", "ten", "twelve"]}
SAY = "Room {room} is clean."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True
TIMEOUT_SECS = 60


class Args(BaseModel):
    """Which."""

    room: int = Field(ge=1, le=40, json_schema_extra={"x-ask": "Which room?"})


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """Which room is clean."""
    await asyncio.sleep(8)
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"room": args.room}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/clean_room", json=done, headers=headers)).raise_for_status()
    return done
