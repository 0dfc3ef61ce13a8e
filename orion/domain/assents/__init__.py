"""Yes and no in the languages that are known: what counts as one, and what the server asks.

One file is one language. Strict: an utterance counts only if the whole of it is listed, with polite words
around it at most; accents and punctuation do not matter, for recognisers and typists leave them out. In a
language of which there is no file, the question is English and takes English words. English words for no
are a no in every language: where the two are mistaken, nothing happens.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

_ENGLISH = "en"
_NO_WORD = re.compile(r"[^\w]+|_")


class Reply(StrEnum):
    """What an utterance says to the open question."""

    YES = "yes"
    NO = "no"
    ASKS = "asks"
    """It asks about the open question."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Assent:
    """Yes and no in one language.

    Attributes:
        yes, no, polite: Whole utterances, and what may stand around them; folded.
        words: What the server says, by its name in the language's file.
        asking: Words with which people ask.
        small: Words that say nothing of their own, beside those with which people ask.
        things: How so many things are called, by their number; the last for any other.
    """

    yes: frozenset[str]
    no: frozenset[str]
    polite: tuple[str, ...]
    words: dict[str, str]
    things: tuple[str, ...]
    asking: frozenset[str]
    small: frozenset[str]

    def reply(self, text: str, question: str = "") -> Reply:
        """What the whole of an utterance says.

        Args:
            question: What is asked, with all that it names; empty where nothing is.
        """
        said = folded(text)
        while said not in self.yes | self.no:
            shorter = next((rest for word in self.polite if (rest := _without(said, word)) != said), None)
            if shorter is None:
                return Reply.ASKS if question and self._asks(text, question) else Reply.OTHER
            said = shorter
        return Reply.YES if said in self.yes else Reply.NO

    def _asks(self, text: str, question: str) -> bool:
        """Whether an utterance asks about the question: it is one, and names nothing that is not in it."""
        said = set(folded(text).split())
        named = set(folded(question).split()) - self.no
        polite = {part for one in self.polite for part in one.split()}
        if not said or not said <= self.asking | self.small | self.yes | polite | named:
            return False
        return bool(said & self.asking) or text.rstrip().endswith("?")

    def count(self, number: int) -> str:
        """So many things, in words."""
        return self.things[min(number, len(self.things) - 1)].format(count=number)


def _without(said: str, word: str) -> str:
    """The utterance without that word before or after it."""
    return said.removeprefix(f"{word} ").removesuffix(f" {word}")


def folded(text: str) -> str:
    """The words of a text, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_NO_WORD.sub(" ", kept).split())


def names() -> list[str]:
    """The languages that are known, as their primary subtags."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in files(__name__).iterdir()
        if entry.name.endswith(".toml")
    )


def assent(language: str) -> Assent:
    """Yes and no in a language, as an agent names it (`de`, `pt-BR`); in English where it is not known."""
    primary = language.lower().replace("_", "-").partition("-")[0]
    return _read(primary if primary in names() else _ENGLISH)


@cache
def _read(name: str) -> Assent:
    content = tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    no, asking, small = (_words(content.pop(listed)) for listed in ("no", "asking", "small"))
    if name != _ENGLISH:
        english = _read(_ENGLISH)
        no, asking, small = no | english.no, asking | english.asking, small | english.small
    return Assent(
        _words(content.pop("yes")),
        no,
        tuple(folded(one) for one in content.pop("polite")),
        things=tuple(content.pop("things")),
        asking=asking - no,
        small=small - no,
        words=content,
    )


def _words(listed: list[str]) -> frozenset[str]:
    return frozenset(folded(one) for one in listed)
