"""Hands the conversation over to another agent, when the user asks for it or that agent fits better.

Give what the user wants from that agent as `task`, if they have said it: then the agent does it at once.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext, ToolFailure
from orion.errors import NotFound
from orion.tools._named import known, named, spoken

EXAMPLES = (
    "let me talk to the {agent}",
    "let me speak to the {agent}",
    "connect me with the {agent}",
    "hand me over to the {agent}",
    "can i talk to the {agent}",
    "transfer me to the {agent}",
    "put me through to the {agent}",
    "connect me to the {agent}",
    "back to the {agent}",
)
SAID = {"agent": ["scheduler", "researcher", "concierge"]}
SAY = "I am handing you over to the {agent}."


class Args(BaseModel):
    """To whom, and what for."""

    agent: str = Field(
        min_length=1,
        max_length=100,
        description="Name of the agent",
        json_schema_extra={"x-ask": "To whom shall I hand you over?"},
    )
    task: str | None = Field(
        default=None,
        max_length=1000,
        description="What the user wants from that agent, in their words; left out if they have not said",
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `agent` that goes on after this turn."""
    name = named(args.agent, call.agents)
    if name is None:
        others = known(call.agents)
        raise ToolFailure(
            f"I can hand you over to {others}." if others else "I cannot hand you over to anybody."
        )
    try:
        call.hand_over(name, args.task or "")
    except NotFound as error:
        raise ToolFailure(f"I cannot hand you over to the {spoken(name)} right now.") from error
    return {"agent": spoken(name)}
