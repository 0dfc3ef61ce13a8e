"""Cancels the newest plan: what it has not begun will not happen."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from orion.domain.tool import Risk, ToolContext, ToolFailure

EXAMPLES = ("cancel the plan", "stop the plan", "abort the plan", "forget the plan")
SAY = "{spoken}"
SIDE_EFFECTS = True
RISK = Risk.WRITE


class Args(BaseModel):
    """Nothing."""


async def run(_args: Args, call: ToolContext) -> dict[str, Any]:
    """The plan's `status`, and `spoken` for the answer."""
    if call.planning is None:
        raise ToolFailure("I can only do that while we talk.")
    return await call.planning.cancel()
