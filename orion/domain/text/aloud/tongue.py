"""What a language tells the rules: its words for numbers, dates, times, money and units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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
        date: Says day, month and year (day or year may be 0), given whether the day is written first, and the
            text before it, which may govern its ending.
        time: Says hour, minute, second (-1: not written) and `am`, `pm` or nothing.
        money: By sign and by ISO code.
        scales: What is written behind a number to multiply it, and how it is said.
        over: How the line of a fraction without a name is said.
        cents_named: Whether cents are named behind the whole: "euros and fifty cents".
        feminine: Endings of nouns that are feminine, where a number has to agree with them.
        ordinals: Says a number behind which `ordinal_mark`, an expression, makes it an ordinal.
        shorts: Abbreviations, with their dots, and what is said for them.
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
    date: Callable[[int, int, int, bool, str], str]
    time: Callable[[int, int, int, str], str]
    money: Mapping[str, Money]
    scales: Mapping[str, Unit]
    units: Mapping[str, Unit]
    per: str
    fraction: Callable[[int, int], str | None]
    code_words: str
    address_signs: Mapping[str, str]
    and_so_on: str
    by: str = "by"
    ratio: str = "to"
    over: str = "over"
    version: str = "version"
    cents_named: bool = True
    feminine: str = ""
    ordinals: Callable[[re.Match[str]], str | None] | None = None
    ordinal_mark: str = ""
    shorts: Mapping[str, str] = field(default_factory=dict)

    @property
    def grouping(self) -> str:
        """The mark that groups thousands."""
        return "," if self.decimal == "." else "."


def units(table: str) -> dict[str, Unit]:
    """Units by sign, of lines like `km = kilometer, kilometers, m`; no plural means an s, `_` a space."""
    found = {}
    for line in filter(None, map(str.strip, table.split(";"))):
        signs, _, names = line.partition(" = ")
        one, many, gender = [*names.split(", "), "", ""][:3]
        for sign in signs.split():
            found[sign.replace("_", " ")] = Unit(one, many or f"{one}s", gender or "m")
    return found


def fraction_in_words(
    signs: Vocabulary, cardinal: Callable[[int, str], str]
) -> Callable[[int, int], str | None]:
    """Fractions by their names in the vocabulary; None for one without a name."""

    def said(above: int, below: int) -> str | None:
        named = {(1, 2): "½", (1, 4): "¼", (3, 4): "¾"}.get((above, below))
        if named and named in signs.fractions:
            return signs.fractions[named]
        if below not in signs.parts:
            return None
        one, many = signs.parts[below]
        return f"{cardinal(above, 'm')} {one if above == 1 else many}"

    return said


def money(table: str) -> dict[str, Money]:
    """Currencies by sign, of lines like `€ EUR = euro, euros, m | cent, cents, m`."""
    found = {}
    for line in filter(None, map(str.strip, table.split(";"))):
        signs, _, names = line.partition(" = ")
        name, _, cent = names.partition(" | ")
        known = units(f"name = {name}; cent = {cent}" if cent else f"name = {name}")
        for sign in signs.split():
            found[sign] = Money(known["name"], known.get("cent"))
    return found


def address_signs(names: str) -> dict[str, str]:
    """The marks of addresses by their names, in the order of `./-_?=&@#%+:~`."""
    return dict(zip("./-_?=&@#%+:~", names.split(", "), strict=True))


def months(names: str, short: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """The names of the months, and their short forms by number; `-` where there is none."""
    numbers = {one: at for at, part in enumerate(short.split(), 1) for one in part.split("/") if one != "-"}
    return tuple(names.split()), numbers


def in_24_hours(hour: int, half: str) -> int:
    """An hour of a clock of twelve in one of twenty-four."""
    return hour % 12 + (12 if half == "pm" else 0) if half else hour
