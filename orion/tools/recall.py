"""Looks up what the user asked to remember, in this or in earlier conversations."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

from orion.domain import facts
from orion.domain.tool import ToolContext
from orion.tools._notes import MOST, POLITE, named, told

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
    "can you remember what {query}",
    "can you remember where {query}",
    "can you remember when {query}",
    "can you remember who {query}",
    "remember what {query}",
    "remember where {query}",
    "remember when {query}",
    "remember who {query}",
    "what did I ask you to remember",
    "what do you know about me",
    "where did I park",
    "where did I put {query}",
    "where did I leave {query}",
    "where are my {query}",
    "what's my name",
    "who am I",
    "what am I allergic to",
)
SAY = "{spoken}"
UNTRUSTED = True

_THE_USER = frozenset({"", "me", "myself", "i", "the user", "user", "about me", "everything", "all"})
_MOST_TOLD = 20
_MOST_CHARS = 4000
"""Of what is told; a model's context and a listener's patience end somewhere."""
_ALIKE = 3
_QUESTION = re.compile(
    rf"{POLITE}(?P<query>"
    r"(?:what(?:'s| is| are| was)|where(?:'s| is| are)|who(?:'s| is| are)|when(?:'s| is| are)) (?:my|our)\b.+"
    r"|(?:(?<=you know )|(?<=you remember )|(?<=still know )|(?<=still remember ))(?:my|our) .+"
    r"|(?:when|what time) (?:do|does|did|is|are) (?:my|our) .+"
    r"|where(?:'s| is| are) the (?!nearest|closest|next)\w+(?: \w+)?"
    r"|what(?:'s| is|s| was) the (?:\w+ ){0,2}(?:called|code|password|pin|combination|number)"
    r"(?: (?:at|in|for|of|to) .+)?(?: again)?"
    r"|(?:what|which) (?:color|colour|kind|type|brand|size|make|model)"
    r" (?:of \w+ )?(?:is|are|was) (?:my|our) .+"
    r"|what(?: all)? do you have (?:noted )?(?:on|about) me"
    r"|(?:where|when|what|who) (?:did|have|do) (?:i|we) (?!say|said|just|get|have\b|need|want|do\b).+"
    r"|(?:where|when) (?:did|do) (?:i|we) (?!say|said|just)[a-z]\D+"
    r"|what (?:did|do) (?:i|we) (?:need|want|have) to (?:buy|get|do|bring|pick up|take)\b\D*"
    r"|how (?:do|did) (?:i|we) (?:like|take|prefer|want) (?:my|our) .+|how old (?:is|are) (?:my|our) .+"
    r"|(?:am|are) (?:i|we) allergic to .+"
    r"|when(?:'s| is|s) (?:my |our )?[a-z]+s (?:birthday|anniversary|appointment)"
    r"|what(?:'s| is) the (?:\w+ )?(?:name|number|code|password|address|colou?r|birthday|age|size)"
    r" (?:of|for) (?:my|our) .+"
    r"|what (?:i am|i'm) allergic to|what did you (?:remember|note)(?: for me)?|which notes did i .+"
    r"|(?:what|where|when|who|which) (?:the|my|our) .+ (?:is|are|was|were)(?: \w+ed)?"
    r"|(?:what|when|where)(?:'s| is| are) [a-z]+'s (?:\w+ )?"
    r"(?:birthday|anniversary|appointment|address|number|name)"
    r"|where (?:i|we) (?:parked|put|left|hid|keep|kept|live|work).*"
    r"|(?:what|where|when|who|which) .*\b(?:i (?:tell|told)|did i (?:tell|say to|ask)|i asked) you.*"
    r"|what am i (?:allergic to|called)|who am i|how old am i|where (?:was i born|do i live)|when was i born"
    r"|(?:what|everything|all) (?:else )?(?:do |that )?you (?:know|remember|have noted)(?: about| of| on)"
    r" (?:me|my|our)\b.*"
    r"|(?:what )?(?:my|our) (?:own )?(?:name|age|birthday)(?: is)?"
    r")[ .!?]*",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\A(?:what|which) (?:color|colour|kind|type|brand|size|make|model) (?:of \w+ )?(?=(?:is|are|was) )",
    re.IGNORECASE,
)
_ABOUT = re.compile(r".*\b(?:about|of|on|to remember)\b ?", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:what|who|where|when|which|how old)(?:'s| is| are| was| did| do| am| have) ", re.IGNORECASE
)
_WHAT_IS = re.compile(r"\A(?:what|who|where|when)(?:'s| is| are| was|) (?=(?:my|our) )", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:timers?|alarms?|reminders?|plans?|status|orders?|balance|bookings?|reservations?|invoices?"
    r"|deliver(?:y|ies)|packages?|parcels?|shipments?|subscriptions?)\b",
    re.IGNORECASE,
)
"""What other tools know."""


class Args(BaseModel):
    """What about."""

    query: str = Field(
        default="",
        max_length=200,
        description="Words that describe what is looked for; empty for everything",
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `memories` that fit, and `spoken` for the answer: the best one first, or all in their order."""
    query = args.query.lower().strip(" .?!")
    if query in _THE_USER:
        found = [memory.content for memory in reversed(await call.recall("", MOST))]
        return _answer(found, "I have nothing noted about you yet.")
    known = [memory.content for memory in reversed(await call.recall("", MOST))]
    found = facts.about(query, known) or _alike(query, await _search(args.query, call))
    return _answer(found, f"I have nothing noted about {_thing(args.query.strip(' .?!'))}.")


