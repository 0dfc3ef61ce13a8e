"""Finds the parts of a text that are not said as they are written, from left to right, each once.

Most words are plain and cost one look. At any other place the rules for a digit, a letter or that sign are
asked in order. Each rule begins where it is asked and takes a bounded part, so that no text is slow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orion.domain.text.aloud.tongue import Rule

Span = tuple[int, int, str]
"""Where a part begins and ends, and what is said for it."""

_LETTER = r"[^\W\d_⁰¹²³⁴-⁹₀-₉¼-¾⅐-⅞]"
_PLAIN = re.compile(rf"({_LETTER}+)(?:['’-]{_LETTER}+)*(?=[.,;:!?…]*(?:\s|\Z))")
_WORD = re.compile(rf"{_LETTER}+")
_SPACE = re.compile(r"\s+")
_UNSAID = frozenset("*_#~^|\\<>{}[]`=$@+%&")
"""ASCII signs that are markup, code or remnants unless a rule says them."""
_UNSAID_KINDS = frozenset({"So", "Sk", "Sm", "Sc", "Cc", "Co", "Cn", "Cs"})


@dataclass(frozen=True, slots=True)
class Rules:
    """One language's rules, by what a part begins with.

    Attributes:
        special: Lower-case words for which the rules of letters are asked though they are plain.
    """

    digits: Sequence[Rule]
    letters: Sequence[Rule]
    signs: Mapping[str, Sequence[Rule]]
    others: Sequence[Rule]
    special: frozenset[str]

    def at(self, sign: str) -> Sequence[Rule]:
        """The rules for what begins with this sign."""
        if sign in "0123456789":
            return self.digits
        return self.letters if sign.isalpha() else self.signs.get(sign, self.others)


def spans(text: str, rules: Rules) -> list[Span]:
    """The parts of a text that are said in another way, in order."""
    found: list[Span] = []
    at, length = 0, len(text)
    while at < length:
        if plain := _PLAIN.match(text, at):
            word = plain[1]
            if (word.islower() or word.istitle()) and word.lower() not in rules.special:
                at = plain.end()
                continue
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        span = _asked(text, at, rules)
        if span:
            found.append(span)
            at = span[1]
        else:
            at = word.end() if (word := _WORD.match(text, at)) else at + 1
    return found


def _asked(text: str, at: int, rules: Rules) -> Span | None:
    sign = text[at]
    for rule in rules.at(sign):
        match = rule.pattern.match(text, at)
        if match and match.end() > at and (said := rule.said(match)) is not None:
            return at, match.end(), said
    if sign.isalnum() or not (sign in _UNSAID or unicodedata.category(sign) in _UNSAID_KINDS):
        return None
    inside = 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()
    return at, at + 1, " " if inside else ""
