"""Forgets everything you told me about yourself.

What was kept about the user is erased for good: only when the user clearly asks for that.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from orion.domain.tool import Risk, ToolContext, ToolFailure
from orion.tools._notes import POLITE

EXAMPLES = (
    "delete everything you know about me",
    "forget everything",
    "forget everything you know about me",
    "forget everything I told you",
    "forget all about me",
    "erase all you know about me",
    "erase my memory",
    "delete all my notes",
    "delete all my data",
    "forget me",
    "clear your memory",
    "wipe your memory",
)
SAY = "{spoken}"
CONFIRM = True
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True  # what is gone stays gone

_ASKS = re.compile(
    rf"{POLITE}(?:forget|delete|erase|remove|clear|wipe)(?: out)? (?:about )?"
    r"(?:(?:absolutely )?(?:everything|all|anything)(?: of it| of that)?(?: that)?"
    r"(?: (?:you (?:have )?(?:know|knew|remember|kept|keep|noted|stored|learned)"
    r"|i (?:have )?(?:ever )?(?:told|said))(?: to)?(?: you)?)?(?: (?:about|of|on) (?:me|myself))?"
    r"|(?:all )?(?:of )?(?:my|your) (?:memory|memories|notes|data)"
    r"(?: (?:about|of|on) me)?|me|all about me|who i am)(?: please| now| for good| completely)*[ .!?]*",
    re.IGNORECASE,
)


class Args(BaseModel):
    """Nothing."""


async def run(_args: Args, call: ToolContext) -> dict[str, Any]:
    """How many memories were `forgotten`, and `spoken` for the answer."""
    count = await call.forget_everything()
    if not count:
        raise ToolFailure("I have nothing noted about you.")
    return {"forgotten": count, "spoken": f"I have forgotten {_things(count)} that I had noted about you."}


def understand(said: str) -> dict[str, Any] | None:
    """No arguments, if that is asked for."""
    return {} if _ASKS.fullmatch(said.strip()) else None


def _things(count: int) -> str:
    return "the one thing" if count == 1 else f"all {count} things"
