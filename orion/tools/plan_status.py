"""Tells how far the newest plan is."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from orion.domain.tool import ToolContext, ToolFailure

EXAMPLES = (
    "how far are you",
    "how far is the plan",
    "how is the plan going",
    "what is the state of the plan",
)
SAY = "{spoken}"


class Args(BaseModel):
    """Nothing."""


async def run(_args: Args, call: ToolContext) -> dict[str, Any]:
    """The plan's `status`, and `spoken` for the answer."""
    if call.planning is None:
        raise ToolFailure("I can only tell while we talk.")
    return await call.planning.status()
