"""Cuts a text into clauses, for a voice that makes the sound of one at a time, and times their words."""

from __future__ import annotations

import re
import textwrap
from collections import deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

_CLAUSE_END = re.compile(r"(?<=[,;:!?…])\s+|(?<=[^\W\d_A-Z]{2}\.)\s+|(?<=\d\.)\s+(?=\D)")

Timed = tuple[str, float]
"""A word, and when it begins, in seconds."""


def clauses(text: str, first_chars: int, next_chars: int, most_chars: int) -> Iterator[str]:
    """Cut a text at its punctuation into parts that are spoken one by one; no word is lost.

    Args:
        first_chars: The least length of the first part, which is heard when it is ready.
        next_chars: The least length of the later parts: longer ones sound better.
        most_chars: What is longer is cut between words.
    """
    part, least = "", first_chars
    for clause in _CLAUSE_END.split(text):
        part = f"{part} {clause}".strip()
        if len(part) >= least:
            yield from textwrap.wrap(part, most_chars)
            part, least = "", next_chars
    yield from textwrap.wrap(part, most_chars)


class ClauseWords:
    """The words of a text, each told with the clause that it begins in; a clause may end inside a word."""

    def __init__(self, text: str) -> None:
        words = text.split()
        self._waiting = deque(zip(words, accumulate(map(len, words), initial=0), strict=False))
        self._before = 0

    def of(self, clause: str) -> list[tuple[str, int]]:
        """The words that begin in the next clause, with the number of its letters before each."""
        chars, found = len("".join(clause.split())), []
        while self._waiting and self._waiting[0][1] < self._before + chars:
            word, at = self._waiting.popleft()
            found.append((word, at - self._before))
        self._before += chars
        return found

    def spread(self, clause: str, begun_secs: float, secs: float) -> list[Timed]:
        """The words that begin in the next clause, timed by the letters before them."""
        chars = max(1, len("".join(clause.split())))
        return [(word, round(begun_secs + secs * at / chars, 3)) for word, at in self.of(clause)]


def aligned(written: Sequence[str], read: Sequence[Timed], secs: float) -> list[Timed]:
    """Time written words by the words that a voice read for them ("1,240.00" is read as five).

    Equal words have the same time. Others share the time between their neighbours, by their length.

    Args:
        read: In order; their times rise.
        secs: Where the sound ends.
    """
    if len(written) == len(read):
        return [(word, begun) for word, (_, begun) in zip(written, read, strict=True)]
    ends = [*(begun for _, begun in read), secs]
    plain = [_plain(word) for word in written]
    found: list[Timed] = []
    same = SequenceMatcher(None, plain, [_plain(word) for word, _ in read], autojunk=False)
    for kind, begin, end, read_begin, read_end in same.get_opcodes():
        if kind == "equal":
            times = ends[read_begin:read_end]
        else:
            times = _shares(written[begin:end], ends[read_begin], ends[read_end])
        found += zip(written[begin:end], times, strict=True)
    return found


def _shares(words: Sequence[str], begin: float, end: float) -> list[float]:
    chars = list(accumulate(map(len, words), initial=0))
    return [begin + (end - begin) * before / max(1, chars[-1]) for before in chars[:-1]]


def _plain(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum())
