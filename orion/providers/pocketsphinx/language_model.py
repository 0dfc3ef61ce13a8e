"""A small trigram language model out of the phrases that tools expect, as an ARPA file.

Absolute discounting with back-off (Ney, Essen and Kneser 1994); format: ARPA, as PocketSphinx reads it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

_DISCOUNT = 0.5
_NEVER = "-99"


def arpa(phrases: Iterable[str]) -> str:
    """The model of the phrases (lower case words), each counted as often as it is given."""
    unigrams: Counter[str] = Counter()
    bigrams: Counter[tuple[str, str]] = Counter()
    trigrams: Counter[tuple[str, str, str]] = Counter()
    for phrase in phrases:
        words = ["<s>", *phrase.split(), "</s>"]
        unigrams.update(words[1:])
        bigrams.update(pairwise(words))
        trigrams.update(zip(words, words[1:], words[2:], strict=False))
    return _Model(unigrams, bigrams, trigrams).text()


class _Model:
    """Counts, and what follows from them."""

    def __init__(
        self,
        unigrams: Counter[str],
        bigrams: Counter[tuple[str, str]],
        trigrams: Counter[tuple[str, str, str]],
    ) -> None:
        self._unigrams, self._bigrams, self._trigrams = unigrams, bigrams, trigrams
        self._total = max(1, sum(unigrams.values()))
        self._after_one: Counter[str] = Counter()
        self._kinds_after_one: Counter[str] = Counter()
        for (first, _), count in bigrams.items():
            self._after_one[first] += count
            self._kinds_after_one[first] += 1
        self._after_two: Counter[tuple[str, str]] = Counter()
        self._kinds_after_two: Counter[tuple[str, str]] = Counter()
        for (first, second, _), count in trigrams.items():
            self._after_two[first, second] += count
            self._kinds_after_two[first, second] += 1

    def text(self) -> str:
        """The ARPA file."""
        words = [*sorted(self._unigrams), "<s>"]
        lines = ["\\data\\", f"ngram 1={len(words)}", f"ngram 2={len(self._bigrams)}"]
        lines += [f"ngram 3={len(self._trigrams)}", "", "\\1-grams:"]
        lines += [f"{_log(self._one(word))}\t{word}\t{_log(self._back_off_one(word))}" for word in words]
        lines += ["", "\\2-grams:"]
        for pair in sorted(self._bigrams):
            lines.append(f"{_log(self._two(*pair))}\t{' '.join(pair)}\t{_log(self._back_off_two(pair))}")
        lines += ["", "\\3-grams:"]
        lines += [f"{_log(self._three(*three))}\t{' '.join(three)}" for three in sorted(self._trigrams)]
        return "\n".join([*lines, "", "\\end\\", ""])

    def _one(self, word: str) -> float:
        return self._unigrams[word] / self._total

    def _two(self, first: str, second: str) -> float:
        seen = max(self._bigrams[first, second] - _DISCOUNT, 0) / self._after_one[first]
        return seen + self._back_off_one(first) * self._one(second)

    def _three(self, first: str, second: str, third: str) -> float:
        seen = max(self._trigrams[first, second, third] - _DISCOUNT, 0) / self._after_two[first, second]
        return seen + self._back_off_two((first, second)) * self._two(second, third)

    def _back_off_one(self, word: str) -> float:
        count = self._after_one[word]
        return _DISCOUNT * self._kinds_after_one[word] / count if count else 1.0

    def _back_off_two(self, pair: tuple[str, str]) -> float:
        count = self._after_two[pair]
        return _DISCOUNT * self._kinds_after_two[pair] / count if count else 1.0


def _log(probability: float) -> str:
    return f"{math.log10(probability):.4f}" if probability > 0 else _NEVER
