"""Looks up what the user asked to remember, in this or in earlier conversations."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

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

_TURNED = (
    (r"\bmy\b", "your"),
    (r"\bmine\b", "yours"),
    (r"\bmyself\b", "yourself"),
    (r"\bi am\b|\bi['’]m\b", "you are"),
    (r"\bi was\b", "you were"),
    (r"\bi\b", "you"),
    (r"\bme\b", "you"),
)


class Args(BaseModel):
    """What about."""

    query: str = Field(
        default="",
        max_length=200,
        description="Words that describe what is looked for; empty for everything",
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `memories` that fit, best first, and `spoken` for the answer."""
    found = [memory.content for memory in await call.recall(args.query, 3)]
    if not found:
        about = f" about {args.query}" if args.query else " yet"
        return {"memories": [], "spoken": f"You have not told me anything{about}."}
    told = [_to_you(content) for content in (found if not args.query else found[:1])]
    return {"memories": found, "spoken": f"You told me that {', and that '.join(told)}."}


def _to_you(content: str) -> str:
    """The user's words, said to the user."""
    for pattern, word in _TURNED:
        content = re.sub(pattern, word, content, flags=re.IGNORECASE)
    return content.rstrip(".")
