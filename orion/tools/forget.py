"""Forgets one thing that the user told before, and erases it for good.

Say what it is in the user's words: "my wifi password", "where I parked". For everything that is known of the
user take forget_everything.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

from orion.domain import facts
from orion.domain.tool import Risk, ToolContext, ToolFailure
from orion.tools._notes import MOST, POLITE, named, told

EXAMPLES = (
    "forget my {what}",
    "forget about my {what}",
    "forget what I told you about my {what}",
    "forget that {what}",
    "forget where {what}",
    "please forget my {what}",
    "delete my {what} from your memory",
    "erase what you know about my {what}",
    "you can forget my {what}",
    "remove my {what} from your notes",
    "do not remember my {what} any more",
)
SAID = {"what": ["password", "birthday", "name", "address", "dog", "car", "phone number", "i parked the car"]}
SAY = "I have forgotten that {spoken}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
UNTRUSTED = True
IDEMPOTENT = True  # what is gone stays gone

_FORGET = re.compile(
    rf"{POLITE}(?:forget|delete|erase|remove|clear|drop|unlearn|(?:don't|do not) remember) "
    r"(?:about |what (?:i (?:told|said to) you|you know|you remember|i said) about |the fact )?"
    r"(?P<what>(?:that |where |when |what |who )?(?:my|our|i|we|the|what)\b.*?)"
    r"(?: (?:from|in) (?:your (?:memory|notes|mind)|memory)| again| please| any ?more| now)*[ .!?]*",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"\b(?:timers?|alarms?|reminders?|plan|call|conversation|everything|all"
    r"|accounts?|e-?mails?(?! address)|messages?|photos?|pictures?|files?|contacts?|history|playlists?|apps?"
    r"|browser|calendar|posts?|recordings?)\b",
    re.IGNORECASE,
)
"""What is no note."""
_ALL = re.compile(r"(?:it all|all|everything|all of it|me|about me)\b", re.IGNORECASE)
_POINTS = frozenset({"it", "that", "this", "them"})


class Args(BaseModel):
    """What to forget."""

    what: str = Field(
        min_length=1,
        max_length=200,
        description="The thing or the fact, in the user's words, e.g. my wifi password",
        json_schema_extra={"x-ask": "What shall I forget?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """What was `forgotten`, and `spoken` for the answer."""
    what = args.what.strip(" .?!")
    if _ALL.match(what):
        raise ToolFailure("To have me forget all, say: delete everything you know about me.")
    if what.lower() in _POINTS:
        raise ToolFailure("What shall I forget? Say for example: forget my address.")
    known = list(reversed(await call.recall("", MOST)))
    contents = [memory.content for memory in known]
    meant = facts.about(what, contents) or facts.all_in(what, contents)
    if not meant:
        raise ToolFailure(f"I have nothing noted about {named(_thing(what))}.")
    await call.forget([memory.id for memory in known if memory.content in meant])
    return {"forgotten": meant, "spoken": told(meant)}


def understand(said: str) -> dict[str, Any] | None:
    """What is to be forgotten, if that is asked for."""
    found = _FORGET.fullmatch(said.strip().replace("’", "'"))
    return None if found is None or _ELSE.search(found["what"]) else {"what": found["what"]}


def _thing(what: str) -> str:
    return re.sub(r"\A(?:about|that)\s+", "", what, flags=re.IGNORECASE)
