"""Whether a sentence asks for what it names: "do not set a timer" and "did you set a timer" do not.

Words choose a tool; here it is told whether the tool may run. Only tools that change something are held
back: to look something up does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from orion.domain.text.said import plain
from orion.domain.tool import Tool

_SPOKEN_WITH = frozenset({"hand_over", "end_call"})
"""They change nothing that is kept, but end what the user is in."""
_ABOUT = re.compile(r"remember|remind|note|store|save|memor")
_ENDS = re.compile(r"(?:^|_)(?:cancel|stop|delete|remove|forget|clear|end)(?:_|$)")
_FORGETS = re.compile(r"(?:^|_)(?:forget|delete|remove|erase|clear)(?:_|$)")

_POLITE = r"(?:(?:please|okay|well|oh|hey|so|and|but|no|actually|orion|just|now|then|hi|hello|sorry|wait) )*"
_DENIED = re.compile(
    rf"{_POLITE}(?:(?:do not|never|you (?:do not (?:have|need) to|must not|should not|may not|can not)"
    r"|there is no need to|no need to|(?:can|could|would|will) you (?:please )?not"
    r"|i (?:would|did|do) (?:rather|prefer)(?: that)? you (?:do|did) not)"
    r"(?: (?:ever|please|yet|you dare))? (?P<verb>\w+)"
    r"|i (?:do|did|would|will) not (?:want|need|wish|ask|tell)(?! to forget\b)\b"
    r"(?P<wanted>)|let us not\b)"
)
_NO_THING = re.compile(rf"{_POLITE}i (?:do|did|would|will) not \w+ (?:to|you|an?(?:other)?)\b")
"""What is not wanted is an action, or something that there is not yet: nothing is called off by it."""
_IDIOM = re.compile(r"worry|mind|you|know|think|remember|understand|care|be|believe|get")
_ASKED = re.compile(
    rf"{_POLITE}(?:why(?! do not (?:you|we))|how (?:do|does|can|could|would|will|should|come|did)"
    r"|when (?:did|do|does|will|would)|who|whose|what if|what (?:would|will|happens|happened)|did|does"
    r"|do (?:i|we|they|you(?! mind| think you))|have (?:you|i|we|they)|has|had|was|were|is it|is there"
    r"|are you going|should|shall|will you (?:ever|forget)|would you ever)\b"
)
_CONDITION = re.compile(
    rf"{_POLITE}(?:if (?!you (?:can|could|would|will|do not mind)|i (?:may|could)|it is (?:okay|possible)"
    r"|possible)|unless |in case |as soon as |whenever |once (?!more|again))"
)
_TOLD = re.compile(
    rf"{_POLITE}(?:i|we|he|she|they|it|someone|somebody|my (?!name)\w+(?: \w+)?|the \w+)"
    r" (?:(?:already|just|once|had|have|has|did not|have not|never|always|often|usually|also|really) )*"
    r"(?:set|forgot|forgotten|cancel(?:l)?ed|stopped|started|deleted|erased|ended|hung|made|handed|talked"
    r"|spoke|reminded|put|created|sent|paid|ordered|booked|called|posted|cleared|removed)\b"
)
_REMINDED = re.compile(r"\b(?:i|we) (?:told|asked|said)\b")


class Mood(StrEnum):
    """What a sentence does with what it names."""

    ORDERS = "orders"
    DENIES = "denies"
    ASKS = "asks"
    TELLS = "tells"
    WAITS = "waits"
    """It orders for the case that something happens."""


def mood(text: str) -> Mood:
    """How a sentence is meant, by how it begins."""
    form = plain(text)
    if _denies(form):
        return Mood.DENIES
    if _CONDITION.match(form):
        return Mood.WAITS
    if _ASKED.match(form):
        return Mood.ASKS
    return Mood.TELLS if _TOLD.match(form) and not _REMINDED.search(form) else Mood.ORDERS


def destroys(tool: Tool) -> bool:
    """Whether what a tool does is to end something, or to take it away."""
    return _ENDS.search(tool.name) is not None


def held_back(tools: Mapping[str, Tool], names: Iterable[str | None], text: str) -> Tool | None:
    """The first of the tools of these names that the sentence does not let run."""
    among = (tools[name] for name in names if name is not None and name in tools)
    return next((tool for tool in among if not may_run(tool, text)), None)


def may_run(tool: Tool, text: str) -> bool:
    """Whether the sentence lets a tool run that its words fit."""
    if not (tool.changes or tool.name in _SPOKEN_WITH):
        return True
    form = plain(text)
    match mood(text):
        case Mood.ORDERS:
            return True
        case Mood.DENIES:
            return _runs_although_denied(tool, form)
        case Mood.TELLS:
            return _ABOUT.search(tool.name) is not None
        case _:
            return False


def _denies(form: str) -> bool:
    denied = _DENIED.match(form)
    return denied is not None and not (denied["verb"] and _IDIOM.fullmatch(denied["verb"]))


def _runs_although_denied(tool: Tool, form: str) -> bool:
    """`do not forget that ...` is to be noted; `I do not want the timer` calls it off."""
    denied = _DENIED.match(form)
    if denied is not None and denied["verb"] in {"forget", "let"}:
        return _FORGETS.search(tool.name) is None
    if denied is not None and denied["wanted"] is not None:
        notes = _ABOUT.search(tool.name) is not None and " you to " not in form
        calls_off = destroys(tool) and tool.name not in _SPOKEN_WITH and _NO_THING.match(form) is None
        return notes or calls_off
    return False
