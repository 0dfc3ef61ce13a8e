"""What people do with words beside asking for a tool: yes, no, cancel, repeat, help, thanks, hello."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from itertools import islice


class Act(StrEnum):
    """A dialogue act that needs no tool."""

    YES = "yes"
    NO = "no"
    CANCEL = "cancel"
    REPEAT = "repeat"
    HELP = "help"
    THANKS = "thanks"
    GREETING = "greeting"
    HOW_ARE_YOU = "how_are_you"
    WHO_ARE_YOU = "who_are_you"
    ACKNOWLEDGEMENT = "acknowledgement"


_POLITE = r"(?:please |okay |ok |well |oh |hey |orion )*"
_AGREED = r"(?:yes|yeah|yep|sure|of course|right|correct|exactly|do it|go ahead|that(?:'s| is) right)"
_PATTERNS: tuple[tuple[Act, str], ...] = (
    (
        Act.CANCEL,
        (
            r"(?:cancel(?: that| it)?|never ?mind|forget (?:it|about it)|stop(?: that| it)?|leave it"
            r"|no thank(?:s| you)|(?:stop )?that(?:'s| is) enough)(?: please)?"
        ),
    ),
    (
        Act.REPEAT,
        (
            r"(?:(?:can|could) you )?(?:repeat(?: that)?|say (?:that|it) again)(?: please)?|"
            r"what did you say|pardon"
        ),
    ),
    (
        Act.HELP,
        r"help(?: me)?|what can you do(?: for me)?|what can i (?:say|ask)(?: you)?|how does this work",
    ),
    (Act.WHO_ARE_YOU, r"who are you|what(?: is|'s) your name|what are you"),
    (Act.HOW_ARE_YOU, r"how are you(?: doing)?(?: today)?|how do you do"),
    (
        Act.THANKS,
        (
            r"(?:many )?thank(?:s| you)(?: (?:very|so) much| a lot| orion)?|"
            r"that(?:'s| is) (?:great|perfect|nice)"
        ),
    ),
    (Act.GREETING, r"(?:hello|hi|hey|good (?:morning|afternoon|evening))(?: there| orion)?"),
    (Act.YES, rf"{_AGREED}(?: {_AGREED}){{0,2}}(?: please)?"),
    (
        Act.NO,
        (
            r"(?:no|nope|not really|wrong|that(?:'s| is) wrong)(?: (?:no|not (?:yet|now)|(?:please )?don't"
            r"(?: do (?:it|that))?))?|not (?:yet|now)|(?:please )?don't(?: do (?:it|that))?"
        ),
    ),
    (
        Act.ACKNOWLEDGEMENT,
        r"(?:okay|ok|alright|all right|mhm|uh huh|aha|i see|fine|good|great|nice|cool|got it|hm+|u[hm]+)",
    ),
)
_COMPILED = tuple((act, re.compile(rf"{_POLITE}(?:{pattern})\Z")) for act, pattern in _PATTERNS)
_LEADING = re.compile(r"(?:no|nope|sorry|i mean|wait|actually)[ ,]+(?=\S)")
_PLEASANTRY = re.compile(
    r"(?:(?:thank you|thanks|hello|hi|hey|good (?:morning|afternoon|evening)|all ?right|okay|ok|great|fine"
    r"|perfect|well|oh)\b[ ,.!]+(?:(?:and|then|now)\b[ ,]+)*)+(?=\S)"
)
_GIVES_UP = re.compile(r"(?:no[ ,]+)?(?:never ?mind|forget (?:it|about it)|leave it)\b")
_FOLLOW_UP = re.compile(r"(?:and(?: what about| how about)?|what about|how about)\s+(?=\S)")
_AND = re.compile(r",?\s+and\s+(?!an? (?:half|quarter)\b)", re.IGNORECASE)
_MOST_ANDS = 6
"""Each is a place where two requests may meet, and costs two looks at the router."""
_CLAUSES = re.compile(r",?\s+(?:and then|and after that|then|and also)\s+", re.IGNORECASE)


def recognise(text: str) -> Act | None:
    """The act that the whole of `text` is; None if it is something else."""
    plain = re.sub(r"[^\w' ]", "", text.lower()).strip()
    return next((act for act, pattern in _COMPILED if pattern.match(plain)), None)


def correction(text: str) -> str | None:
    """What follows a `no, ...`; None if the text is no correction."""
    match = _LEADING.match(text.lower())
    return text[match.end() :] if match else None


def gives_up(text: str) -> bool:
    """Whether it begins by calling off what was asked for, whatever reason follows."""
    return _GIVES_UP.match(text.lower()) is not None


def request(text: str) -> str:
    """What is asked for, without the thanks, the greeting or the `all right, then` before it."""
    match = _PLEASANTRY.match(text.lower())
    return text[match.end() :] if match else text


def follow_up(text: str) -> str | None:
    """What follows `and ...` or `what about ...`; None if the text does not go on from the last answer."""
    match = _FOLLOW_UP.match(text.lower())
    return text[match.end() :] if match else None


def clauses(text: str) -> list[str]:
    """The parts of `do this, and then that`, in order."""
    return [part.strip() for part in _CLAUSES.split(text) if part.strip()]


def conjuncts(text: str, meant: Callable[[str], str | None]) -> list[str]:
    """The parts of `this and that` where `meant` names two different tools; else the whole text."""
    for match in islice(_AND.finditer(text), _MOST_ANDS):
        before, after = text[: match.start()].strip(), text[match.end() :].strip()
        first, second = meant(before), meant(after)
        if first and second and first != second:
            return [before, *conjuncts(after, meant)]
    return [text]
