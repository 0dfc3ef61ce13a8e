"""What people type and what a recogniser hears, in one form: the only reader of numbers, units and times.

    plain("Set a timer for 5 mins pls")   -> "set a timer for 5 minutes please"
    plain("what's 15% of $80?")           -> "what is 15 percent of 80 dollars"
    plain("wake me at half past seven in the evening") -> "wake me at 7:30 pm"

The plain form is in lower case, with single spaces. It has digits for number words, units as whole words
(`5 minutes`, `3.5 kilometers`, `18.50 dollars`, `15 percent`), times of day as `H:MM` (perhaps with `am` or
`pm` behind), contractions written out (`what is`), signs of arithmetic as words of their own, and no other
punctuation. `Said.original` gives back what the user said.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from orion.domain.text.said.numbers import counted
from orion.domain.text.said.spellings import spelled
from orion.domain.text.said.times import timed
from orion.domain.text.said.tokens import Token, tokens
from orion.domain.text.said.units import measured

MOST_CHARS = 2000
"""Longer texts are cut: nobody says them in one turn."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, with its plain form.

    Attributes:
        raw: As the user said it.
        text: The plain form, one space between the words.
        words: The words of `text`, each with its place in `raw`.
        starts: Where each of them begins in `text`.
    """

    raw: str
    text: str
    words: tuple[Token, ...]
    starts: tuple[int, ...]

    def original(self, start: int, end: int) -> str:
        """The user's own words behind `text[start:end]`."""
        if start >= end or not self.words:
            return ""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, end - 1) - 1)
        covered = self.words[first : last + 1]
        return self.raw[min(word.start for word in covered) : max(word.end for word in covered)]


def plain(text: str) -> str:
    """The plain form of a text."""
    return normal(text).text


@lru_cache(maxsize=4096)
def normal(text: str) -> Said:
    """A text with its plain form, and with the way back."""
    words = measured(timed(counted(spelled(tokens(text[:MOST_CHARS])))))
    starts, position = [], 0
    for word in words:
        starts.append(position)
        position += len(word.text) + 1
    return Said(text, " ".join(word.text for word in words), tuple(words), tuple(starts))
