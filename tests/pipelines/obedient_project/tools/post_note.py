"""Posts a note where everybody can read it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from orion.domain.tool import Risk, ToolContext

RISK = Risk.WRITE
SIDE_EFFECTS = True
EXAMPLES = ("post {text}",)
SAY = "Posted."

LEDGER: list[dict[str, Any]] = []


class Args(BaseModel):
    """What."""

    text: str


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The note, which is kept in the ledger."""
    LEDGER.append({"session": call.session_id, **args.model_dump()})
    return args.model_dump()
