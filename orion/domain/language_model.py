"""A small trigram language model of the phrases that tools expect: what is likely to be said. Pure.

Absolute discounting with back-off (Ney, Essen and Kneser 1994). A recogniser takes it as an ARPA file, or
asks it which of several hearings is the likeliest.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

EVERYDAY = (
    *("yes", "no", "yes please", "no thanks", "okay", "cancel", "never mind", "stop", "repeat that"),
    *("hello", "good morning", "thank you", "thanks", "help", "what can you do", "goodbye", "who are you"),
    *("could you", "can you", "i would like to", "i'd like to", "all right", "and in", "how about"),
    *("right now", "at the moment", "go ahead", "do it", "not yet", "that's enough", "wait", "and then"),
)
"""What people say to any agent."""
_ANSWERS = (
    *("five", "number five", "five please", "no five", "not five", "five minutes", "about five minutes"),
    *("eight am", "eight pm", "at eight pm", "eight thirty", "at eight", "eight o'clock", "half past eight"),
    *("the first one", "the second one", "the last one", "both", "all of them", "none", "that one"),
    *("today", "tomorrow", "tonight", "tomorrow morning", "on monday", "next week", "later"),
)
"""What people answer to a question; each number stands for any."""
_NUMBERS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "million".split()
)
_ANY_NUMBER = "<number>"
_EVERYDAY_WEIGHT = 20
"""As often as a request."""
_DISCOUNT = 0.5
_NEVER = "-99"
_SELDOM = -8.0
"""The logarithm below which a word counts as unknown."""


class LanguageModel:
    """Counts of the phrases, and what follows from them.

    Args:
        phrases: Lower case words; each is counted as often as it is given.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._unigrams: Counter[str] = Counter()
        self._bigrams: Counter[tuple[str, str]] = Counter()
        self._trigrams: Counter[tuple[str, str, str]] = Counter()
        self._whole: set[str] = set()
        for phrase in phrases:
            self._whole.add(phrase)
            words = ["<s>", *phrase.split(), "</s>"]
            self._unigrams.update(words[1:])
            self._bigrams.update(pairwise(words))
            self._trigrams.update(zip(words, words[1:], words[2:], strict=False))
        self._total = max(1, sum(self._unigrams.values()))
        self._after_one: Counter[str] = Counter()
        self._kinds_after_one: Counter[str] = Counter()
        for (first, _), count in self._bigrams.items():
            self._after_one[first] += count
            self._kinds_after_one[first] += 1
        self._after_two: Counter[tuple[str, str]] = Counter()
        self._kinds_after_two: Counter[tuple[str, str]] = Counter()
        for (first, second, _), count in self._trigrams.items():
            self._after_two[first, second] += count
            self._kinds_after_two[first, second] += 1

    @classmethod
    def of_requests(cls, phrases: Iterable[str]) -> LanguageModel:
        """The model of what tools expect, and of what people say to any agent."""
        return cls([*phrases, *EVERYDAY * _EVERYDAY_WEIGHT])

    @classmethod
    def of_answers(cls, phrases: Iterable[str]) -> LanguageModel:
        """The same for `likeness`, with answers to questions, and any number for a number."""
        every = [*phrases, *EVERYDAY * _EVERYDAY_WEIGHT, *_ANSWERS * _EVERYDAY_WEIGHT]
        return cls(" ".join(alike(phrase.split())) for phrase in every)

    def likeness(self, words: Sequence[str]) -> float:
        """How much the words are like the phrases: 0 for none known, at most 8 for each word."""
        before = ["<s>", *words]
        known = [self._two("<s>", words[0])] if words else []
        known += [self._three(*three) for three in zip(before, before[1:], before[2:], strict=False)]
        return sum(max(math.log(chance), _SELDOM) - _SELDOM for chance in known if chance > 0)

    def knows(self, words: Sequence[str]) -> bool:
        """Whether the words are one of the phrases, from its beginning to its end."""
        return " ".join(words) in self._whole

    def arpa(self) -> str:
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
        seen = max(self._bigrams[first, second] - _DISCOUNT, 0) / max(1, self._after_one[first])
        return seen + self._back_off_one(first) * self._one(second)

    def _three(self, first: str, second: str, third: str) -> float:
        seen = max(self._trigrams[first, second, third] - _DISCOUNT, 0) / max(
            1, self._after_two[first, second]
        )
        return seen + self._back_off_two((first, second)) * self._two(second, third)

    def _back_off_one(self, word: str) -> float:
        count = self._after_one[word]
        return _DISCOUNT * self._kinds_after_one[word] / count if count else 1.0

    def _back_off_two(self, pair: tuple[str, str]) -> float:
        count = self._after_two[pair]
        return _DISCOUNT * self._kinds_after_two[pair] / count if count else 1.0


def alike(words: Iterable[str]) -> list[str]:
    """The words, with one sign for each number, however many words it has."""
    kinds = [_ANY_NUMBER if word in _NUMBERS else word for word in words]
    return [kind for before, kind in pairwise(["", *kinds]) if kind != _ANY_NUMBER or before != kind]


def _log(probability: float) -> str:
    return f"{math.log10(probability):.4f}" if probability > 0 else _NEVER
