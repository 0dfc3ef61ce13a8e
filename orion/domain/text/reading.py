"""A text as a voice is given it, aligned with the words as they are written.

The record, the page and the agent's context hold what is written ("5 ½"); the voice is given what is
said ("5 and a half"). Where a rule takes several written words, they are said with the first of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orion.domain.text.aloud.languages import rules
from orion.domain.text.aloud.scanner import Span, spans
from orion.domain.text.words import has_words

_WORD = re.compile(r"\S+")
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")
_JOINED_BEFORE = ")]}%°"
_FULL_WIDTH = range(0xFF01, 0xFF5F)


@dataclass(frozen=True, slots=True)
class Reading:
    """One written word, and what is said for it: nothing, a word, or several."""

    written: str
    said: str


def read_aloud(text: str, language: str = "en") -> list[Reading]:
    """The words of a text in order, each with what is said for it.

    Numbers, dates, signs, codes, addresses and abbreviations become words, markup and pictures nothing, where
    the language is known (`aloud.languages`). For any other language only digits of all scripts become ASCII.
    """
    folded = text if text.isascii() else "".join(map(_fold, text))
    known = rules(language)
    parts = spans(folded, known) if known else []
    if not parts:
        return [Reading(match[0], folded[match.start() : match.end()]) for match in _WORD.finditer(text)]
    said = _said(folded, parts)
    found: list[Reading] = []
    last = -1
    for match in _WORD.finditer(text):
        start, end = match.span()
        spoken = " ".join("".join(said[start:end]).split())
        if last >= 0 and spoken != folded[start:end] and not has_words(spoken):
            found[last] = replace(found[last], said=found[last].said + spoken)  # "20 €," is "twenty euros,"
            spoken = ""
        last = len(found) if spoken else last
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


def _said(text: str, found: Iterable[Span]) -> list[str]:
    """What is said for each character; the first one of a part has all that is said for the part."""
    said, last = list(text), 0
    for start, end, words in found:
        joins = start > 0 and (
            text[start - 1].isalnum() or text[start - 1] in _JOINED_BEFORE or start == last
        )
        before = " " if joins and words[:1].isalnum() else ""
        after = (
            " "
            if words[-1:].isalnum() and (text[end : end + 1].isalnum() or text[end : end + 1] == "(")
            else ""
        )
        said[start:end] = [f"{before}{words}{after}", *[""] * (end - start - 1)]
        last = end
    return said
