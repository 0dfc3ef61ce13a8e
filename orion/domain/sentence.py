"""Where sentences end in a text that is still being written."""

from __future__ import annotations

import re
from itertools import pairwise

_SENTENCE_END = re.compile(r"[.!?…][\"')\]*_]*\s+|\n+")
_LONGEST_SENTENCE = 240
_TAIL = 64
"""A cut inside a long sentence leaves that many characters behind, so that no secret is split."""


def split_sentences(text: str) -> tuple[str, str]:
    """Split into what may be released and what is held back: `(ready, held)`, `ready + held == text`.

    Released is everything up to the last end of a sentence, or, in a sentence of more than 240
    characters, up to the last space that leaves 64 characters behind.
    """
    end = max((match.end() for match in _SENTENCE_END.finditer(text)), default=0)
    if end == 0 and len(text) > _LONGEST_SENTENCE:
        end = text.rfind(" ", 0, len(text) - _TAIL) + 1
    return text[:end], text[end:]


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the space behind it; the last one may have no end."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [text[begin:end] for begin, end in pairwise(ends) if begin < end]
