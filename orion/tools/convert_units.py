"""Converts units of length, mass, volume, temperature, speed, area, time and data, as in "3.5 km in miles".

Also energy, power and pressure. Give the amount with its unit, and the unit that is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.tool import ToolContext, ToolFailure
from orion.domain.units import MOST_WORDS, UNITS, Unit, convert, counterpart

EXAMPLES = (
    "convert {conversion}",
    "how much is three kilometers in miles",
    "how many feet are in a mile",
    "how many cups in a liter",
    "what is seventy two degrees fahrenheit in celsius",
    "ten pounds in kilograms",
    "five miles in kilometers",
    "how many ounces are in a pound",
    "how many megabytes are in a gigabyte",
    "sixty miles per hour in kilometers per hour",
)
SAID = {
    "conversion": [
        "ten miles to kilometers",
        "five kilometers to miles",
        "two pounds to kilograms",
        "seventy degrees fahrenheit to celsius",
        "twenty degrees celsius to fahrenheit",
        "six feet to centimeters",
        "three cups to milliliters",
        "one gallon to liters",
    ]
}
SAY = "{spoken}."

_NUMBER = re.compile(r"(?:minus )?\d+(?:\.\d+)?\Z")
_KINDS = {"mass": "weight", "data": "amount of data", "time": "length of time"}
_MONEY = frozenset("dollar dollars euro euros yen franc francs rupee rupees peso pesos cents bitcoin".split())
_WORDS = frozenset(
    "= a an and are as be big can cold compute contain contains convert could do does equal equals "
    "expressed far fast fit for from give go goes has have heavy hey high hot how i if in into is "
    "it's know large long make makes many me measured minus much need number of okay old please show "
    "so tall tell that the there to turn want warm what whats when wide would you".split()
)
"""What a question about units is made of, beside amounts and units."""
_ASKS = re.compile(r"\b(?:how|what|convert|turn|in|into|to|is|are|=)\b")
_ASKS_OF_IT = re.compile(
    r"\b(?:what is|how much is|how many|how (?:tall|long|far|hot|cold|heavy) is)\b.*\b(?:that|it|this)\b"
)
_LONGEST = 40
_HALF = re.compile(r"\bhalf (?:an? )?(?=[a-z])")
_EXACT_DIGITS = 8
_PLACES = {0: 2, 1: 2, 2: 1}
"""Decimals by size: of units, tens and hundreds."""


class Args(BaseModel):
    """What is to be converted."""

    conversion: str = Field(
        min_length=1,
        max_length=200,
        description="The amount with its unit, and the unit wanted, e.g. 3.5 km in miles",
        json_schema_extra={"x-ask": "What shall I convert? Say for example: 5 miles in kilometers."},
    )


@dataclass(frozen=True, slots=True)
class _Measure:
    """A unit in a text, with the number before it; None where there is none."""

    start: int
    end: int
    number: Fraction | None
    units: list[Unit]


async def run(args: Args, _call: ToolContext) -> dict[str, Any]:
    """The exact `result` as a decimal text, its `unit`, and `spoken` for the answer, rounded."""
    words = _words(args.conversion)
    if len(words) > _LONGEST:
        raise ToolFailure("That was too much at once. Say for example: 5 miles in kilometers.")
    return _converted(words, list(_measures(words)))


def understand(said: str) -> dict[str, Any] | None:
    """The conversion, if the whole sentence asks for one."""
    words = _without_story(_words(said))
    if len(words) > _LONGEST or not any(_ASKS.fullmatch(word) for word in words):
        return None
    measures = list(_measures(words))
    rest = [word for index, word in enumerate(words) if not any(m.start <= index < m.end for m in measures)]
    if measures and "of" in rest and measures[-1].end < len(words):  # a cup of flour
        rest = rest[: rest.index("of")]
    money = _MONEY & set(words)
    others = {word for word in rest if not _NUMBER.match(word)} - _WORDS - money
    if others or not (_asks_for(words, rest, measures) or (len(money) > 1 and not measures)):
        return None
    return {"conversion": " ".join(words)[:200]}


def _without_story(words: list[str]) -> list[str]:
    """The words from the amount on, where a question points at it: "he is 2 m tall, what is that in feet"."""
    first = next((one for one in _measures(words) if one.number is not None), None)
    behind = " ".join(words[first.end :]) if first else ""
    return words[first.start :] if first and _ASKS_OF_IT.search(behind) else words


def _asks_for(words: list[str], rest: list[str], measures: list[_Measure]) -> bool:
    """Whether two units are joined by a word that asks, or one is to be converted into its counterpart."""
    if len(measures) >= 2:
        return not {"in", "into", "to", "many", "much", "is", "are", "="}.isdisjoint(rest)
    if len(measures) != 1 or measures[0].number is None or counterpart(measures[0].units[0]) is None:
        return False
    return "convert" in words or (measures[0].units[0].kind == "temperature" and "much" in rest)


def _words(said: str) -> list[str]:
    feet = re.sub(r"(?<=\d)\s*'\s*(\d+)\s*(?:\"|''|”)?", r" feet \1 inches ", said.replace("’", "'"))
    return _HALF.sub("0.5 ", plain(feet)).split()


def _measures(words: list[str]) -> Iterator[_Measure]:
    """The units of a text, with the numbers before them."""
    at = 0
    while at < len(words):
        count, units = _unit(words, at)
        if not units or _is_preposition(words, at, count):
            at += 1
            continue
        number = _number(words, at)
        yield _Measure(at - (number is not None), at + count, number, units)
        at += count


def _unit(words: list[str], at: int) -> tuple[int, list[Unit]]:
    for count in range(min(MOST_WORDS, len(words) - at), 0, -1):
        if units := UNITS.get(" ".join(words[at : at + count])):
            return count, units
    return 0, []


def _is_preposition(words: list[str], at: int, count: int) -> bool:
    """Whether `in` is no inch, and one letter no unit."""
    word = words[at]
    if count > 1 or len(word) > 2:
        return False
    behind_number = at > 0 and _NUMBER.match(words[at - 1]) is not None
    if word == "in":
        return not (behind_number and at + 1 < len(words) and words[at + 1] in {"in", "to", "into"})
    return word in {"a", "s"} or (
        len(word) == 1 and not behind_number and words[at - 1] not in {"in", "to", "into"}
    )


def _number(words: list[str], at: int) -> Fraction | None:
    if not at or not _NUMBER.match(words[at - 1]):
        return None
    number = Fraction(words[at - 1])
    return -number if at > 1 and words[at - 2] == "minus" else number


def _converted(words: list[str], measures: list[_Measure]) -> dict[str, Any]:
    if not measures:
        if len(_MONEY & set(words)) > 1:
            raise ToolFailure("I do not know exchange rates.")
        raise ToolFailure("I did not find a unit that I know. Say for example: 5 miles in kilometers.")
    _refuse_unknown(words, measures)
    given, wanted = _roles(words, measures)
    usual = counterpart(given[0].units[0])
    if wanted is None and usual is None:
        raise ToolFailure(f"Into which unit shall I convert {given[0].units[0].plural}?")
    into = wanted.units if wanted is not None else [usual] if usual is not None else []
    unit, target = _akin(given[0].units, into)
    amount = _amount(given, words, unit)
    value = convert(amount, unit, target)
    said = f"{_given(given, words, amount, unit)} is {_told(value, unit, target)}"
    return {"result": _exact(_decimal(value)), "unit": target.plural, "spoken": said[0].upper() + said[1:]}


def _refuse_unknown(words: list[str], measures: list[_Measure]) -> None:
    """Raise ToolFailure where a word behind a number, in the place of a unit, is none."""
    for index, behind in enumerate(words[1:], 1):
        counted = _NUMBER.match(words[index - 1]) and behind.isalpha() and behind not in _WORDS
        if counted and not any(measure.start <= index < measure.end for measure in measures):
            raise ToolFailure(f"I do not know the unit {behind}.")


def _roles(words: list[str], measures: list[_Measure]) -> tuple[list[_Measure], _Measure | None]:
    """What is given, of which several parts add up (`5 feet 11 inches`), and the unit that is wanted."""
    numbered = [measure for measure in measures if measure.number is not None]
    plain_ones = [measure for measure in measures if measure.number is None]
    if numbered:
        return numbered, (plain_ones[0] if plain_ones else None)
    if len(plain_ones) < 2:
        return plain_ones, None
    first, second = plain_ones[:2]
    behind = " ".join(words[second.end :])
    # "how many feet in a mile", "cups in a liter"; but "a mile in feet", "convert miles to kilometers".
    one_behind = words[second.start - 1] in {"a", "an", "one", "1"} or "is" in words[first.end : second.start]
    counted = words[:2] == ["how", "many"] or (one_behind and first.start == 0)
    return (
        ([second], first)
        if counted or (one_behind and not behind and first.start == 0)
        else ([first], second)
    )


def _akin(units: list[Unit], into: list[Unit]) -> tuple[Unit, Unit]:
    """The meanings of both that measure the same. Raises ToolFailure if none do."""
    akin = [(unit, target) for target in into for unit in units if unit.kind == target.kind]
    if akin:
        return next((pair for pair in akin if pair[0] is not pair[1]), akin[0])
    first, second = units[0], into[0]
    if {first.kind, second.kind} == {"mass", "volume"}:
        raise ToolFailure(
            f"{first.plural.capitalize()} measure a {_kind(first)} and {second.plural} a {_kind(second)}: "
            "how much one is of the other depends on what is measured."
        )
    raise ToolFailure(
        f"{first.plural.capitalize()} measure a {_kind(first)} and {second.plural} a {_kind(second)}, "
        "so I cannot convert one into the other."
    )


def _kind(unit: Unit) -> str:
    return _KINDS.get(unit.kind, unit.kind).replace("area", "surface").replace("energy", "quantity of energy")


def _amount(given: list[_Measure], words: list[str], unit: Unit) -> Fraction:
    total = Fraction(0)
    for measure in given:
        part = next((one for one in measure.units if one.kind == unit.kind), None)
        if part is None:
            raise ToolFailure("I can convert one amount at a time. Say for example: 5 miles in kilometers.")
        number = Fraction(1) if measure.number is None else measure.number
        total += number if part is unit else convert(number, part, unit)
    last = given[-1].end
    if unit.name == "foot" and last < len(words) and _NUMBER.match(words[last]):
        total += Fraction(words[last]) / 12  # five foot eleven
    return total


def _given(given: list[_Measure], words: list[str], amount: Fraction, unit: Unit) -> str:
    """The amount that was given, in its own parts: `5 feet 11 inches`."""
    behind = words[given[-1].end] if given[-1].end < len(words) else ""
    if unit.name == "foot" and (len(given) > 1 or _NUMBER.match(behind)):
        return _feet(amount)
    return f"{_written(_rounded(_decimal(amount), unit))} {unit.name if amount == 1 else unit.plural}"


def _told(value: Fraction, unit: Unit, target: Unit) -> str:
    """The amount that comes out, rounded; a person's height in feet and inches too."""
    exact = _decimal(value)
    rounded = _rounded(exact, target)
    about = "about " if rounded != exact or target.name in {"month", "year"} else ""
    said = f"{about}{_written(rounded)} {target.name if rounded == 1 else target.plural}"
    tall = target.name == "foot" and unit.name in {"centimeter", "meter"} and 3 < value < 8 and rounded % 1
    return f"{said}, or {_feet(value)}" if tall else said


