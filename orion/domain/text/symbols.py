"""How signs are said, by language: currencies, fractions, arithmetic, degrees, powers.

A rule takes a part of a text and tells what is said for it. Earlier rules come first. To teach a language,
add its words to `LANGUAGES`; to teach a new kind of part (dates, units), add a rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from orion.domain.text.vocabulary import LANGUAGES, Vocabulary

Said = Callable[[re.Match[str]], str]

_GAP = "[\u00a0\u2009\u202f]"
"""Spaces that do not break a line: they stand in and behind numbers."""
_GROUPED = r"\d{1,3}(?: \d{3})+(?!\d)"
"""Digits grouped by plain spaces, as many write "1 000 €"; without a sign they may be several numbers."""
_NUMBER = rf"\d+(?:(?:[.,'’]|{_GAP}(?=\d{{3}}))\d+)*"
_SCALE = r"(?:\s(?P<scale>[^\W\d_]{1,10}(?:ill|ili)[^\W\d_]{1,10}|thousand|tausend|mil(?:le|a)?|duizend)\b)?"
_SIGNS = "€£¥$₹₩₽₺₪¢"
_FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_UNITS = {"mm", "cm", "dm", "km", "ft", "in", "yd", "mi"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A part of a text, and how it is said."""

    pattern: re.Pattern[str]
    said: Said


@cache
def rules(language: str) -> tuple[Rule, ...]:
    """The rules for a language like `en` or `pt-BR`; `auto` counts as English, an unknown one has none."""
    primary = re.split("[-_]", language.lower())[0]
    words = LANGUAGES.get("en" if primary in {"auto", ""} else primary)
    if words is None:
        return ()
    made = (*_money(words), *_numbers(words), *_arithmetic(words), *_marks(words))
    return tuple(Rule(re.compile(pattern), said) for pattern, said in made)


def _money(words: Vocabulary) -> tuple[tuple[str, Said], ...]:
    minus = "(?P<minus>[-−])?"
    amount = rf"(?P<number>{_GROUPED}|{_NUMBER}){_SCALE}"
    said = partial(_amount, words)
    return (
        (rf"(?<![\w.,]){minus}(?P<sign>[{_SIGNS}])\s?{amount}", said),
        (rf"(?<![\w.,]){minus}{amount}\s?(?P<sign>[{_SIGNS}])(?!\d)", said),
        (rf"[{_SIGNS}]", lambda match: words.currencies[match[0]][1]),
    )


def _amount(words: Vocabulary, match: re.Match[str]) -> str:
    """An amount of money; two digits behind the last mark are hundredths: "20 euros and 50 cents"."""
    number, cents = _plain(match["number"]), ""
    one, many = words.currencies[match["sign"]]
    if parts := re.fullmatch(r"(.*)[.,](\d\d)", number) if not match["scale"] else None:
        number, cents = parts.groups()
    name = one if number == "1" and not match["scale"] else many
    scale = f"{match['scale']} {words.of_scale}".strip() if match["scale"] else ""
    found = [words.minus if match["minus"] else "", number, scale, name]
    if cents.strip("0"):
        found += [words.and_cents, cents.lstrip("0"), words.hundredths.get(match["sign"], "")]
    return " ".join(filter(None, found))


def _numbers(words: Vocabulary) -> tuple[tuple[str, Said], ...]:
    return (
        (rf"(?<=\d)\s?[{_FRACTIONS}]", lambda match: _fraction(words, match[0].strip(), after_number=True)),
        (rf"[{_FRACTIONS}]", lambda match: _fraction(words, match[0])),
        (rf"\d{{1,3}}(?:(?:{_GAP}|['’])\d{{3}})+(?!\d)", lambda match: _plain(match[0])),
        (r"(?:№|N[º°]|#)\s?(?=\d)", lambda _: words.number),
        (r"(?<=\d)\s?(?:[°º]\s?C\b|℃)|(?:°\s?C\b|℃)", lambda _: words.celsius),
        (r"(?<=\d)\s?(?:[°º]\s?F\b|℉)|(?:°\s?F\b|℉)", lambda _: words.fahrenheit),
        (r"(?<=\b1)\s?°", lambda _: words.degree[0]),
        (r"°", lambda _: words.degree[1]),
        (r"(?<=\d)\s?%|%", lambda _: words.percent),
        (r"‰", lambda _: words.per_mille),
    )


