"""What is new in the words of a turn that was heard again as a whole. Pure."""

from __future__ import annotations

from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from orion.domain.transcript import spoken_words


def beyond(told: str, heard: str) -> str:
    """What of `heard` goes beyond `told`, which it begins with, though perhaps in other words.

    It is cut where the letters before are likest those that were told; as they are spoken, so that behind
    "twenty" of "25 minutes" is left "five minutes".
    """
    before = spoken_words(told)
    if not before:
        return heard
    words = heard.split()
    spoken = [spoken_words(word) for word in words]
    cut = _cut(before, [word for each in spoken for word in each])
    rest: list[str] = []
    for word, parts in zip(words, spoken, strict=True):
        if cut <= 0:
            rest.append(word)
        elif cut < len(parts):
            rest += parts[cut:]
        cut -= len(parts)
    return " ".join(rest)


def _cut(before: list[str], words: list[str]) -> int:
    """How many of the words are those before, as far as can be told."""
    letters = "".join(before)
    begun = ["", *accumulate(words)]
    return min(
        range(len(begun)),
        key=lambda cut: (Levenshtein.distance(letters, begun[cut]), abs(cut - len(before))),
    )
