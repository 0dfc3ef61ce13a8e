"""English number words."""

from __future__ import annotations

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = (
    "thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion"
).split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_LONG_SCALE = 1000 ** (len(_SCALES) + 1)


def cardinal(number: int, _gender: str = "") -> str:
    """`342` as "three hundred forty-two"; beyond the named scales digit by digit."""
    if number >= _LONG_SCALE:
        return " ".join(_SMALL[int(digit)] for digit in str(number))
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" {cardinal(rest)}" if rest else "")
    parts: list[str] = []
    for scale in ("", *_SCALES):
        number, group = divmod(number, 1000)
        if group:
            parts.insert(0, f"{cardinal(group)} {scale}".strip())
    return " ".join(parts)


def ordinal(number: int) -> str:
    """`21` as "twenty-first"."""
    words = cardinal(number)
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[cut:]
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return words[:cut] + _ORDINALS.get(last, regular)


def year(number: int) -> str:
    """`1984` as "nineteen eighty-four", `2005` as "two thousand five"."""
    century, rest = divmod(number, 100)
    if not 1100 <= number < 2100 or 2000 <= number < 2010:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def many(words: str) -> str:
    """Several of it: "third" as "thirds", "nineteen ninety" as "nineteen nineties"."""
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}{'es' if words.endswith('x') else 's'}"
