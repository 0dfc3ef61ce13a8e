"""Launches the rocket, which takes its time."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

RISK = Risk.DANGER
SIDE_EFFECTS = True
EXAMPLES = ("launch the rocket in {secs} seconds",)
SAY = "The rocket has left."
TIMEOUT_SECS = 60

LEDGER: list[dict[str, Any]] = []


class Args(BaseModel):
    """How long the countdown is."""

    secs: float = Field(ge=0)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """That it is gone, once it is."""
    await asyncio.sleep(args.secs)
    LEDGER.append({"session": call.session_id, **args.model_dump()})
    return {"left": True}
