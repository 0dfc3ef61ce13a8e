"""What was said as tokens that know where they come from: words, numbers and signs, without punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<whole>[\w.+-]+@[\w-]+(?:\.[\w-]+)+      # an e-mail address
      |https?://\S+[\w/]|www\.\S+[\w/]
      |\d{4}-\d\d-\d\d(?:t\d\d:\d\d)?           # a date, ISO 8601
      |\d{1,2}:\d\d(?::\d\d)?(?![\d:])          # a time of day
      |\d+(?:st|nd|rd|th)\b|0x[0-9a-f]+\b
      |(?<![\d.])[^\W\d_]+\d[^\W_]*            # a code: tulip42
    )
    |(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?|\.\d+)
    |(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    |(?P<sign>\*\*|[-+*/^()%$€£¥°×÷=−–])
    |(?P<stop>[^\w\s]+|_)
    """,
    re.VERBOSE,
)
_DASHES = frozenset("-−–")
_QUOTES = str.maketrans("’‘`´", "''''")


class Token(NamedTuple):
    """A normal word, number or sign.

    Attributes:
        text: In lower case.
        start, end: Where it stands in what was said; tokens that were made of one word share its place.
        apart: Whether punctuation stands before it.
        glued: Whether nothing stands between it and the token before.
    """

    text: str
    start: int
    end: int
    apart: bool = False
    glued: bool = False


def tokens(said: str) -> list[Token]:
    """The tokens of `said` as they stand there, in lower case."""
    return list(_tokens(lowered(said)))


def lowered(said: str) -> str:
    """`said` in lower case, with straight apostrophes and as long as before: places stay places."""
    low = said.lower()
    if len(low) != len(said):
        low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in said)
    return low.translate(_QUOTES)


def joined(first: Token, last: Token, text: str) -> Token:
    """One token in the place of those from `first` to `last`."""
    return Token(text, first.start, max(first.end, last.end), first.apart, first.glued)


def words_at(line: Sequence[Token], at: int, *wanted: str) -> bool:
    """Whether exactly these words stand at a place; `a/an` stands for one of both."""
    if at < 0 or at + len(wanted) > len(line):
        return False
    for choice in wanted:
        if line[at].text not in _choices(choice):
            return False
        at += 1
    return True


@lru_cache(maxsize=512)
def _choices(wanted: str) -> tuple[str, ...]:
    return tuple(wanted.split("/"))


def _tokens(low: str) -> Iterator[Token]:
    end, apart = -1, False
    for match in _TOKEN.finditer(low):
        kind, text = match.lastgroup, match[0]
        if kind == "stop" or (kind == "sign" and text in _DASHES and not _operates(low, match)):
            apart = apart or (kind == "stop" and text != "'")
            continue
        if kind == "number":
            text = text.replace(",", "")
            text = f"0{text}" if text.startswith(".") else text
        elif text in _DASHES:
            text = "-" if _behind_number(low, match.start()) else "minus"
        yield Token(text, match.start(), match.end(), apart, match.start() == end)
        end, apart = match.end(), False


def _operates(low: str, match: re.Match[str]) -> bool:
    """Whether a dash is a minus: a number follows, and it does not join words."""
    after = low[match.end() :].lstrip()
    if not after[:1].isdecimal() and after[:1] != "(":
        return False
    before = low[: match.start()]
    return not before or before[-1].isspace() or before[-1].isdecimal() or before[-1] in "()+*/^%="


def _behind_number(low: str, at: int) -> bool:
    before = low[:at].rstrip()
    return bool(before) and (before[-1].isdecimal() or before[-1] in ")%")
