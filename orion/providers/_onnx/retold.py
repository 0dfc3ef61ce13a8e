"""What is new in the words of a turn that was heard again as a whole. Pure."""

from __future__ import annotations

from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from orion.domain.transcript import spoken_words


def beyond(told: str, heard: str) -> str:
    """What of `heard` goes beyond `told`, which it begins with, though perhaps in other words.

    It is cut where the letters before are likest those that were told; as they are spoken, so that behind
    "twenty" of "25 minutes" is left "five minutes". Where nothing is like them, all is new.
    """
    before = spoken_words(told)
    words = heard.split()
    spoken = [spoken_words(word) for word in words]
    cut = _cut(before, [word for each in spoken for word in each])
    if not cut:
        return heard
    rest: list[str] = []
    for word, parts in zip(words, spoken, strict=True):
        if cut <= 0:
            rest.append(word)
        elif cut < len(parts):
            rest += parts[cut:]
        cut -= len(parts)
    return " ".join(rest)


def _cut(before: list[str], words: list[str]) -> int:
    """How many of the words are those before; none where no letter is: what was told was dropped."""
    letters, all_letters = "".join(before), "".join(words)
    begun = ["", *accumulate(words)]
    far = [Levenshtein.distance(letters, some) for some in begun]
    cut = min(range(len(begun)), key=lambda cut: (far[cut], abs(cut - len(before))))
    if far[cut] < len(letters):
        return cut
    shortened = min(Levenshtein.distance(all_letters, some) for some in accumulate(before, initial=""))
    return len(words) if shortened < len(all_letters) <= len(letters) else 0
