"""Keeps something about the user for later conversations, in the user's own words."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.second_person import to_you
from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "remember that {content}",
    "please remember {content}",
    "note that {content}",
    "make a note that {content}",
    "keep in mind that {content}",
    "don't forget that {content}",
    "remember {content}",
    "{content} please remember that",
    "{content} remember that",
    "{content} keep that in mind",
    "{content} can you keep that in mind",
    "{content} make a note of that",
)
SAID = {
    "content": [
        "my dog is called rex",
        "my cat is called tom",
        "my sister is called mary",
        "my name is anna",
        "my birthday is in may",
        "my car is on level three",
        "i was born in london",
        "i like my coffee black",
        "the key is under the mat",
        "my doctor is called miller",
    ]
}
SAY = "I will remember: {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True  # in a plan, what it keeps is committed together with the step


class Args(BaseModel):
    """What to keep."""

    content: str = Field(
        min_length=2,
        max_length=1000,
        description="The fact, as the user said it, e.g. my dog is called Bello",
        json_schema_extra={"x-ask": "What shall I remember?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The kept `content`, its `id`, and `spoken`: the same, said to the user."""
    memory = await call.remember(args.content)
    return {"id": str(memory.id), "content": memory.content, "spoken": to_you(memory.content)}
