"""Asks another agent a question in the background, and tells its answer when it comes.

The conversation stays with you: use it where another agent knows better, and hand_over where the user wants
to talk to that agent. Put all that the other agent needs into the question: it hears nothing else.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext, ToolFailure
from orion.tools._named import known, named, spoken

EXAMPLES = ("ask the {agent} {question}", "check with the {agent} {question}")
SAID = {
    "agent": ["scheduler", "researcher"],
    "question": ["what time it is in tokyo", "what is two plus three", "what is fifteen percent of eighty"],
}
SAY = "The {agent} says: {answer}"
SIDE_EFFECTS = True
TIMEOUT_SECS = 45


class Args(BaseModel):
    """Whom, and what."""

    agent: str = Field(
        min_length=1,
        max_length=100,
        description="Name of the agent",
        json_schema_extra={"x-ask": "Whom shall I ask?"},
    )
    question: str = Field(
        min_length=1,
        max_length=2000,
        description="The question, with all that is needed to answer it",
        json_schema_extra={"x-ask": "What shall I ask?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `agent` that was asked, and its `answer`."""
    if call.consulting is None:
        raise ToolFailure("I can ask another agent only while we talk.")
    name = named(args.agent, call.agents)
    if name is None:
        others = known(call.agents)
        raise ToolFailure(f"I can ask {others}." if others else "There is nobody whom I could ask.")
    return {"agent": spoken(name), **await call.consulting.ask(name, args.question)}
