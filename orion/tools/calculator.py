"""Calculates: + - * / ^, percent, roots, averages, tips, discounts and shares of a bill, spoken or written.

Give the whole calculation, in words or signs: "15 percent of 80", "80 plus 15%", "what percent of 80 is 12",
"split 96 euros between 4 people", "18.50 dollars with a 20 percent tip", "square root of 16".
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.tool import ToolContext, ToolFailure
from orion.tools import _arithmetic, _bills
from orion.tools._arithmetic import NotArithmetic

EXAMPLES = (
    "{expression}",
    "what is {expression}",
    "what's {expression}",
    "how much is {expression}",
    "calculate {expression}",
    "compute {expression}",
    "two plus two",
    "ten minus four",
    "twelve times nine",
    "fifteen percent of eighty",
    "the square root of sixteen",
    "hundred divided by four minus three",
    "five to the power of three",
    "half of sixty",
    "add three and five",
    "multiply four by six",
    "subtract two from nine",
    "divide ten by two",
    "eighty plus fifteen percent",
    "what percent of eighty is twelve",
    "the average of three five and ten",
    "split ninety six euros between four people",
    "a twenty percent tip on fifty dollars",
    "thirty percent off sixty dollars",
)
SAY = "That is {spoken}."

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = [
    *_ONES,
    *_TEENS,
    *_TENS,
    *(f"{t} {o}" for t in _TENS for o in _ONES),
    "hundred",
    "one hundred",
    "a thousand",
]
_OPERATORS = ["plus", "minus", "times", "divided by", "multiplied by", "percent of"]
SAID = {
    "expression": [
        f"{number} {_OPERATORS[(index + shift) % 6]} {_NUMBERS[(index * 7 + shift * 31) % len(_NUMBERS)]}"
        for shift in range(6)
        for index, number in enumerate(_NUMBERS)
    ]
    + [f"the square root of {number}" for number in _NUMBERS]
}


_EXACT_DECIMALS = 4
_MOST_DIGITS = 15
_DATE = re.compile(r"\d{1,2} [-/] \d{1,2} [-/] \d{2,4}\Z|\d{4} ?- ?\d{1,2} ?- ?\d{1,2}\Z")


class Args(BaseModel):
    """What to calculate."""

    expression: str = Field(
        min_length=1,
        max_length=200,
        description="Arithmetic, e.g. 7 + 5 * (2 - 1), 15 percent of 80, split 96 euros between 4 people",
        json_schema_extra={"x-ask": "What shall I calculate?", "x-kind": "arithmetic"},
    )


async def run(args: Args, _call: ToolContext) -> dict[str, Any]:
    """The exact `result` as a decimal text, its `unit` or None, and `spoken` for the answer, rounded."""
    solved = solve(args.expression)
    return {"result": _exact(solved.value), "unit": solved.unit or None, "spoken": solved.spoken}


def understand(said: str) -> dict[str, Any] | None:
    """The calculation, if the sentence is one as a whole, or asks about a percentage, a tip or a share."""
    text = plain(said)
    if _DATE.search(text) or len(text) > 200:
        return None
    try:
        solved = _bills.solve(text, spoken)
    except ToolFailure:
        return {"expression": text}
    if solved is not None:
        return {"expression": text}
    expression = _arithmetic.reads(_bills.without_currency(_signs(said)))
    return {"expression": _arithmetic.core(said)} if expression else None


def solve(expression: str) -> _bills.Solved:
    """What an expression comes to, with its unit and as it is said. Raises ToolFailure."""
    with localcontext() as context:
        context.prec = 28
        if (solved := _bills.solve(plain(expression), spoken)) is not None:
            return solved
    text = _signs(expression)
    unit = _bills.currency(text)
    value = _arithmetic.evaluate(_bills.without_currency(text))
    if unit and re.search(r"\d \w+ (?:/|divided by|over) \d+(?:\.\d+)? (?!percent)[a-z]", text):
        unit = ""  # money by money is a number
    return _bills.Solved(value, unit, spoken(value, unit))


def evaluate(expression: str) -> Decimal:
    """The value of a spoken or written expression, to 28 digits. Raises ToolFailure."""
    return solve(expression).value


def _signs(expression: str) -> str:
    return plain(_arithmetic.core(expression))


def spoken(value: Decimal, unit: str = "") -> str:
    """A number as people say it, rounded where it is long: `about 142,857.14`, `22.20 dollars`."""
    if unit and unit != "percent":
        return _money(value, unit)
    if value and not Decimal(10) ** -6 <= abs(value) < Decimal(10) ** _MOST_DIGITS:
        return f"{_scientific(value)}{' percent' if unit else ''}"
    exact = _decimals(value)
    rounded = value if exact <= _EXACT_DECIMALS else _rounded(value)
    about = "about " if rounded != value else ""
    return f"{about}{_grouped(rounded)}{' percent' if unit else ''}"


def _money(value: Decimal, unit: str) -> str:
    if abs(value) >= Decimal(10) ** _MOST_DIGITS:
        return f"{_scientific(value)} {unit}"
    cents = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    about = "about " if cents != value else ""
    if cents == cents.to_integral_value():
        whole = int(cents)
        return f"{about}{_grouped(Decimal(whole))} {unit if abs(whole) != 1 else unit.removesuffix('s')}"
    return f"{about}{_grouped(cents, 2)} {unit}"


def _rounded(value: Decimal) -> Decimal:
    """Two decimals from ten on, three from one on, else three digits."""
    size = value.adjusted()
    places = 2 if size >= 1 else 3 if size == 0 else 2 - size
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _grouped(value: Decimal, places: int | None = None) -> str:
    """The number with its thousands parted, from 10,000 on; a minus is a word."""
    text = f"{abs(value):.{_decimals(value) if places is None else places}f}"
    whole, _, rest = text.partition(".")
    whole = f"{int(whole):,}" if len(whole) > 4 else whole
    return f"{'minus ' if value < 0 else ''}{whole}{'.' + rest if rest else ''}"


def _scientific(value: Decimal) -> str:
    mantissa, _, exponent = f"{value:.2e}".lower().partition("e")
    about = "" if Decimal(mantissa).scaleb(int(exponent)) == value else "about "
    number = _grouped(Decimal(mantissa).normalize())
    power = f"ten to the power of {exponent.removeprefix('+').replace('-', 'minus ')}"
    return f"{about}{power}" if number == "1" else f"{about}{number} times {power}"


def _exact(value: Decimal) -> str:
    """All digits that are known; no exponent where the number can be written out."""
    if value and not -30 < value.adjusted() < 40:
        return str(value.normalize())
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


__all__ = ["EXAMPLES", "SAID", "SAY", "Args", "NotArithmetic", "evaluate", "run", "understand"]
