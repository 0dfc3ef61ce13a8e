"""Calls a taxi to the house."""

from __future__ import annotations

import os
from typing import Any, Literal

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "call a taxi to the {destination}",
    "i need a taxi to the {destination}",
    "get me a cab to the {destination}",
    "a taxi to the {destination} please",
    "call me a taxi",
)
SAID = {"destination": ["station", "airport", "harbour", "theatre"]}
SAY = "A taxi to the {destination} is on its way."
CONFIRM = True
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True


class Args(BaseModel):
    """Where to."""

    destination: Literal["station", "airport", "harbour", "theatre"] = Field(
        json_schema_extra={"x-ask": "Where do you want to go?"}
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """Where it goes."""
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"destination": args.destination}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/call_taxi", json=done, headers=headers)).raise_for_status()
    return done
