"""Digs for gold, as long as it takes."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext

EXAMPLES = ("dig for {secs} seconds",)
SAY = "I found {found}."
TIMEOUT_SECS = 60


class Args(BaseModel):
    """How long."""

    secs: float = Field(ge=0)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """What was `found`."""
    await asyncio.sleep(args.secs)
    return {"found": "nothing"}
