"""Arithmetic as people say and write it: what it comes to, to 28 digits, in bounded time."""

from __future__ import annotations

import re
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

from orion.domain.text.said import plain
from orion.domain.tool import ToolFailure

NUMBER = r"(?:minus )?\d+(?:\.\d+)?"
_MAX_EXPONENT = 1000
_DIGITS = 28
_MAX_DEPTH = 40
_WRITTEN = (
    ("√", " square root of "),
    ("²", " squared "),
    ("³", " cubed "),
    ("−", "-"),
    ("–", "-"),
    ("·", "*"),
)
"""Signs that have words."""
_LEAD = re.compile(
    r"(?:(?:please|so|and|okay|hey|now|then|can you|could you|would you|tell me|do you know|i need to know"
    r"|i need|i want to know|quick|what do (?:i|you|we) (?:get|have) (?:if|when) (?:i|you|we)|what is"
    r"|what are|what does|what do"
    r"|how much (?:is|are|does|would)|what would|how many is|what|calculate|compute|work out|evaluate"
    r"|solve|give me|figure out|the answer to|the result of)\b ?)+"
)
_END = re.compile(r"(?: (?:please|equals?|equal to|is|make|makes|come to|give|be|then|=|for me))+\Z")
_PARTS = {
    word: index
    for index, words in enumerate(
        "half halve|third|quarter fourth|fifth|sixth|seventh|eighth|ninth|tenth".split("|"), 2
    )
    for word in words.split()
}
_PART = rf"\b(?:(?P<count>\d+|a|an) )?(?P<part>{'|'.join(_PARTS)})s?\b(?P<of> of\b)?"
_LIST = rf"{NUMBER}(?:(?: and| to| plus|) {NUMBER})*"
_WORDS: tuple[tuple[str, str], ...] = (
    (rf"\bmultiply ({NUMBER}) (?:by|with|and|times) ({NUMBER})", r"( \1 * \2 )"),
    (rf"\b(?:subtract|take|deduct) ({NUMBER})(?: away)? from ({NUMBER})", r"( \2 - \1 )"),
    (rf"\bdivide ({NUMBER}) by ({NUMBER})", r"( \1 / \2 )"),
    (rf"\bdifference (?:between|of) ({NUMBER}) and ({NUMBER})", r"abs( \1 - \2 )"),
    (rf"\bremainder (?:of|when) ({NUMBER})(?: is)? divided by ({NUMBER})", r"( \1 mod \2 )"),
    (rf"\bhow (?:often|many times) does ({NUMBER}) (?:go|fit) in(?:to)? ({NUMBER})", r"( \2 / \1 )"),
    (rf"\bsquare of ({NUMBER})", r" ( \1 ) ^ 2 "),
    (rf"\bcube of ({NUMBER})", r" ( \1 ) ^ 3 "),
    (r"\bpi\b", " 3.141592653589793238462643383 "),
    (r"\b(?:double|twice)\b", " 2 * "),
    (r"\btriple\b", " 3 * "),
    (r"\bcube root of\b", " cbrt "),
    (r"\b(?:square )?root of\b", " sqrt "),
    (rf"({NUMBER}) percent (?:more|higher) than ({NUMBER})", r"( \2 + \1 % )"),
    (rf"({NUMBER}) percent (?:less|lower|fewer) than ({NUMBER})", r"( \2 - \1 % )"),
    (r"\bpercent (?:of|on)\b", " % * "),
    (r"\bpercent\b", " % "),
    (r"\b(?:raised )?to (?:the )?power(?: of)?\b|\braised to\b", " ^ "),
    (r"\bto the (\d+)(?:st|nd|rd|th)?(?: power)?\b", r" ^ \1 "),
    (r"\bsquared\b", " ^ 2 "),
    (r"\bcubed\b", " ^ 3 "),
    (r"\bdivided by\b|\bover\b|÷", " / "),
    (r"\b(?:times|multiplied by|multiplied with|x)\b|×", " * "),
    (r"\b(?:plus|added to)\b", " + "),
    (r"\b(?:minus|less|take away)\b", " - "),
    (r"\b(?:modulo|modulus)\b", " mod "),
    (r"\bthe\b|=", " "),
)
_AGGREGATE = re.compile(
    rf"(?:the )?(?P<what>average|mean|sum|total|product|maximum|minimum|largest|biggest"
    r"|smallest|add|add up|add together)"
    rf"(?: of| value of)? (?P<list>{_LIST})"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_POWER = re.compile(rf"\bto the ({'|'.join(_ORDINALS)})\b(?: power)?")
_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+|sqrt|cbrt|abs|mod|[-+*/^%()])")
_OPERATORS = frozenset("sqrt cbrt abs mod - + * / ^ %".split())


class NotArithmetic(ToolFailure):
    """The text is no calculation, or not one that can be made out."""


def evaluate(expression: str) -> Decimal:
    """The value of a spoken or written expression, to 28 digits.

    Raises:
        NotArithmetic: It is no arithmetic.
        ToolFailure: It divides by zero, or is out of bounds.
    """
    return value_of(_tokens(core(expression)))