def _fraction(words: Vocabulary, sign: str, *, after_number: bool = False) -> str:
    if after_number and sign in words.and_fractions:
        return words.and_fractions[sign]
    found = words.fractions.get(sign)
    if found is None:
        above, _, below = unicodedata.normalize("NFKC", sign).partition("⁄")
        one, many = words.parts[int(below)]
        found = f"{above} {one if above == '1' else many}"
    return f"{words.and_} {found}" if after_number else found


def _arithmetic(words: Vocabulary) -> tuple[tuple[str, Said], ...]:
    sum_follows = r"(?=[\d.,]+(?:\s*[-–−+×*·÷/]\s*[\d.,]+)*\s*=)"
    return (
        (r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", partial(_power, words)),
        (r"[₀₁₂₃₄₅₆₇₈₉]+", lambda match: match[0].translate(_POWERS)),
        (
            rf"−|(?<![\w.,)\]%-])[-–](?=\d)|(?<=\d)\s[-–]\s{sum_follows}|(?<==)\s[-–](?=\d)",
            lambda _: words.minus,
        ),
        (rf"(?<=[\d%{_SIGNS}])\s?–\s?(?=[\d{_SIGNS}])", lambda _: words.up_to),
        (r"×|(?<=\d)\s?[*·⋅∙]\s?(?=\d)", lambda _: words.times),
        (r"÷|(?<=\d)\s/\s(?=\d)", lambda _: words.divided_by),
        (r"±|\+/[-−]", lambda _: words.plus_minus),
        (r"(?<![\w+])\+(?=\s?\d)|(?<=\d)\s?\+(?=[\s\d])|(?<=\s)\+(?=\s)", lambda _: words.plus),
        (r"(?<![=<>!])=(?![=<>])", lambda _: words.equals),
        (r"≈|(?<!\S)~(?=\d)", lambda _: words.about),
        (r"≠", lambda _: words.unequal),
        (r"≤", lambda _: words.at_most),
        (r"≥", lambda _: words.at_least),
        (r"(?<=\s)<(?=\s)|<(?=\d)", lambda _: words.less),
        (r"(?<=\s)>(?=\s)|(?<=[\s\w])>(?=\d)", lambda _: words.more),
        (r"√", lambda _: words.root),
        (r"∞", lambda _: words.infinity),
    )


def _power(words: Vocabulary, match: re.Match[str]) -> str:
    """A raised number: a power of a number, a name or a unit; behind another word the number of a note."""
    power = match[0].translate(_POWERS)
    base = re.search(r"[^\W_]*\)?\Z", match.string[: match.start()].rpartition(" ")[2])
    stands_on = base[0] if base else ""
    letters = stands_on.strip("0123456789)")
    if len(letters) > 1 and letters not in _UNITS:
        return power
    if power in {"2", "3"}:
        return words.squared if power == "2" else words.cubed
    return f"{words.power} {power.replace('⁻', f'{words.minus} ').replace('⁺', '')}"


def _marks(words: Vocabulary) -> tuple[tuple[str, Said], ...]:
    return (
        (r"&", lambda _: words.and_),
        (r"§+", lambda _: words.section),
        (r"(?<=[\w.])@(?=\w)", lambda _: words.at),
        ("[©®™•‣]", lambda _: ""),
    )


def _plain(number: str) -> str:
    """A number without what only groups its digits."""
    return re.sub(rf"{_GAP}|['’ ]", "", number)
