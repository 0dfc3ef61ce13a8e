"""A number as it is written, and in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orion.domain.text.aloud.tongue import Tongue

GAP = "\u00a0\u2009\u202f"
"""Spaces that do not break a line: they stand in and behind numbers."""
_MOST_DIGITS = 15
"""A longer whole number is nobody's quantity: it is spelled."""
_EXACT_DIGITS = 9
"""So many digits a listener follows; a longer decimal is rounded, as people do."""
_FEW = 2
_MOST_SPELLED = 60
"""Nobody listens to more digits than these."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number's digits before and behind its decimal mark."""

    whole: str
    part: str = ""

    @property
    def is_one(self) -> bool:
        """Whether a noun behind it is in the singular."""
        return self.whole == "1" and not self.part


def pattern(tongue: Tongue) -> str:
    """A regular expression for a number as the language writes it, or unmistakably as another does."""
    mark, group = re.escape(tongue.decimal), re.escape(tongue.grouping)
    gaps = rf"['’{GAP}]" if tongue.name == "en" else rf"['’ {GAP}]"
    grouped = rf"\d{{1,3}}(?:{group}\d{{3}}){{1,9}}(?!\d)(?:{mark}\d{{1,400}})?"
    spaced = rf"\d{{1,3}}(?:{gaps}\d{{3}}){{1,9}}(?!\d)(?:{mark}\d{{1,400}})?"
    foreign = (
        rf"\d{{1,3}}(?:{mark}\d{{3}}){{1,9}}{group}\d{{1,2}}(?!\d)|\d{{1,3}}(?:{mark}\d{{3}}){{2,9}}(?![\d.])"
    )
    other = rf"|\d+{group}\d{{1,2}}(?![\d{group}])" if tongue.decimal == "," else ""
    return rf"(?:{foreign}|{grouped}|{spaced}{other}|\d+(?:{mark}\d+)?)"


def parsed(text: str, tongue: Tongue) -> Number:
    """The number that a text is, without what only groups its digits."""
    text = re.sub(rf"['’ {GAP}]", "", text)
    marks = [mark for mark in ".," if mark in text]
    if not marks:
        return Number(text)
    mark = max(marks, key=text.rfind)
    whole, _, part = text.rpartition(mark)
    grouped = re.fullmatch(r"[1-9]\d{0,2}", whole) and len(part) == 3 and mark == tongue.grouping
    if len(marks) == 1 and (text.count(mark) > 1 or grouped):
        return Number(text.replace(mark, ""))
    return Number(re.sub(r"\D", "", whole), part)


def spelled(digits: str, tongue: Tongue) -> str:
    """Digits one by one."""
    return " ".join(tongue.cardinal(int(digit), "") for digit in digits)


def in_groups(digits: str, tongue: Tongue) -> str:
    """Digits one by one, with a pause where people make one: in threes, at the end four."""
    most = digits[:_MOST_SPELLED]
    last = len(most) % 3 or 3
    last += 3 if last == 1 and len(most) > 3 else 0
    groups = [most[at : at + 3] for at in range(0, len(most) - last, 3)] + [most[len(most) - last :]]
    said = ", ".join(spelled(group, tongue) for group in groups)
    return f"{said}, {tongue.and_so_on}" if len(most) < len(digits) else said


def in_words(number: Number, tongue: Tongue, gender: str = "", *, rounded: bool = True) -> str:
    """A number in words: "three point five"; a very long one as people say it."""
    if len(number.whole) > _MOST_DIGITS:
        whole = in_groups(number.whole, tongue)
    elif len(number.whole) > 1 and number.whole.startswith("0"):
        whole = spelled(number.whole, tongue)
    else:
        whole = tongue.cardinal(int(number.whole or "0"), "" if number.part else gender)
    if not number.part:
        return whole
    if rounded and _is_long(number):
        return _about(number, tongue)
    digits = number.part if len(number.part) <= _MOST_DIGITS else number.part[:_MOST_DIGITS]
    behind = spelled(digits, tongue)
    if len(digits) < len(number.part):
        behind += f" {tongue.and_so_on}"
    return f"{whole} {tongue.point} {behind}"


def _is_long(number: Number) -> bool:
    significant = (number.whole + number.part).lstrip("0")
    return len(number.part) > _FEW and len(significant) > _EXACT_DIGITS and len(number.whole) <= _MOST_DIGITS


def _about(number: Number, tongue: Tongue) -> str:
    """A long decimal to two places; a small one to three digits that count."""
    places = _FEW
    if not int(number.whole):
        places = len(number.part) - len(number.part.lstrip("0")) + 3
    value = int(number.whole + number.part[:places]) + (number.part[places : places + 1] >= "5")
    digits = str(value).rjust(places + 1, "0")
    short = Number(digits[:-places], digits[-places:].rstrip("0"))
    return f"{tongue.signs.about} {in_words(short, tongue, rounded=False)}"
