"""A text as a voice is given it, aligned with the words as they are written.

The record, the page and the agent's context hold what is written ("5 ½"); the voice is given what is
said ("5 and a half"). Where a rule takes several written words, they are said with the first of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orion.domain.text.symbols import Rule, rules
from orion.domain.text.words import has_words

_WORD = re.compile(r"\S+")
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")
_FULL_WIDTH = range(0xFF01, 0xFF5F)


@dataclass(frozen=True, slots=True)
class Reading:
    """One written word, and what is said for it: nothing, a word, or several."""

    written: str
    said: str


def read_aloud(text: str, language: str = "en") -> list[Reading]:
    """The words of a text in order, each with what is said for it.

    Digits of any script become ASCII; signs become words where the language is known
    (`symbols.LANGUAGES`). Numbers themselves are left to the voice, which reads them in its language.
    """
    folded = "".join(map(_fold, text))
    said = _said(folded, rules(language))
    found: list[Reading] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        spoken = " ".join("".join(said[start:end]).split())
        if found and found[-1].said and spoken != folded[start:end] and not has_words(spoken):
            found[-1] = replace(found[-1], said=found[-1].said + spoken)  # "20 €," is "20 euros,"
            spoken = ""
        found.append(Reading(match[0], spoken))
    return found


class Alignment:
    """Gives each written word the time of what is said for it. One per sentence."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._waiting = [(reading.written, len(reading.said.split())) for reading in readings]
        self._first = True
        self._said = 0
        self._secs = 0.0

    def take(self, times: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """Take the times of the next words said; the written words that begin with them, in order."""
        found: list[tuple[str, float]] = []
        for _, secs in times:
            self._secs = max(self._secs, secs)
            if self._said == 0:
                found += self._next()
            self._said = max(0, self._said - 1)
        return found

    def rest(self) -> list[tuple[str, float]]:
        """The written words that nothing was said for, at the end."""
        rest, self._waiting = self._waiting, []
        return [(written, self._secs) for written, _ in rest]

    def _next(self) -> Iterator[tuple[str, float]]:
        """The next word that is said, and the silent ones before it."""
        while self._waiting:
            written, self._said = self._waiting.pop(0)
            yield written, self._secs
            if self._said:
                return


def _fold(sign: str) -> str:
    """One character for one: full width becomes ASCII, a digit of any script an ASCII one."""
    if ord(sign) in _FULL_WIDTH:
        return chr(ord(sign) - 0xFEE0)
    digit = unicodedata.digit(sign, None) if sign not in _RAISED else None
    return sign if digit is None else str(digit)


def _said(text: str, found: Iterable[Rule]) -> list[str]:
    """What is said for each character; the first one of a part that a rule takes has all of it."""
    said, taken = list(text), bytearray(len(text))
    for rule in found:
        for match in rule.pattern.finditer(text):
            end = match.end()
            start = end - len(match[0].lstrip())  # a space before it belongs to no word
            if start == end or any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            before = " " if start and (text[start - 1].isalnum() or taken[start - 1]) else ""
            after = " " if text[end : end + 1].isalnum() else ""
            said[start:end] = [before + rule.said(match) + after, *[""] * (end - start - 1)]
    return said