def understand(said: str) -> dict[str, Any] | None:
    """What is asked about, if the question is one about the user's own things."""
    found = _QUESTION.fullmatch(" ".join(said.replace("’", "'").split()))
    if found is None or _OTHERS.search(said) or (facts.is_request(said) and facts.statement(said)):
        return None
    query = found["query"].strip(" .?!")
    query = _KIND.sub("what ", query.removesuffix(" again"))
    if re.match(r"(?:what|everything|all)\b.*\b(?:you|i (?:tell|told|asked))\b", query, re.IGNORECASE):
        query = _ABOUT.sub("", query) if _ABOUT.match(query) else ""
    return {"query": re.sub(r"\Awhat (?=i am |i'm )", "", query, flags=re.IGNORECASE)}


def _thing(query: str) -> str:
    """What was asked about, as it is told: "what's my cat called" is "your cat"."""
    asked = _WHAT_IS.sub("", query)
    if _ASKS.match(asked):
        return "that"
    return named(re.sub(r"\A(my .+) called\Z", r"\1", asked, flags=re.IGNORECASE))


async def _search(query: str, call: ToolContext) -> list[str]:
    return [memory.content for memory in await call.recall(query, _ALIKE)]


def _alike(query: str, found: list[str]) -> list[str]:
    """The best match, and those behind it that have as many of the words; none that has too few of them.

    What has none of the words was found by its meaning.
    """
    wanted = facts.telling(query)
    shared = [len(wanted & facts.telling(content)) for content in found]
    best = max(shared, default=0)
    if best and 2 * best <= len(wanted):
        return []
    return [content for content, count in zip(found, shared, strict=True) if count == best][
        : _ALIKE if best else 1
    ]


def _answer(found: list[str], nothing: str) -> dict[str, Any]:
    if not found:
        return {"memories": [], "spoken": nothing}
    shown: list[str] = []
    for content in found[:_MOST_TOLD]:
        if shown and sum(map(len, shown)) + len(content) > _MOST_CHARS:
            break
        shown.append(content)
    more = len(found) - len(shown)
    rest = f" There {'is' if more == 1 else 'are'} {more} more." if more else ""
    return {"memories": shown, "spoken": f"You told me that {told(shown)}.{rest}"}
