"""Makes a plan of several steps for a goal, reads it to the user, and begins it when the user says yes.

Use it for a goal that takes more than one tool call that changes something, and where the user asks for a
plan. Give the whole goal in the user's words. The plan is read out and the yes asked for by the server.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext, ToolFailure

EXAMPLES = ("make a plan to {goal}", "make a plan")
_SAID = (
    "set a timer for one minute",
    "set a timer for ten minutes",
    "tell me the time in tokyo",
    "tell me the time in new york",
    "tell me what you remember",
    "what is two plus three",
)
SAID = {"goal": [f"{first} and then {then}" for first in _SAID for then in _SAID if then != first]}
SAY = "{spoken}"
SIDE_EFFECTS = True
TIMEOUT_SECS = 45


class Args(BaseModel):
    """What for."""

    goal: str = Field(
        min_length=1,
        max_length=2000,
        description="What shall be done, in the user's words",
        json_schema_extra={"x-ask": "What shall I plan?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The plan's `steps` in words, or the question that has to be answered first, as `spoken`."""
    if call.planning is None:
        raise ToolFailure("I can only plan while we talk.")
    return await call.planning.make(call.call_id, args.goal)
