"""Hands the conversation over to another agent, when the user asks for it or that agent fits better."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from rapidfuzz import fuzz, process

from orion.domain.tool import ToolContext, ToolFailure
from orion.errors import NotFound

EXAMPLES = (
    "let me talk to the {agent}",
    "let me speak to the {agent}",
    "connect me with the {agent}",
    "hand me over to the {agent}",
    "can i talk to the {agent}",
    "transfer me to the {agent}",
    "put me through to the {agent}",
    "connect me to the {agent}",
)
SAID = {"agent": ["scheduler", "researcher"]}
SAY = "I am handing you over to the {agent}."


class Args(BaseModel):
    """To whom."""

    agent: str = Field(
        min_length=1,
        max_length=100,
        description="Name of the agent",
        json_schema_extra={"x-ask": "To whom shall I hand you over?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `agent` that goes on after this turn."""
    spoken = {name.replace("_", " ").replace("-", " "): name for name in call.agents}
    match = process.extractOne(args.agent.lower(), list(spoken), scorer=fuzz.WRatio, score_cutoff=75)
    if match is None:
        known = " or ".join(f"the {name}" for name in spoken)
        raise ToolFailure(
            f"I can hand you over to {known}." if known else "I cannot hand you over to anybody."
        )
    try:
        call.hand_over(spoken[match[0]])
    except NotFound as error:
        raise ToolFailure(f"I cannot hand you over to the {match[0]} right now.") from error
    return {"agent": match[0]}
