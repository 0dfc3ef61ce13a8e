"""Sends money to somebody."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from orion.domain.tool import Risk, ToolContext

RISK = Risk.DANGER
SIDE_EFFECTS = True
EXAMPLES = ("send {amount} euros to {to}",)
SAY = "{amount} euros went to {to}."

LEDGER: list[dict[str, Any]] = []


class Args(BaseModel):
    """How much, and to whom."""

    to: str
    amount: int


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The payment, which is kept in the ledger."""
    LEDGER.append({"session": call.session_id, **args.model_dump()})
    return args.model_dump()
