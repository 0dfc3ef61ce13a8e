"""How what is kept about the user is said to them."""

from __future__ import annotations

from collections.abc import Sequence

from orion.domain.text.second_person import to_you

MOST = 1000
"""So many memories of a user are looked at."""
POLITE = (
    r"(?:(?:hi|hello|please|ok|okay|actually|and|so|hey|now|can you|could you|would you|will you|do you"
    r"|you can|i want you to|just|tell me|remind me|remember|know|again|still)[ ,]+)*"
)
"""What may stand before a request."""
_NO_THING = frozenset(
    "the a an your yours you our ours us his her its their this that these those what where when who how why "
    "which anything something everything".split()
)
"""Words that are, or stand before, what is no possession of the user's."""


def told(contents: Sequence[str]) -> str:
    """The memories as one clause: "your dog is called Bello, and that you live in Oslo"."""
    said = [to_you(content) for content in contents]
    if len(said) < 3:
        return ", and that ".join(said)
    return f"{', that '.join(said[:-1])}, and that {said[-1]}"


def named(query: str) -> str:
    """What was looked for, said to the user: `dog` and `my dog` are "your dog"."""
    if not query:
        return "you yet"
    said = to_you(query)
    bare = said == query and said.islower() and said.split()[0] not in _NO_THING
    return f"your {said}" if bare else said
