"""Units, money and percent in one spelling: `5mins` is `5 minutes`, `$18.50` is `18.50 dollars`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orion.domain.text.said.numbers import is_number, written
from orion.domain.text.said.tokens import Token, joined, words_at

_NAMES = {
    "second": "s sec secs second seconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "d day days",
    "week": "wk wks week weeks",
    "month": "mth mths month months",
    "year": "yr yrs year years",
    "kilometer": "km kms kilometer kilometers kilometre kilometres",
    "meter": "meter meters metre metres",
    "centimeter": "cm cms centimeter centimeters centimetre centimetres",
    "millimeter": "mm millimeter millimeters millimetre millimetres",
    "mile": "mi mile miles",
    "foot": "ft foot feet",
    "inch": "inch inches",
    "yard": "yd yds yard yards",
    "kilogram": "kg kgs kilo kilos kilogram kilograms",
    "gram": "g gr gram grams gramme grammes",
    "milligram": "mg milligram milligrams",
    "pound": "lb lbs pound pounds",
    "ounce": "oz ounce ounces",
    "liter": "l ltr liter liters litre litres",
    "milliliter": "ml milliliter milliliters millilitre millilitres",
    "gallon": "gal gallon gallons",
    "tablespoon": "tbsp tablespoon tablespoons",
    "teaspoon": "tsp teaspoon teaspoons",
    "dollar": "usd dollar dollars buck bucks",
    "euro": "eur euro euros",
    "cent": "cent cents ct cts",
    "gigabyte": "gb gigabyte gigabytes",
    "megabyte": "mb megabyte megabytes",
    "kilobyte": "kb kilobyte kilobytes",
    "terabyte": "tb terabyte terabytes",
}
_UNITS = {spelling: name for name, spellings in _NAMES.items() for spelling in spellings.split()}
_FIXED = {
    "mph": "miles per hour",
    "kmh": "kilometers per hour",
    "kph": "kilometers per hour",
    "gbp": "pounds",
    "quid": "pounds",
    "jpy": "yen",
    "°": "degrees",
}
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_ONLY_GLUED = frozenset("s h d g l m".split())
"""One letter is a unit only right behind its number."""
_TIME = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_SMALL_TIME = frozenset({"second", "minute", "hour"})
_NO_UNIT_AFTER = frozenset("per once twice times every each".split())
"""`twice a day`, `miles an hour`."""
_BEFORE_LENGTH = frozenset("in for within after than".split())
_PLURALS = {"foot": "feet", "inch": "inches", "yen": "yen"}
_PARTS = {("hour", 2): (30, "minute"), ("minute", 2): (30, "second"), ("day", 2): (12, "hour")} | {
    ("hour", 4): (15, "minute")
}
_BEGINS = frozenset({*_SIGNS, "a", "an", "half", "quarter"})
"""A quantity begins with one of these, or with a digit."""
Read = tuple[tuple[str, str], int]
"""The number and the unit, and where they end."""


def measured(line: Sequence[Token]) -> list[Token]:
    """The tokens with units and money written out, a number before each."""
    found: list[Token] = []
    at = 0
    while at < len(line):
        word = line[at].text
        begins = word in _BEGINS or word[0].isdecimal()
        read = _measure(line, at) if begins else None
        if read is None:
            found.append(line[at]._replace(text=_FIXED[word]) if word in _FIXED else line[at])
            at += 1
            continue
        (number, unit), end = read
        found += _two(line[at], line[end - 1], number, unit)
        at = end
    return _with_halves(_with_cents(found))


def _measure(line: Sequence[Token], at: int) -> Read | None:
    return _money(line, at) or _part_of(line, at) or _one(line, at) or _quantity(line, at)


def _two(first: Token, last: Token, number: str, unit: str) -> list[Token]:
    whole = joined(first, last, number)
    return [whole, Token(_plural(unit, number), whole.start, whole.end)]


def _plural(unit: str, number: str) -> str:
    return unit if number == "1" else _PLURALS.get(unit, f"{unit}s")


def _money(line: Sequence[Token], at: int) -> Read | None:
    sign = _SIGNS.get(line[at].text)
    if sign and at + 1 < len(line) and is_number(line[at + 1].text):
        return (line[at + 1].text, sign), at + 2
    if is_number(line[at].text) and at + 1 < len(line) and line[at + 1].text in _SIGNS:
        return (line[at].text, _SIGNS[line[at + 1].text]), at + 2
    return None


def _quantity(line: Sequence[Token], at: int) -> Read | None:
    """A number with its unit; `10k` counts thousands."""
    if at + 1 >= len(line) or not is_number(line[at].text) or line[at + 1].apart:
        return None
    number, unit = line[at].text, line[at + 1]
    if unit.text == "k" and unit.glued:
        return None
    if unit.text == "m" and unit.glued:
        return ((number, "minute"), at + 2) if _among_hours(line, at) else None
    name = _UNITS.get(unit.text)
    if name is None or (unit.text in _ONLY_GLUED and not unit.glued):
        return None
    return (number, name), at + 2


def _among_hours(line: Sequence[Token], at: int) -> bool:
    """Whether hours before or seconds behind make an `m` minutes: `1h30m`."""
    behind = at >= 1 and _UNITS.get(line[at - 1].text) == "hour"
    return behind or (at + 3 < len(line) and _UNITS.get(line[at + 3].text) == "second")


def _one(line: Sequence[Token], at: int) -> Read | None:
    """`an hour`: a unit of time that is one."""
    if at + 1 >= len(line) or line[at].text not in ("a", "an"):
        return None
    unit = _UNITS.get(line[at + 1].text)
    before = line[at - 1].text if at else ""
    if unit not in _TIME or line[at + 1].text in _ONLY_GLUED or before in _NO_UNIT_AFTER or before in _UNITS:
        return None
    if unit not in _SMALL_TIME and before not in _BEFORE_LENGTH:
        return None
    return ("1", unit), at + 2


def _part_of(line: Sequence[Token], at: int) -> Read | None:
    """`half an hour`, `a quarter of an hour`, `three quarters of an hour`."""
    begin = at
    if line[at].text in ("a", "1") and words_at(line, at + 1, "half/quarter"):
        at += 1
    times = 3 if words_at(line, at, "3", "quarters") else 1
    at += times == 3
    whole = {"half": 2, "quarter": 4, "quarters": 4}.get(line[at].text)
    if whole is None or (line[at].text == "quarters" and times == 1):
        return None
    at += 1
    at += words_at(line, at, "of")
    at += words_at(line, at, "a/an/1")
    unit = _UNITS.get(line[at].text) if at < len(line) else None
    part = _PARTS.get((unit or "", whole))
    if part is None or (begin and line[begin - 1].text == "and"):
        return None
    return (str(times * part[0]), part[1]), at + 1


def _with_halves(line: list[Token]) -> list[Token]:
    """`2 hours and a half` as 2.5 hours."""
    found: list[Token] = []
    at = 0
    while at < len(line):
        token = line[at]
        half = words_at(line, at + 1, "and", "a/1", "half/quarter")
        if half and _UNITS.get(token.text) in _TIME and found and is_number(found[-1].text):
            share = Decimal("0.5") if line[at + 3].text == "half" else Decimal("0.25")
            number = written(Decimal(found[-1].text) + share)
            found[-1:] = _two(found[-1], line[at + 3], number, _UNITS[token.text])
            at += 4
            continue
        found.append(token)
        at += 1
    return found


def _with_cents(line: list[Token]) -> list[Token]:
    """`5 dollars and 50 cents` as 5.50 dollars."""
    found: list[Token] = []
    at = 0
    while at < len(line):
        end = at + 1 + words_at(line, at + 1, "and")
        cents = line[end].text if end < len(line) and words_at(line, end + 1, "cents") else ""
        whole = found[-1].text if found else ""
        if (
            line[at].text in ("dollars", "dollar", "euros", "euro")
            and whole.isdecimal()
            and cents.isdecimal()
        ):
            found[-1:] = _two(found[-1], line[end + 1], f"{whole}.{int(cents):02}", _UNITS[line[at].text])
            at = end + 2
            continue
        found.append(line[at])
        at += 1
    return found
