"""Ends the conversation after saying goodbye. Only when the user clearly wants to stop.

Say what `spoken` tells of timers before you say goodbye.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from orion.domain.timer_words import goes_on
from orion.domain.tool import ToolContext

EXAMPLES = (
    "goodbye",
    "bye bye",
    "bye",
    "hang up",
    "end the call",
    "please hang up",
    "you can hang up now",
    "see you later",
    "that is all goodbye",
    "end this conversation",
)
SAY = "{spoken}"
SIDE_EFFECTS = True


class Args(BaseModel):
    """Nothing."""


async def run(_args: Args, call: ToolContext) -> dict[str, Any]:
    """The call ends when the agent has finished its turn; `spoken` tells of timers that go on."""
    kept = goes_on(await call.timers.all(), guest=call.timers.guest)
    call.end_call()
    return {"ended": True, "spoken": f"{kept} Goodbye!".strip()}
