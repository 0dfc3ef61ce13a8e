"""Signs that are said: arithmetic, fractions, powers, degrees, ranges, `&`, `§`, `#`."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from orion.domain.text.aloud.numbers import in_words, parsed, pattern, spelled
from orion.domain.text.aloud.tongue import Rule, Said, Tongue
from orion.domain.text.vocabulary import Vocabulary

_Made = tuple[str, str, str | Said]
"""The signs that a part begins with, its expression, and what is said."""
FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
LOWERED = "₀₁₂₃₄₅₆₇₈₉"
_PLAIN = str.maketrans(RAISED + LOWERED, "0123456789+-0123456789")
_UNITS = {"mm", "cm", "dm", "km", "ft", "in", "yd", "mi"}
_OPERATORS = re.compile(r"[+×*÷^=]|(?:what is|what's|calculate|compute)\b", re.IGNORECASE)


def rules(tongue: Tongue) -> dict[str, list[Rule]]:
    """Rules by the sign that a part begins with."""
    found: dict[str, list[Rule]] = {}
    made = (*_numbers(tongue), *_marks(tongue), *_arithmetic(tongue), *_comparisons(tongue.signs))
    for begins, expression, said in (*made, *_currencies(tongue)):
        rule = Rule(re.compile(expression), _constant(said) if isinstance(said, str) else said)
        for sign in begins:
            found.setdefault(sign, []).append(rule)
    return found


def _constant(said: str) -> Said:
    return lambda _: said


def _currencies(tongue: Tongue) -> tuple[_Made, ...]:
    """A currency's sign without a number."""
    names = ((sign, money.name.many) for sign, money in tongue.money.items() if len(sign) == 1)
    return tuple((sign, re.escape(sign), name) for sign, name in names)


def _numbers(tongue: Tongue) -> tuple[_Made, ...]:
    words, number = tongue.signs, pattern(tongue)
    return (
        (FRACTIONS, ".", partial(_fraction, tongue)),
        (RAISED, f"[{RAISED}]+", partial(_power, tongue)),
        (LOWERED, f"[{LOWERED}]+", lambda match: spelled(match[0].translate(_PLAIN), tongue)),
        ("^", rf"\^\s?\(?([-−]?)({number}|[A-Za-z])\)?", partial(_caret, tongue)),
        ("§", "§+", words.section),
        ("№", r"№\s?", words.number),
        ("#", r"#\s?(?=\d)", words.number),
        ("℃", "℃", words.celsius),
        ("℉", "℉", words.fahrenheit),
        ("°º", r"[°º]\s?C\b", words.celsius),
        ("°º", r"[°º]\s?F\b", words.fahrenheit),
        ("°", "°", words.degree[1]),
        ("%", "%", words.percent),
        ("‰", "‰", words.per_mille),
    )


def _marks(tongue: Tongue) -> tuple[_Made, ...]:
    words = tongue.signs
    return (
        ("-=", r"(?:--?|==?)>", words.up_to),
        ("→", "→", words.up_to),
        ("&", "&", words.and_),
        ("@", r"@(?=\s|\Z|\w)", words.at),
    )


def _arithmetic(tongue: Tongue) -> tuple[_Made, ...]:
    words = tongue.signs
    return (
        ("−", "−", words.minus),
        ("-–—", r"[-–—]", partial(_dash, tongue)),
        ("±", "±", words.plus_minus),
        ("+", r"\+/[-−]", words.plus_minus),
        ("+", r"\+(?=\s?[\d.(]|\s[^\W\d_])", words.plus),
        ("+", r"(?<=\d)\+(?!\w)|(?<=[\w)])\+(?=[\w(])", words.plus),
        ("×", "×", words.times),
        ("*", r"(?<=\d)\*\*(?=\d)", words.power),
        ("*·⋅∙", r"(?:(?<=[\d)])|(?<=[\d)]\s)).\s?(?=[\d(])", words.times),
        ("÷", "÷", words.divided_by),
        ("/", r"(?<=\d\s)/\s?(?=\d)|(?<=\d)/\s(?=\d)", words.divided_by),
        ("/", r"(?<=\w)/(?=[^\W\d_])|(?<=[^\W\d_])/(?=\w)", " "),
        ("/", r"(?<=\d)/(?=\d)", tongue.address_signs["/"]),
        ("=", r"==?=?(?![=>])", words.equals),
        ("√", "√", words.root),
        ("∞", "∞", words.infinity),
    )


