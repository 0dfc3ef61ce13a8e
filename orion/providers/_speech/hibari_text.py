"""What hibari must be given so that it reads a clause right. Pure: hibari itself is not needed."""

from __future__ import annotations

import re

from orion.domain.text.latin import latin
from orion.domain.text.lexicon import unmarked
from orion.domain.text.phonemes import kokoro

_SENTENCE_END = re.compile(r"(?<=[^\W\d_A-Z]{2}[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\W\d_a-z])")
_WORD_AND_STOP = re.compile(r"(?<!\S)(?P<before>[\"'“‘(\[]*[a-z][a-z'’]+)\.(?P<behind>[\"'”’)\]]*)\Z")
"""A lower-case word and the full stop behind it, at the end."""
_LONG_NUMBER = re.compile(r"\d{16,}")
"""hibari has no words for larger numbers."""
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\d]")
_NOT_LATIN = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f]")


def sentences(clause: str) -> list[tuple[str, str]]:
    """Cut a clause into sentences, each with the full stop that the reader is not to see.

    hibari takes "no." and "fig." for abbreviations, whatever follows: "The answer is no." A sentence ends
    with a word, so its full stop is kept from the reader and goes to the model alone.
    """
    found = []
    for sentence in _SENTENCE_END.split(clause):
        stop = _WORD_AND_STOP.search(sentence)
        if stop:
            found.append((sentence[: stop.end("before")] + stop["behind"], "."))
        elif sentence:
            found.append((sentence, ""))
    return found


def readable(word: str) -> str:
    """A word as hibari can read it: in Latin letters, and no number that is too long for it.

    A word that comes with its phonemes becomes what hibari knows as `[word](/phonemes/)`.
    """
    found = unmarked(word, lambda written, ipa: f"[{written}](/{kokoro(ipa)}/)")
    if found != word:
        return found
    if _NOT_LATIN.search(word):
        word = latin(word)
    return _LONG_NUMBER.sub(lambda digits: " ".join(digits[0]), word)


def is_readable(text: str) -> bool:
    """Whether a text has Latin letters or digits; hibari makes nonsense of all others."""
    return _LATIN.search(text) is not None
