"""Whether a text holds anything to say, and how one that is too long for an engine is cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator


def has_words(text: str) -> bool:
    """Whether a voice can say anything of it: a letter, a digit, or a currency.

    "...", "!!!", "---" and an emoji have none.
    """
    return any(sign.isalnum() or unicodedata.category(sign) == "Sc" for sign in text)


def pieces(words: Iterable[str], most_chars: int) -> Iterator[list[str]]:
    """The words in order, in pieces of at most so many characters; a longer word stands alone."""
    piece: list[str] = []
    chars = 0
    for word in words:
        if piece and chars + len(word) > most_chars:
            yield piece
            piece, chars = [], 0
        piece.append(word)
        chars += len(word) + 1
    if piece:
        yield piece