def reads(expression: str) -> str | None:
    """The calculation in the plain form, if the whole text is one; None for a bare number too."""
    text = core(expression)
    try:
        tokens = _tokens(text)
        operates = len(tokens) > 1 and not _OPERATORS.isdisjoint(tokens[tokens[0] == "-" :])
        if operates:
            value_of(tokens)
    except NotArithmetic:
        return None
    except ToolFailure:
        return text
    return text if operates else None


def core(expression: str) -> str:
    """The expression in the plain form, without the words of asking."""
    for sign, words in _WRITTEN:
        expression = expression.replace(sign, words)
    text = plain(expression)
    lead = _LEAD.match(text)
    return _END.sub("", text[lead.end() :] if lead else text).strip()


def value_of(tokens: list[str]) -> Decimal:
    """What a row of tokens comes to. Raises as `evaluate` does."""
    with localcontext() as context:
        context.prec = _DIGITS
        try:
            value = _Parser(tokens).whole()
        except DivisionByZero as error:
            raise ToolFailure("I cannot divide by zero.") from error
        except Overflow as error:
            raise ToolFailure("That is too large for me.") from error
        except InvalidOperation as error:
            raise ToolFailure("I cannot calculate that: it has no value.") from error
    if not value.is_finite():
        raise ToolFailure("I cannot divide by zero.")
    return value


def _tokens(text: str) -> list[str]:
    text = _POWER.sub(lambda found: f" ^ {_ORDINALS.index(found[1]) + 1} ", text)
    text = _AGGREGATE.sub(_aggregated, text)
    text = re.sub(_PART, _parted, text)
    for pattern, written in _WORDS:
        text = re.sub(pattern, written, text)
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotArithmetic("I could not make out the numbers. Please say it again.")
        tokens.append(match[1])
        position = match.end()
    return tokens


def _aggregated(found: re.Match[str]) -> str:
    numbers = [number.replace("minus ", "-") for number in re.findall(NUMBER, found["list"])]
    what = found["what"]
    if what in {"maximum", "largest", "biggest"}:
        return str(max(map(Decimal, numbers)))
    if what in {"minimum", "smallest"}:
        return str(min(map(Decimal, numbers)))
    whole = f"( {(' * ' if what == 'product' else ' + ').join(numbers)} )"
    return f"( {whole} / {len(numbers)} )" if what in {"average", "mean"} else whole


def _parted(found: re.Match[str]) -> str:
    count = found["count"] if (found["count"] or "").isdigit() else "1"
    return f"( {count} / {_PARTS[found['part']]} )" + (" * " if found["of"] else "")


class _Parser:
    """Recursive descent: sum > product > unary minus > power > percent > atom.

    A percentage that is added or taken away is one of what stands before it: 80 + 15 % is 92.
    """

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._percentage = False

    def whole(self) -> Decimal:
        value = self._sum(0)
        if self._tokens:
            raise NotArithmetic("I could not make out what to calculate.")
        return value

    def _next(self, *wanted: str) -> str | None:
        return self._tokens.pop(0) if self._tokens and self._tokens[0] in wanted else None

    def _sum(self, depth: int) -> Decimal:
        value = self._product(depth)
        while operator := self._next("+", "-"):
            other = self._product(depth)
            other *= value if self._percentage else 1
            value = value + other if operator == "+" else value - other
            self._percentage = False
        return value

    def _product(self, depth: int) -> Decimal:
        value = self._unary(depth)
        while operator := self._next("*", "/", "mod"):
            other = self._unary(depth)
            value = value * other if operator == "*" else value / other if operator == "/" else value % other
            self._percentage = False
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
        self._percentage = False
        if abs(exponent) > _MAX_EXPONENT:
            raise ToolFailure("That power is too large for me.")
        return base**exponent

    def _percent(self, depth: int) -> Decimal:
        value = self._atom(depth)
        self._percentage = False
        while self._next("%"):
            value /= 100
            self._percentage = True
        return value

    def _atom(self, depth: int) -> Decimal:
        if function := self._next("sqrt", "cbrt", "abs"):
            sign = -1 if self._next("-") else 1
            return _applied(function, sign * self._atom(_deeper(depth)))
        if self._next("("):
            value = self._sum(_deeper(depth))
            if not self._next(")"):
                raise NotArithmetic("A closing bracket is missing.")
            return value
        if not self._tokens or not (self._tokens[0][0].isdigit() or self._tokens[0][0] == "."):
            raise NotArithmetic("I could not make out what to calculate.")
        return Decimal(self._tokens.pop(0))


def _applied(function: str, value: Decimal) -> Decimal:
    if function == "abs":
        return abs(value)
    if function == "sqrt":
        if value < 0:
            raise ToolFailure("A negative number has no square root that I could say.")
        return value.sqrt()
    root = abs(value) ** (Decimal(1) / 3)
    near = root.to_integral_value()
    return (near if near**3 == abs(value) else root).copy_sign(value)


def _deeper(depth: int) -> int:
    if depth >= _MAX_DEPTH:
        raise ToolFailure("That is nested too deeply for me.")
    return depth + 1
