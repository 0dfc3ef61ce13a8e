"""Unlocks a door of the house."""

from __future__ import annotations

import os
from typing import Any, Literal

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "unlock the {door}",
    "open the {door}",
    "unlock the {door} for me",
    "can you open the {door}",
)
SAID = {"door": ["garage", "cellar", "front door", "garden gate"]}
SAY = "The {door} is open."
SIDE_EFFECTS = True
RISK = Risk.DANGER
IDEMPOTENT = True


class Args(BaseModel):
    """Which."""

    door: Literal["garage", "cellar", "front door", "garden gate"] = Field(
        json_schema_extra={"x-ask": "Which door?"}
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """Which door is open."""
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"door": args.door}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/unlock_door", json=done, headers=headers)).raise_for_status()
    return done
