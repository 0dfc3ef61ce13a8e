"""What a language tells the rules: its words for numbers, dates, times, money and units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orion.domain.text.vocabulary import Vocabulary

Said = Callable[[re.Match[str]], str | None]
"""What is said for a part of the text; None: the rule is not meant here."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A part of a text that begins at a given place, and how it is said."""

    pattern: re.Pattern[str]
    said: Said


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's name for one and for many, and its grammatical gender where number words have one."""

    one: str
    many: str
    gender: str = "m"


@dataclass(frozen=True, slots=True)
class Money:
    """A currency's name and that of its hundredth; without one, decimals are read as such."""

    name: Unit
    cent: Unit | None = None


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, as a region writes it.

    Attributes:
        decimal: The mark before the decimals, `.` or `,`; the other one groups thousands.
        point: How that mark is said.
        month_first: Whether `11/12/2026` is a day in November.
        date: Says day, month and year (each but the month may be 0), given the order as written.
        time: Says hour, minute, second (-1: not written) and `am`, `pm` or nothing.
        money: By sign and by ISO code.
        scales: What is written behind a number to multiply it, and how it is said.
        code_words: Behind these, digits are said one by one.
    """

    name: str
    region: str
    signs: Vocabulary
    cardinal: Callable[[int, str], str]
    ordinal: Callable[[int], str]
    year: Callable[[int], str]
    decimal: str
    point: str
    months: tuple[str, ...]
    month_short: Mapping[str, int]
    month_first: bool
    date: Callable[[int, int, int, bool], str]
    time: Callable[[int, int, int, str], str]
    money: Mapping[str, Money]
    scales: Mapping[str, str]
    units: Mapping[str, Unit]
    per: str
    fraction: Callable[[int, int], str | None]
    code_words: str
    address_signs: Mapping[str, str]
    and_so_on: str
    by: str = "by"
    ratio: str = "to"

    @property
    def grouping(self) -> str:
        """The mark that groups thousands."""
        return "," if self.decimal == "." else "."
