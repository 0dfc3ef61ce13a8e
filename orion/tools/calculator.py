"""Calculates with numbers: + - * / ^ and percent, square roots, brackets, spoken or written."""

from __future__ import annotations

import re
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from typing import Any

from pydantic import BaseModel, Field

from orion.domain.text.said import plain
from orion.domain.tool import ToolContext, ToolFailure

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

_MAX_EXPONENT = 1000
_DIGITS = 28
_OPERAND = r"\d+(?:[.,]\d+)*"
_SPOKEN: tuple[tuple[str, str], ...] = (
    (r"\b(?:what(?:'s| is| are)?|how much is|calculate|compute|equals?|please|the)\b|[?=]", " "),
    (rf"\badd (?:up )?({_OPERAND}) (?:and|to) ({_OPERAND})", r"(\1 + \2)"),
    (rf"\bmultiply ({_OPERAND}) (?:by|with|and) ({_OPERAND})", r"(\1 * \2)"),
    (rf"\bsubtract ({_OPERAND}) from ({_OPERAND})", r"(\2 - \1)"),
    (rf"\bdivide ({_OPERAND}) by ({_OPERAND})", r"(\1 / \2)"),
    (r"\bhalf of\b", " 0.5 * "),
    (r"\bsquare root of\b", " sqrt "),
    (r"(\S+) percent of\b", r" (\1 / 100) * "),
    (r"(\S+)\s*% of\b", r" (\1 / 100) * "),
    (r"\bpercent\b", " % "),
    (r"\b(?:to\s+(?:the\s+)?power of|raised to)\b|\*\*", " ^ "),
    (r"\bsquared\b", " ^ 2 "),
    (r"\bcubed\b", " ^ 3 "),
    (r"\bdivided by\b|\bover\b|÷", " / "),
    (r"\b(?:times|multiplied by|multiplied with|x)\b|×", " * "),
    (r"\bplus\b|\badded to\b", " + "),
    (r"\bminus\b|\bless\b|[–−]", " - "),
    (r"\bpoint\b", "."),
    (r"(?<=\d),(?=\d{3}\b)", ""),
    (r"(?<=\d)\s*\.\s*(?=\d)", "."),
)
_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+|sqrt|[-+*/^%()])")


class Args(BaseModel):
    """What to calculate."""

    expression: str = Field(
        min_length=1,
        max_length=200,
        description="Arithmetic, e.g. 7 + 5 * (2 - 1), 15 percent of 80, square root of 16",
        json_schema_extra={"x-ask": "What shall I calculate?", "x-kind": "arithmetic"},
    )


async def run(args: Args, _call: ToolContext) -> dict[str, Any]:
    """The `result` as a decimal text, and `spoken` for the answer."""
    value = evaluate(args.expression)
    text = _shown(value)
    return {"result": text, "spoken": _spoken(text)}


def evaluate(expression: str) -> Decimal:
    """The value of a spoken or written expression, to 28 digits.

    Raises:
        ToolFailure: It is no arithmetic, divides by zero, or is out of bounds.
    """
    text = plain(expression)
    for pattern, written in _SPOKEN:
        text = re.sub(pattern, written, text)
    parser = _Parser(_tokens(text))
    with localcontext() as context:
        context.prec = _DIGITS
        try:
            value = parser.whole()
        except DivisionByZero as error:
            raise ToolFailure("I cannot divide by zero.") from error
        except (InvalidOperation, Overflow) as error:
            raise ToolFailure("I cannot calculate that.") from error
    if not value.is_finite():
        raise ToolFailure("I cannot divide by zero.")
    return value


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ToolFailure("I could not make out the numbers. Please say it again.")
        tokens.append(match[1])
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent: sum > product > unary minus > power > percent > atom."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def whole(self) -> Decimal:
        value = self._sum(0)
        if self._tokens:
            raise ToolFailure("I could not make out what to calculate.")
        return value

    def _next(self, *wanted: str) -> str | None:
        return self._tokens.pop(0) if self._tokens and self._tokens[0] in wanted else None

    def _sum(self, depth: int) -> Decimal:
        value = self._product(depth)
        while operator := self._next("+", "-"):
            other = self._product(depth)
            value = value + other if operator == "+" else value - other
        return value

    def _product(self, depth: int) -> Decimal:
        value = self._unary(depth)
        while operator := self._next("*", "/"):
            other = self._unary(depth)
            value = value * other if operator == "*" else value / other
        return value

    def _unary(self, depth: int) -> Decimal:
        negative = False
        while self._next("-"):
            negative = not negative
        value = self._power(depth)
        return -value if negative else value

    def _power(self, depth: int) -> Decimal:
        base = self._percent(depth)
        if not self._next("^"):
            return base
        exponent = self._unary(_deeper(depth))
        if abs(exponent) > _MAX_EXPONENT:
            raise ToolFailure("That power is too large for me.")
        return base**exponent

    def _percent(self, depth: int) -> Decimal:
        value = self._atom(depth)
        while self._next("%"):
            value /= 100
        return value

    def _atom(self, depth: int) -> Decimal:
        if self._next("sqrt"):
            return self._atom(_deeper(depth)).sqrt()
        if self._next("("):
            value = self._sum(_deeper(depth))
            if not self._next(")"):
                raise ToolFailure("A closing bracket is missing.")
            return value
        if not self._tokens or not (self._tokens[0][0].isdigit() or self._tokens[0][0] == "."):
            raise ToolFailure("I could not make out what to calculate.")
        return Decimal(self._tokens.pop(0))


def _deeper(depth: int) -> int:
    if depth >= 40:
        raise ToolFailure("That is nested too deeply for me.")
    return depth + 1


def _spoken(text: str) -> str:
    """The result as a voice reads it well: no signs, no exponents written with an E."""
    mantissa, _, exponent = text.lower().partition("e")
    if exponent:
        power = exponent.removeprefix("+").replace("-", "minus ")
        mantissa = f"about {mantissa} times ten to the power of {power}"
    return mantissa.replace("-", "minus ", 1) if mantissa.startswith("-") else mantissa


def _shown(value: Decimal) -> str:
    """At most six decimals, no exponent up to 15 digits: what a person would say."""
    if abs(value) >= Decimal(10) ** 15 or (value and abs(value) < Decimal(10) ** -6):
        return f"{value:.6g}"
    return f"{round(value, 6):f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
