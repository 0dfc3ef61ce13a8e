"""Typing errors mended by the words of the tools' examples: `set a tiemr` is `set a timer`.

Only the form by which tools are found and read is mended; what is kept as free text stays as the user wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from orion.domain.text.said import Said

COMMON = frozenset(
    "what which where when who whose how why please could would should about there their tomorrow today again thanks "
    "thank hello minutes minute hours hour seconds second percent divided times minus people never mind cancel "
    "goodbye sorry remember forget repeat that this with from have want need tell give show name time".split()
)
"""Words that people mistype whatever the tools are."""
_SHORTEST = 4
_LONG = 8


def mended(said: Said, known: frozenset[str]) -> Said:
    """The text with unknown words that are a slip away from a known one as that one."""
    words = [word.text for word in said.words]
    better = [_nearest(word, known) if word not in known else word for word in words]
    if better == words:
        return said
    tokens = tuple(token._replace(text=word) for token, word in zip(said.words, better, strict=True))
    starts, position = [], 0
    for word in better:
        starts.append(position)
        position += len(word) + 1
    return Said(said.raw, " ".join(better), tokens, tuple(starts))


def vocabulary(words: Iterable[str]) -> frozenset[str]:
    """The words that a slip may have meant."""
    return COMMON | {word for word in words if len(word) >= _SHORTEST and word.isalpha()}


@lru_cache(maxsize=4096)
def _nearest(word: str, known: frozenset[str]) -> str:
    """The known word that is a slip away: one letter, of long words two, in short ones two swapped."""
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    best, least = word, _LONG
    for other in known:
        slips = 1 + (max(len(word), len(other)) >= _LONG)
        if abs(len(other) - len(word)) > slips or (other[0] != word[0] and other[0] != word[1]):
            continue
        if other.startswith(word) or word.startswith(other):  # another form of it
            continue
        distance = OSA.distance(word, other, score_cutoff=slips)
        swapped = len(word) == len(other) and sorted(word) == sorted(other)
        if distance <= slips and distance < least and (swapped or min(len(word), len(other)) > _SHORTEST):
            best, least = other, distance
    return best