def _comparisons(words: Vocabulary) -> tuple[_Made, ...]:
    return (
        ("≈", "≈", words.about),
        ("~", r"~(?=\d)", words.about),
        ("≠", "≠", words.unequal),
        ("!", r"!==?", words.unequal),
        ("≤", "≤", words.at_most),
        ("≥", "≥", words.at_least),
        ("<", r"<=", words.at_most),
        (">", r">=", words.at_least),
        ("<", r"(?<=\s)<(?=\s)|<(?=\s?-?\d)", words.less),
        (">", r"(?<=\s)>(?=\s)|(?<=[\w\s])>(?=\s?-?\d)", words.more),
    )


def _fraction(tongue: Tongue, match: re.Match[str]) -> str:
    """A fraction's sign; behind a whole number it is joined by "and"."""
    sign, words = match[0], tongue.signs
    after_number = re.search(r"\d\s?\Z", match.string[max(0, match.start() - 2) : match.start()]) is not None
    if after_number and sign in words.and_fractions:
        return words.and_fractions[sign]
    found = words.fractions.get(sign)
    if found is None:
        above, _, below = unicodedata.normalize("NFKC", sign).partition("⁄")
        found = tongue.fraction(int(above), int(below)) or ""
    return f"{words.and_} {found}" if after_number else found


def _power(tongue: Tongue, match: re.Match[str]) -> str:
    """A raised number: a power of a number, a name or a unit; behind another word the number of a note."""
    power = match[0].translate(_PLAIN)
    base = re.search(
        r"[^\W_]*\)?\Z", match.string[max(0, match.start() - 40) : match.start()].rpartition(" ")[2]
    )
    stands_on = base[0] if base else ""
    letters = stands_on.strip("0123456789)")
    if len(letters) > 1 and letters not in _UNITS:
        return spelled(re.sub(r"\D", "", power), tongue)
    return _to_the(tongue, power)


def _to_the(tongue: Tongue, power: str) -> str:
    words = tongue.signs
    if power in {"2", "3"}:
        return words.squared if power == "2" else words.cubed
    digits = power.strip("+-")
    if not digits.isdecimal():
        return words.plus if "+" in power else words.minus
    sign = f"{words.minus} " if power.startswith("-") else ""
    return f"{words.power} {sign}{in_words(parsed(digits, tongue), tongue)}"


def _caret(tongue: Tongue, match: re.Match[str]) -> str:
    if match[2].isalpha():
        sign = f"{tongue.signs.minus} " if match[1] else ""
        return f"{tongue.signs.power} {sign}{match[2]}"
    if match[1] or not match[2].isdecimal():
        sign = f"{tongue.signs.minus} " if match[1] else ""
        return f"{tongue.signs.power} {sign}{in_words(parsed(match[2], tongue), tongue)}"
    return _to_the(tongue, match[2])


def _dash(tongue: Tongue, match: re.Match[str]) -> str | None:
    """A minus, or the "to" of a range; any other dash stays one."""
    text, start, end = match.string, match.start(), match.end()
    before, behind = text[max(0, start - 12) : start], text[end : end + 20]
    if not re.match(r"\s?[-−]?[\d.€£$¥]", behind):
        return None
    spaced = before.endswith(" ") and behind.startswith(" ")
    number_before = re.search(r"[\d%°€£$¥)]\s?\Z|\d\s?(?:[ap]\.?m\.?|[^\W\d_]{1,3})\s?\Z", before)
    if number_before is None or (before.endswith(" ") and not spaced):
        return (
            tongue.signs.minus
            if re.match(r"[\d.€£$]", behind) and not re.search(r"[\w.]\Z", before)
            else None
        )
    if re.search(r"(?<![^\W\d_])[^\W\d_]+\Z", before.rstrip()) and not re.search(
        r"\d\s?[^\W_]{1,3}\.?\Z", before.rstrip()
    ):
        return None
    if not spaced and _is_even(text, start):
        return " "
    if match[0] == "-" and spaced and _is_sum(text, start):
        return tongue.signs.minus
    return tongue.signs.up_to


def _is_even(text: str, start: int) -> bool:
    """Whether both numbers are the same: "fifty-fifty"."""
    first = re.search(r"(?<![\w.,])(\d{1,3})\Z", text[max(0, start - 5) : start])
    second = re.match(r".(\d{1,3})(?![\w.,]\d)", text[start : start + 6])
    return first is not None and second is not None and first[1] == second[1]


def _is_sum(text: str, start: int) -> bool:
    near = text[max(0, start - 40) : start + 40]
    if _OPERATORS.search(near):
        return True
    first = re.search(r"(\d{1,9})\s?\Z", text[max(0, start - 10) : start])
    second = re.match(r"-\s?(\d{1,9})\s*(?:[.?!]?\s*\Z)", text[start : start + 20])
    return first is not None and second is not None and int(first[1]) >= int(second[1])
