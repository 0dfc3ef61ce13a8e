"""Number words as digits: `a hundred and twenty`, `three and a half`, `two dozen`, `nineteen ninety`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from orion.domain.text.said.tokens import Token, joined, words_at

_ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
} | {"nought": 0}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
} | {"fourty": 40}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
} | {"thirtieth": 30}
MONTHS = (
    "january february march april may june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec"
).split()
_NO_NUMBER_BEHIND = frozenset("the that this which another any every next last no each some".split())
"""Behind these `one` is no number: `the last one`."""
_CENTURIES = range(18, 21)
_DIGITS = re.compile(r"\d+(?:\.\d+)?\Z")
_LEAST_DIGITS = 3
_HALVES = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "third": Decimal(1) / 3}


_BEGINS = frozenset({*_ONES, *_TENS, *_SCALES, *_ORDINALS, "a", "an", "half"})
"""A number begins with one of these, or with a digit."""


def is_number(text: str) -> bool:
    """Whether it is a number in digits."""
    return _DIGITS.match(text) is not None


def counted(line: Sequence[Token]) -> list[Token]:
    """The tokens with the numbers in digits."""
    found: list[Token] = []
    at = 0
    while at < len(line):
        if line[at].text not in _BEGINS and not line[at].text[0].isdecimal():
            found.append(line[at])
            at += 1
            continue
        read = _digits_one_by_one(line, at) or _ordinal(line, at) or _dozen(line, at) or _number(line, at)
        if read is None:
            found.append(line[at])
            at += 1
            continue
        text, end = read
        found.append(joined(line[at], line[end - 1], text))
        at = end
    return _years(found)


def written(number: Decimal) -> str:
    """A number in digits, without needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(line: Sequence[Token], at: int) -> tuple[str, int] | None:
    """The number that begins there, in digits, and where it ends."""
    read = _whole(line, at)
    if read is None:
        return None
    value, end = read
    value, end = _decimals(line, value, end)
    value, end = _and_a_half(line, value, end)
    if words_at(line, end, "k") and line[end].glued:
        value, end = 1000 * value, end + 1
    if end == at + 1 and is_number(line[at].text):
        return None
    return written(value), end


