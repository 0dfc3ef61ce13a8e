"""Looks up what the user asked to remember, in this or in earlier conversations."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.second_person import to_you
from orion.domain.tool import ToolContext

EXAMPLES = (
    "what did I tell you about {query}",
    "what do you remember about {query}",
    "what do you know about {query}",
    "do you remember {query}",
    "what is my {query}",
    "where is my {query}",
    "who is my {query}",
    "when is my {query}",
    "what's the name of my {query}",
    "what is my {query} called",
    "what's my {query} called",
    "what have I told you about {query}",
    "do you remember where {query}",
    "what did I ask you to remember",
)
SAY = "{spoken}"
UNTRUSTED = True

_THE_USER = frozenset({"", "me", "myself", "i", "the user", "user"})
_NO_THING = frozenset(
    "the a an your yours you our ours us his her its their this that these those what where when who how why "
    "which anything something everything".split()
)
"""Words that are, or stand before, what is no possession of the user's."""


class Args(BaseModel):
    """What about."""

    query: str = Field(
        default="",
        max_length=200,
        description="Words that describe what is looked for; empty for everything",
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `memories` that fit, best first, and `spoken` for the answer."""
    query = "" if args.query.lower().strip() in _THE_USER else args.query
    found = [memory.content for memory in await call.recall(query, 3)]
    if not found:
        return {"memories": [], "spoken": f"I have nothing noted about {_about(query)}."}
    told = [to_you(content) for content in (found[:1] if query else found)]
    return {"memories": found, "spoken": f"You told me that {', and that '.join(told)}."}


def _about(query: str) -> str:
    """What was looked for, said to the user: `dog` and `my dog` are "your dog"."""
    if not query:
        return "you yet"
    said = to_you(query)
    bare = said == query and said.islower() and said.split()[0] not in _NO_THING
    return f"your {said}" if bare else said
