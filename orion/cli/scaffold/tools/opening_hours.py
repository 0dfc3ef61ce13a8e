"""Tells when the shop opens and closes on a day of the week."""

# The docstring above is what a language model reads to decide whether it needs this tool.
from typing import Any, Literal

from pydantic import BaseModel, Field

from orion.domain.tool import ToolContext, ToolFailure

# How people ask for it: the offline agent finds the tool by these phrases, and the recogniser listens
# for them. More phrases help more than anything else. {day} stands for an argument.
EXAMPLES = (
    "when do you open on {day}",
    "when are you open on {day}",
    "opening hours on {day}",
    "are you open on {day}",
)
SAID = {"day": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}

# What the offline agent says, over the keys of the result. A language model finds its own words.
SAY = "On {day} we are open from {opens} to {closes}."

_HOURS = {"saturday": ("ten", "two")}


class Args(BaseModel):
    """The arguments. What they may be is checked before `run` is called, whoever calls it."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        description="The day of the week, in English and lower case",
        json_schema_extra={"x-ask": "On which day?"},  # what the agent asks when it was not said
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:  # noqa: ARG001
    """Give what JSON can hold, or raise ToolFailure with a sentence that the agent may say.

    `call` reaches the conversation: `await call.remember(...)`, `call.announce_after(60, "...")`,
    `call.hand_over("...")`, `call.end_call()`.
    """
    if args.day == "sunday":
        raise ToolFailure("We are closed on Sundays.")
    opens, closes = _HOURS.get(args.day, ("nine", "six"))
    return {"day": args.day.title(), "opens": opens, "closes": closes}