def _whole(line: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    begin = at
    if words_at(line, at, "a/an", "hundred/thousand/million/billion/trillion"):
        at += 1
    elif words_at(line, at, "half", "a", "million/billion/thousand"):
        return Decimal(_SCALES[line[at + 2].text]) / 2, at + 3
    elif line[at].text == "one" and _points(line, at):
        return None
    total, current, room = Decimal(0), Decimal(0), Decimal(10) ** 15
    """`room`: what comes next must be smaller."""
    while at < len(line) and not (at > begin and line[at].apart):
        word = line[at].text
        if word in _SCALES:
            current = max(current, Decimal(1)) * _SCALES[word]
            room = Decimal(_SCALES[word])
            if word != "hundred":
                total, current = total + current, Decimal(0)
        elif (part := _part(word, first=at == begin)) is not None and part[0] < room:
            current, room = current + part[0], part[1]
        elif word == "and" and at > begin and _goes_on(line, at, room):
            pass
        else:
            break
        at += 1
    return (
        (total + current, at)
        if at > begin and (total + current or line[begin].text in _ONES)
        else ((Decimal(line[begin].text), begin + 1) if is_number(line[begin].text) else None)
    )


def _part(word: str, *, first: bool) -> tuple[Decimal, Decimal] | None:
    """What a word counts, and what may follow it must be smaller than."""
    if word in _TENS:
        return Decimal(_TENS[word]), Decimal(10)
    if word in _ONES:
        return Decimal(_ONES[word]), Decimal(0)
    if first and is_number(word):
        return Decimal(word), Decimal(0)
    return None


def _goes_on(line: Sequence[Token], at: int, room: Decimal) -> bool:
    """Whether `and` joins what follows to a hundred or a thousand."""
    before, after = line[at - 1].text, line[at + 1].text if at + 1 < len(line) else ""
    return before in _SCALES and (after in _TENS or after in _ONES) and room >= Decimal(100)


def _points(line: Sequence[Token], at: int) -> bool:
    """Whether `one` stands for a thing: `the last one`, `one of them`."""
    before = line[at - 1].text if at else ""
    return before in _NO_NUMBER_BEHIND or words_at(line, at + 1, "of")


def _decimals(line: Sequence[Token], value: Decimal, end: int) -> tuple[Decimal, int]:
    """`point one four` behind a number."""
    if not words_at(line, end, "point"):
        return value, end
    digits, at = "", end + 1
    while at < len(line) and not line[at].apart and (digit := _digit(line[at].text)) is not None:
        digits, at = digits + digit, at + 1
    return (Decimal(f"{value:f}.{digits}"), at) if digits and value == int(value) else (value, end)


def _and_a_half(line: Sequence[Token], value: Decimal, end: int) -> tuple[Decimal, int]:
    if words_at(line, end, "and", "a/one", "half/quarter"):
        return value + _HALVES[line[end + 2].text], end + 3
    if words_at(line, end, "and", "three", "quarters"):
        return value + 3 * _HALVES["quarter"], end + 3
    return value, end


def _digit(word: str) -> str | None:
    if word.isdecimal():
        return word
    number = _ONES.get(word)
    return str(number) if number is not None and number < 10 else None


def _digits_one_by_one(line: Sequence[Token], at: int) -> tuple[str, int] | None:
    """`four seven one one`: a code that is said digit by digit."""
    digits, end = "", at
    while end < len(line) and not (end > at and line[end].apart) and line[end].text in _ONES:
        if _ONES[line[end].text] > 9:
            break
        digits, end = digits + str(_ONES[line[end].text]), end + 1
    if end - at < _LEAST_DIGITS or (end < len(line) and line[end].text in _SCALES):
        return None
    return digits, end


def _ordinal(line: Sequence[Token], at: int) -> tuple[str, int] | None:
    """`twenty fifth`, and `third` beside a month; alone it may be a unit, or a place in a row."""
    tens = _TENS.get(line[at].text)
    if tens and at + 1 < len(line) and 0 < _ORDINALS.get(line[at + 1].text, 10) < 10:
        return _nth(tens + _ORDINALS[line[at + 1].text]), at + 2
    number = _ORDINALS.get(line[at].text)
    if number is None:
        return None
    behind = line[at - 1].text if at else ""
    if behind == "the" and at > 1:
        behind = line[at - 2].text
    months = behind in MONTHS or words_at(line, at + 1, "/".join(MONTHS))
    return (_nth(number), at + 1) if months or words_at(line, at + 1, "of", "/".join(MONTHS)) else None


def _nth(number: int) -> str:
    ending = "th" if number % 100 in range(11, 14) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _dozen(line: Sequence[Token], at: int) -> tuple[str, int] | None:
    if words_at(line, at, "half", "a", "dozen"):
        return "6", at + 3
    if words_at(line, at, "a", "dozen"):
        return "12", at + 2
    if words_at(line, at, "a", "couple", "of"):
        return "2", at + 3
    if words_at(line, at + 1, "dozen"):
        number = _ONES.get(line[at].text) or (line[at].text.isdecimal() and int(line[at].text))
        return (str(12 * number), at + 2) if number else None
    return None


def _years(line: list[Token]) -> list[Token]:
    """`19 90` as the year that it is."""
    found: list[Token] = []
    for index, token in enumerate(line):
        before = found[-1] if found else None
        if (
            before is not None
            and before.text.isdecimal()
            and int(before.text) in _CENTURIES
            and len(token.text) == 2
            and token.text.isdecimal()
            and int(token.text) >= 10
            and not (token.apart or words_at(line, index + 1, "am/pm/a/p/percent"))
            and not (len(found) > 1 and found[-2].text == "at")
        ):
            found[-1] = joined(before, token, before.text + token.text)
        else:
            found.append(token)
    return found