def _feet(value: Fraction) -> str:
    feet, inches = divmod(round(value * 12), 12)
    return f"{feet} feet {inches} inch{'' if inches == 1 else 'es'}" if inches else f"{feet} feet"


def _decimal(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 28
        return Decimal(value.numerator) / Decimal(value.denominator)


def _rounded(value: Decimal, unit: Unit) -> Decimal:
    """Rounded as people say such amounts; what is short enough stays exact."""
    digits, exponent = value.normalize().as_tuple()[1:]
    if isinstance(exponent, int) and exponent >= -3 and len(digits) <= _EXACT_DIGITS:
        return value
    size = value.adjusted() if value else 0
    places = _PLACES.get(size, 2 - size if size < 0 else 3 - size if size > 6 else 0)
    if unit.kind == "temperature":
        places = min(places, 1)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN) if abs(size) < 15 else value


def _written(value: Decimal) -> str:
    if value.adjusted() >= 15 or (value and value.adjusted() < -12):
        mantissa, _, exponent = f"{value:.2e}".partition("e")
        power = exponent.removeprefix("+").replace("-", "minus ")
        return f"{mantissa.rstrip('0').rstrip('.')} times ten to the power of {power}"
    text = f"{abs(value):f}"
    whole, _, rest = text.partition(".")
    whole = f"{int(whole):,}" if len(whole) > 4 else whole
    rest = rest.rstrip("0")
    return f"{'minus ' if value < 0 else ''}{whole}{'.' + rest if rest else ''}"


def _exact(value: Decimal) -> str:
    text = f"{value:f}" if -30 < value.adjusted() < 40 else str(value.normalize())
    return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
