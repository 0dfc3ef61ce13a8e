"""BERT's uncased tokens: text to the ids of WordPiece, as the model was trained on them.

Source: https://arxiv.org/abs/1810.04805 and google-research/bert, tokenization.py (Apache-2.0).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_TOKENS = 128
"""What follows is not read: the model was trained on texts of so many."""
_LONGEST_CHARS = 8 * LONGEST_TOKENS
"""More characters are not looked at: hardly a text of so many has fewer tokens."""
_LONGEST_WORD = 100
_IDEOGRAPHS = re.compile(
    r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ceaf\U0002f800-\U0002fa1f])"
)
_START, _END, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"


class WordPiece:
    """The tokens of one vocabulary."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self._ids = ids

    @classmethod
    def read(cls, vocabulary: Path) -> WordPiece:
        """The tokens of a `vocab.txt`: one a line, its number is its id."""
        lines = vocabulary.read_text("utf-8").splitlines()
        return cls({token: number for number, token in enumerate(lines)})

    def ids(self, text: str) -> list[int]:
        """The ids of a text between those of its start and its end."""
        found: list[int] = []
        for word in _words(text[:_LONGEST_CHARS]):
            found += self._pieces(word)
            if len(found) >= LONGEST_TOKENS - 2:
                break
        return [self._ids[_START], *found[: LONGEST_TOKENS - 2], self._ids[_END]]

    def _pieces(self, word: str) -> list[int]:
        """The longest known beginning, then that of what is left; unknown as a whole if one is missing."""
        unknown = [self._ids[_UNKNOWN]]
        if len(word) > _LONGEST_WORD:
            return unknown
        found: list[int] = []
        begin = 0
        while begin < len(word):
            prefix = "##" if begin else ""
            for end in range(len(word), begin, -1):
                if (known := self._ids.get(prefix + word[begin:end])) is not None:
                    found.append(known)
                    begin = end
                    break
            else:
                return unknown
        return found


def _words(text: str) -> Iterator[str]:
    """Lower case without accents, split at spaces; each sign and each ideograph is a word."""
    spaced = _IDEOGRAPHS.sub(r" \1 ", "".join(map(_clean, text)))
    plain = unicodedata.normalize("NFD", spaced.lower())
    for word in plain.split():
        letters = ""
        for char in word:
            if unicodedata.category(char) == "Mn":
                continue
            if not _is_sign(char):
                letters += char
                continue
            if letters:
                yield letters
            yield char
            letters = ""
        if letters:
            yield letters


def _clean(char: str) -> str:
    if char in "\t\n\r":
        return " "
    if char in "\0\ufffd" or unicodedata.category(char)[0] == "C":
        return ""
    return " " if unicodedata.category(char) == "Zs" else char


def _is_sign(char: str) -> bool:
    """Punctuation, and what else of ASCII is no letter, digit or space (`$`, `+`, `^`)."""
    return (char.isascii() and not char.isalnum()) or unicodedata.category(char)[0] == "P"
