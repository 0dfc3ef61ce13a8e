"""Where sentences end in a text that is still being written."""

from __future__ import annotations

import re
from itertools import pairwise

_SENTENCE_END = re.compile(
    r"[.!?…][\"'”’»›«‹“)\]*_]*\s+|\n+"
    # Marks that end a sentence wherever they stand, for no number holds them: Chinese and Japanese,
    # Hindi and its neighbours, Urdu, Amharic, Khmer, Burmese (Unicode's Sentence_Terminal).
    r"|[。！？｡।॥۔؟።។။]+[\"')\]*_」』）】》〉”’]*\s*"
)
_PAUSES = " ，、；："
_LONGEST_SENTENCE = 240
_LONGEST_WORD = 1000
"""So much without a space is cut where it is: nothing may be held without bound."""
_TAIL = 64
"""A cut inside a long sentence leaves that many characters behind, so that no secret is split; nor is the end
of a sentence looked for any further back, which is what may stand between its mark and its space."""


def split_sentences(text: str, known: int = 0) -> tuple[str, str]:
    """Split into what may be released and what is held back: `(ready, held)`, `ready + held == text`.

    Released is everything up to the last end of a sentence, or, in a sentence of more than 240
    characters, up to the last space or comma that leaves 64 characters behind; without one, all but 64
    of more than 1000.

    Args:
        known: So many characters at the beginning were held back before.
    """
    found = _SENTENCE_END.finditer(text, max(0, known - _TAIL))
    end = max((match.end() for match in found), default=0)
    if end == 0 and len(text) > _LONGEST_SENTENCE:
        behind = len(text) - _TAIL
        end = max(text.rfind(pause, 0, behind) for pause in _PAUSES) + 1
        if end == 0 and len(text) > _LONGEST_WORD:
            end = behind
    return text[:end], text[end:]


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the space behind it; the last one may have no end."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [text[begin:end] for begin, end in pairwise(ends) if begin < end]
