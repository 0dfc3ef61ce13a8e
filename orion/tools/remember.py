"""Keeps a fact about the user for later conversations, in the user's own words.

Give the whole fact as one sentence ("my dog is called Bello"), with what "that" or "it" stands for. A newer
fact about the same thing replaces the older one: call it for a correction, too.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from orion.domain import facts
from orion.domain.memory import Memory, MemoryType
from orion.domain.text.second_person import to_you
from orion.domain.tool import Risk, ToolContext, ToolFailure

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
_FACTS = [
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
    "my password is summer",
    "i parked the car in the garage",
]
SAID = {"content": _FACTS}
SAY = "I will remember: {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True  # in a plan, what it keeps is committed together with the step

_MOST = 1000
"""So many of a user's memories are looked at for one that the new one replaces."""
_REPLACEABLE = frozenset({MemoryType.FACT, MemoryType.PREFERENCE})


class Args(BaseModel):
    """What to keep."""

    content: str = Field(
        min_length=2,
        max_length=1000,
        description="The fact, as the user said it, e.g. my dog is called Bello",
        json_schema_extra={"x-ask": "What shall I remember?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The kept `content`, its `id`, what it `replaced`, and `spoken`: the same, said to the user."""
    known = [memory for memory in await call.recall("", _MOST) if memory.type in _REPLACEABLE]
    content = _whole(facts.bare(args.content), known)
    if content.lower().startswith("to "):  # "remember to buy milk"
        content = f"I need {content}"
    if not content:
        raise ToolFailure("What shall I remember? Say for example: my dog is called Bello.")
    older = [memory for memory in known if facts.supersedes(content, memory.content)]
    memory = await call.remember(content, replaces=[one.id for one in older])
    return {
        "id": str(memory.id),
        "content": memory.content,
        "replaced": [one.content for one in older],
        "spoken": f"{to_you(content)}{_no_longer(content, older)}",
    }


def _whole(content: str, known: list[Memory]) -> str:
    """The statement; the newest one corrected where it only points at its subject; empty if there is none."""
    if not facts.has_pronoun(content):
        return content
    corrects = facts.meant(content, [memory.content for memory in known])
    return (facts.corrected(corrects, content) or "") if corrects else ""


def understand(said: str) -> dict[str, Any] | None:
    """The statement about the user in the sentence."""
    content = facts.statement(said)
    return {"content": content} if content else None


def _no_longer(content: str, older: list[Memory]) -> str:
    """The value that is no longer so, behind the new one; empty if there is none."""
    new = facts.read(content)
    before = next((fact for memory in older if (fact := facts.read(memory.content)) is not None), None)
    if new is None or before is None or new.value == before.value or _moved(new, before):
        return ""
    return f", no longer {to_you(_as_written(before.value, older))}"


def _moved(new: facts.Fact, before: facts.Fact) -> bool:
    """Whether the values do not stand behind the same words: "moved to Rome", "live in Oslo"."""
    return new.value.startswith("to ") != before.value.startswith("to ")


def _as_written(value: str, memories: list[Memory]) -> str:
    """The value with the capitals that the user wrote."""
    for memory in memories:
        start = memory.content.lower().rfind(value)
        if start >= 0:
            return memory.content[start : start + len(value)]
    return value
