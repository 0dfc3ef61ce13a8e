"""How names and words are to be said, where a voice would say them otherwise.

An entry is a word (or some words) with a spelling that is read right, `Siobhan: shiv-awn`, or with its
phonemes in IPA between slashes, `Siobhan: /ʃɪˈvɔːn/`. What is written stays as it is in records and on the
page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orion.domain.text import phonemes
from orion.domain.text.reading import Reading

MOST_WORD_CHARS, MOST_SAID_CHARS, MOST_ENTRIES = 60, 100, 500
_IPA = re.compile(r"/(.*)/\Z", re.DOTALL)
_BAD_SIGNS = re.compile(r"[\x00-\x1f<>{}\[\]|/\\\ue000-\uf8ff]")
_BEGIN, _BETWEEN, _END, _GAP = "\ue000", "\ue001", "\ue002", "\ue003"
"""Around a word and its phonemes on their way to a voice's process: signs that no text holds."""
MARKED = re.compile(f"{_BEGIN}([^{_BEGIN}-{_END}]*){_BETWEEN}([^{_BEGIN}-{_END}]*){_END}")


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """How one entry is said: `ipa` is empty if it has a spelling alone."""

    spelling: str
    ipa: str = ""


class Lexicon:
    """The entries that count for one voice."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        """Take entries that `problem` has nothing against."""
        self._exact: dict[str, Pronunciation] = {}
        self._folded: dict[str, Pronunciation] = {}
        for word, said in entries.items():
            key = " ".join(word.split())
            kept, key = (self._exact, key) if _is_acronym(key) else (self._folded, key.casefold())
            kept[key] = _read(said)
        self._pattern = _pattern(self._exact, self._folded)

    def pronounced(
        self, readings: Sequence[Reading], say: Callable[[str, Pronunciation], str]
    ) -> list[Reading]:
        """The readings of a text with those words said as the lexicon wants.

        Args:
            say: What the voice is given for a written word; one word.
        """
        found = list(readings)
        if self._pattern is None:
            return found
        begins, text = [], ""
        for reading in readings:
            begins.append(len(text))
            text += f"{reading.written} "
        for match in self._pattern.finditer(text):
            first = max(at for at, begin in enumerate(begins) if begin <= match.start())
            last = max(at for at, begin in enumerate(begins) if begin < match.end())
            head = text[begins[first] : match.start()]
            tail = text[match.end() :].split(" ", 1)[0]
            found[first] = Reading(
                found[first].written, f"{head}{say(match[0], self._entry(match[0]))}{tail}"
            )
            found[first + 1 : last + 1] = [Reading(one.written, "") for one in found[first + 1 : last + 1]]
        return found

    def respelled(self, text: str) -> str:
        """A text for a voice that takes no phonemes."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: in_letters(match[0], self._entry(match[0])), text)

    def respellings(self, text: str) -> dict[str, str]:
        """What a text's words became in `respelled`, and how they were written."""
        found = self._pattern.finditer(text) if self._pattern else ()
        return {in_letters(match[0], self._entry(match[0])): match[0] for match in found}

    def _entry(self, written: str) -> Pronunciation:
        key = " ".join(written.split())
        return self._exact.get(key) or self._folded[key.casefold()]


@lru_cache(maxsize=500)
def lexicon(entries: tuple[tuple[str, str], ...]) -> Lexicon:
    """The lexicon of those entries; the last of equal words counts."""
    return Lexicon(dict(entries))


def problem(word: str, said: str) -> str | None:
    """What is wrong with an entry, as a sentence; None if nothing is."""
    if not any(sign.isalnum() for sign in word) or _BAD_SIGNS.search(word):
        return f"{word!r} is no word"
    found = _IPA.match(said.strip())
    if found is None:
        if not any(sign.isalpha() for sign in said) or _BAD_SIGNS.search(said):
            return f"{word}: {said!r} is neither a spelling nor phonemes between slashes"
        return None
    if unknown := phonemes.unknown(found[1]):
        return f"{word}: {unknown!r} is no phoneme that voices know"
    return None if phonemes.has_vowel(found[1]) else f"{word}: {said!r} has no vowel"


def marked(written: str, entry: Pronunciation) -> str:
    """For a voice's process: the phonemes with the word if they are known, else the spelling."""
    if not entry.ipa:
        return in_letters(written, entry)
    word, ipa = ("".join(text.split()) for text in (written, entry.ipa.replace(" ", _GAP)))
    return f"{_BEGIN}{word}{_BETWEEN}{ipa}{_END}"


def in_letters(_written: str, entry: Pronunciation) -> str:
    """For a voice that takes no phonemes: one word."""
    return "-".join(entry.spelling.split())


def unmarked(text: str, say: Callable[[str, str], str]) -> str:
    """A text from which the marks are gone.

    Args:
        say: What stands for a word and its IPA.
    """
    return MARKED.sub(lambda match: say(match[1], match[2].replace(_GAP, " ")), text)


def _read(said: str) -> Pronunciation:
    found = _IPA.match(said.strip())
    return Pronunciation(phonemes.spelled(found[1]), found[1]) if found else Pronunciation(said.strip())


def _is_acronym(word: str) -> bool:
    """Whether a word counts in capitals alone: "IT" is not "it"."""
    return word.isupper() and len(word) > 1


def _pattern(exact: Mapping[str, object], folded: Mapping[str, object]) -> re.Pattern[str] | None:
    keys = [(word, _escaped(word)) for word in exact] + [(word, f"(?i:{_escaped(word)})") for word in folded]
    if not keys:
        return None
    longest_first = sorted(keys, key=lambda key: -len(key[0]))
    return re.compile(
        rf"(?<![\w@])(?<!\w\.)(?:{'|'.join(found for _, found in longest_first)})(?![\w@]|\.\w)"
    )


def _escaped(word: str) -> str:
    return r"\s+".join(map(re.escape, word.split()))
