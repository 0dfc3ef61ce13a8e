"""What a neural recogniser writes, made what was said: no inventions, today's spelling. Pure."""

from __future__ import annotations

import re

_INVENTED = frozenset({"you", "thank you for watching", "thanks for watching"})
"""What such models write where nobody speaks: the commonest words of the videos that they learned from."""
_NOTES = re.compile(r"[♪♫🎵🎶]+")
_SOUND = re.compile(r"\s*[\[(*][^\])*]*[\])*]\s*\Z")
"""A sound that is no speech: `[BLANK_AUDIO]`, `(music)`."""
_NO_WORD = re.compile(r"[^\w']+")
_SPELLINGS = (
    (re.compile(r"\b([Tt]o)-(day|morrow|night)\b"), r"\1\2"),
    (re.compile(r"\b([Gg]ood)-?bye?\b"), r"\1bye"),
)
_HALF_DAY = re.compile(r"\b([ap])\.\s?m\b\.?")
_NUMBER = re.compile(r"(?<!\S)-(?=\d)|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?")
_MOST_DIGITS = 12
_WORD = re.compile(r"[a-z']+")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def said(text: str) -> str:
    """The words of a transcript; empty where the model has only named a sound, or made something up."""
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    text = " ".join(_NOTES.sub(" ", text).split())
    if _SOUND.match(text):
        return ""
    plain = " ".join(_NO_WORD.sub(" ", text.lower()).split())
    return "" if not plain or plain in _INVENTED else text


def spoken_words(text: str) -> list[str]:
    """The words as they were said, in lower case: "33" is two, "p.m." one."""
    text = _HALF_DAY.sub(r"\1m", text.lower().replace("%", " percent ").replace("$", " "))
    return _WORD.findall(_NUMBER.sub(lambda found: f" {_figures(found[0])} ", text).replace("-", " "))


def _figures(written: str) -> str:
    """A number as it is said, a sign or a fraction too; a code digit by digit."""
    if written == "-":
        return "minus"
    whole, _, fraction = written.replace(",", "").partition(".")
    code = len(whole) > _MOST_DIGITS or (len(whole) > 1 and whole[0] == "0")
    told = " ".join(_ONES[int(digit)] for digit in whole) if code else _number(int(whole))
    return " ".join([told, *(["point"] if fraction else []), *(_ONES[int(digit)] for digit in fraction)])


def _number(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        ones = number % 10
        return _TENS[number // 10 - 2] + (f" {_ONES[ones]}" if ones else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return f"{_number(number // size)} {name}" + (f" {_number(rest)}" if rest else "")
    raise AssertionError
