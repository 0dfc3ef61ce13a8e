"""Reads the newest mail, which anybody may have sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from orion.domain.tool import ToolContext

UNTRUSTED = True
EXAMPLES = ("read my mail",)
SAY = "{mail}"

MAIL: dict[UUID, str] = {}


class Args(BaseModel):
    """Nothing."""


async def run(_args: Args, call: ToolContext) -> dict[str, Any]:
    """The `mail`."""
    return {"mail": MAIL.get(call.session_id, "No mail.")}
