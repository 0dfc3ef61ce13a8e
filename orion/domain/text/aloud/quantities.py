"""Numbers with what stands behind or before them: money, units, fractions, ranges; and bare numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from orion.domain.text.aloud.numbers import GAP, Number, in_groups, in_words, parsed, pattern, spelled
from orion.domain.text.aloud.tongue import Money, Rule, Tongue

CURRENCY_SIGNS = "€£¥$₹₩₽₺₪¢"
_SPACE = f"[ {GAP}]?"
_NO_GAP_UNITS = frozenset({"A", "C", "F", "B", "M", "T", "N", "J", "K", "d", "º"})
"""Units that are letters of codes and seats where no space parts them from the number."""
_WORDS_BEHIND = frozenset(
    "and or to of in on at by for from with is are was were has have had will would can could should may "
    "might the a an this that these those it he she they we you i but so if as than then when while because"
    " since until before after over under per plus minus times et ou de du des en à au aux le la les un une"
    " par pour und oder bis von im am um mit für der die das den ist war hat y o e a el los las del con por"
    " para es fue il lo gli i di da con per tra ed è of en het op te van voor met is was que do da dos das "
    "no na os as um uma em com".split()
)
"""Behind a number these begin something else: no noun that it counts."""
_WORDS = frozenset(
    "min min. mins mins. sec sec. secs hrs hrs. wks mos yrs yrs. gal gal. atm bar cal pt in. mi. ft. yd. "
    "tsp. hr. yr. psi".split()
)
"""Units that are other words or abbreviations where no number stands before them."""
_ARTICLE = re.compile(r"(?<!\w)(?:an?|per)\s\Z", re.IGNORECASE)
_ABOUT = re.compile(r"(?:\b(?:about|approximately|approx\.?|around|roughly|nearly|almost)\s|[~≈]\s?)\Z")
_HUNDREDTHS = 2
_PLAIN_SCALES = frozenset({"thousand", "hundred", "dozen", "mil", "mille", "mila", "tausend", "duizend"})


def rules(tongue: Tongue) -> Iterator[Rule]:
    """Rules for what begins with a digit, the narrow ones first."""
    number = pattern(tongue)
    scale = "|".join(sorted(map(re.escape, tongue.scales), key=len, reverse=True))
    codes = "|".join(sorted(filter(str.isalpha, tongue.money), key=len, reverse=True))
    names = "|".join(map(re.escape, sorted(tongue.money, key=len, reverse=True)))
    amount = rf"(?P<number>{_even(tongue)}{number}|\d{{1,15}}[.,]\d\d(?!\d))"
    amount += rf"(?:{_SPACE}(?P<scale>{scale})(?![\w]))?"
    until = rf"(?:\s?[-–—]\s?(?P<until>{number}))?"
    if tongue.name == "en":
        yield Rule(re.compile(r"(\d{1,3})['’′]\s?(\d{1,2})[\"”″]"), partial(_feet, tongue))
        yield Rule(re.compile(r"(\d{1,6})[\"”″](?![\w])"), partial(_inches, tongue))
    money = rf"{amount}{until}{_SPACE}(?P<sign>{names})(?![\w$])(?P<per>/[a-z]+)?"
    yield Rule(re.compile(money), partial(_money, tongue))
    if tongue.name != "en":
        yield Rule(re.compile(rf"{number}{_SPACE}(?:{codes})\b"), partial(_money, tongue))
    yield Rule(re.compile(r"(?:(\d{1,6})\s)?(\d{1,4})/(\d{1,4})(?![\d/]|[.,]\d)"), partial(_fraction, tongue))
    yield Rule(re.compile(rf"({number})\s?[x×]\s?(?=\d)"), partial(_by, tongue))
    yield Rule(re.compile(r"(\d{1,15})[x×](?=\s|[.,;:!?)]|\Z)"), partial(_times, tongue))
    yield Rule(re.compile(r"(\d{1,15}(?:[.,]\d{1,15})?)[eE]([+-]?\d{1,3})(?![\w.])"), partial(_power, tongue))
    unit = "|".join(sorted(map(re.escape, tongue.units), key=len, reverse=True))
    yield Rule(
        re.compile(
            rf"(?P<number>{number}){until}(?P<gap>{_SPACE})(?P<unit>{unit})(?![\w°])"
            r"(?P<per>/[^\W\d_]{1,12}(?!\w))?"
        ),
        partial(_unit, tongue),
    )
    yield Rule(
        re.compile(rf"(?P<number>{number})(?P<gap>{_SPACE})(?P<scale>{scale})(?!\w)"),
        partial(_scaled, tongue),
    )


def prefixed(tongue: Tongue) -> Iterator[Rule]:
    """Rules for an amount whose currency stands before it."""
    number = pattern(tongue)
    scale = "|".join(sorted(map(re.escape, tongue.scales), key=len, reverse=True))
    names = "|".join(map(re.escape, sorted(tongue.money, key=len, reverse=True)))
    minus = r"(?P<minus>[-−–])?"
    yield Rule(
        re.compile(
            rf"{minus}(?P<sign>{names}){_SPACE}(?P<minus2>[-−])?"
            rf"(?P<number>\d{{1,15}}[.,]\d\d(?![\d.,]\d|\d)|{_even(tongue)}{number}|[.,]\d\d?(?!\d))"
            rf"(?:{_SPACE}(?P<scale>{scale})(?!\w))?"
            rf"(?:\s?[-–—]\s?(?:{names})?(?P<until>{number})(?:{_SPACE}(?P<scale2>{scale})(?!\w))?)?"
            r"(?P<per>/[a-z]{1,12}(?!\w))?"
        ),
        partial(_money, tongue),
    )


def alone(tongue: Tongue) -> Iterator[Rule]:
    """Rules for a currency's code or a unit that stands alone: "the price in EUR", "per kWh"."""
    codes = "|".join(sorted((sign for sign in tongue.money if len(sign) == 3 and sign.isalpha()), key=len))
    yield Rule(re.compile(rf"(?:{codes})(?!\w)"), lambda match: tongue.money[match[0]].name.many)
    unit = "|".join(sorted(map(re.escape, _clear_units(tongue)), key=len, reverse=True))
    yield Rule(re.compile(rf"(?:{unit})(?!\w)"), lambda match: _alone(tongue, match))


def plain_units(tongue: Tongue) -> frozenset[str]:
    """Units that look like plain words: "mph"."""
    return frozenset(unit for unit in _clear_units(tongue) if unit.isalpha() and unit.islower())


def _clear_units(tongue: Tongue) -> list[str]:
    """Units that are nothing else where no number stands before them."""
    return [
        sign
        for sign, unit in tongue.units.items()
        if len(sign) > 2 and sign not in _WORDS and sign[0] not in "°º" and sign != unit.one
    ]


def _even(tongue: Tongue) -> str:
    """`5,-` is an amount without cents."""
    return r"\d{1,9},[-–]{1,2}|" if tongue.decimal == "," else ""


def bare(tongue: Tongue) -> Rule:
    """The rule for a number that no other rule takes."""
    return Rule(re.compile(pattern(tongue)), lambda match: _bare(tongue, match))


def amount_in_words(
    tongue: Tongue, number: Number, scale: str | None, money: Money, *, noun: bool = False
) -> str:
    """An amount of money: "eighteen dollars and fifty cents", "one point two million euros"."""
    is_exact = len(number.part) == _HUNDREDTHS and not scale
    if not is_exact or money.cent is None:
        part = number.part if number.part.strip("0") else ""
        number = Number(number.whole, part)
        multiple = _multiple(tongue, number, scale) if scale else ""
        one = number.is_one and not scale
        name = money.name.one if one or noun else money.name.many
        if multiple and "il" in multiple.lower() and multiple not in _PLAIN_SCALES and tongue.signs.of_scale:
            name = _of(tongue.signs.of_scale, name, tongue)
        said = _scale_words(tongue, number, scale) if scale else in_words(number, tongue, money.name.gender)
        return " ".join(filter(None, (said, multiple, name)))
    cents = int(number.part)
    cent_name = money.cent.one if cents == 1 or noun else money.cent.many
    cents_said = f"{tongue.cardinal(cents, money.cent.gender)} {cent_name}" if cents else ""
    if cents and not number.whole.strip("0"):
        return cents_said
    if cents and not tongue.cents_named:
        cents_said = tongue.cardinal(cents, "")
    name = money.name.one if number.is_one or noun or number.whole == "1" else money.name.many
    whole = f"{in_words(Number(number.whole), tongue, money.name.gender)} {name}"
    return " ".join(filter(None, (whole, tongue.signs.and_cents if cents else "", cents_said)))


_PLACE = re.compile(
    r"\b(?:seat|gate|room|row|bus|tram|train|flight|flat|apartment|apt|unit|suite|platform|exit|section|block"
    r"|house|number|no|line|route|track|desk|door|stand|level|floor|class|building|bay|slot|aisle)s?\.?"
    r"(?: (?:is|was|are|at|in|from|to|and|or)| \d+[A-Z]?,?(?: and| or| to)?)*:? \Z",
    re.IGNORECASE,
)
"""What stands before a number that tells where something is."""


def is_noun_behind(text: str, end: int) -> bool:
    """Whether a word follows that a number may count."""
    word = re.match(rf"[ {GAP}]([^\W\d_]+)", text[end : end + 40])
    return word is not None and word[1].islower() and word[1] not in _WORDS_BEHIND


def _multiple(tongue: Tongue, number: Number, scale: str) -> str:
    """The word that multiplies a number: "million", "Millionen"."""
    unit = tongue.scales[scale]
    below_two = tongue.name == "fr" and number.whole in {"0", "1"}
    return unit.one if number.is_one or below_two else unit.many


def _scale_words(tongue: Tongue, number: Number, scale: str) -> str:
    """The number before such a word; a thousand has none before it in most languages."""
    is_thousand = tongue.scales[scale].one in _PLAIN_SCALES and tongue.name != "en"
    return "" if is_thousand and number.is_one else in_words(number, tongue, tongue.scales[scale].gender)


def _of(of: str, name: str, tongue: Tongue) -> str:
    return f"d'{name}" if tongue.name == "fr" and name[0] in "aeiouéy" else f"{of} {name}"


def _is_adjective(match: re.Match[str]) -> bool:
    """Whether the amount describes what follows: "a five kilometer run"."""
    text = match.string
    return bool(_ARTICLE.search(text[max(0, match.start() - 6) : match.start()])) and is_noun_behind(
        text, match.end()
    )


def _money(tongue: Tongue, match: re.Match[str]) -> str | None:
    found = match.groupdict()
    money = tongue.money[found["sign"]]
    noun = tongue.name == "en" and _is_adjective(match)
    number = _amount(found["number"], tongue)
    scale = found.get("scale")
    minus = f"{tongue.signs.minus} " if found.get("minus") or found.get("minus2") else ""
    behind = _per(tongue, found.get("per"))
    if until := found.get("until"):
        last_scale = found.get("scale2") or scale
        last = amount_in_words(tongue, _amount(until, tongue), last_scale, money)
        first = in_words(number, tongue, money.name.gender if not scale else "")
        if number.part and not scale:
            first = amount_in_words(tongue, number, scale, money)
        elif scale and found.get("scale2"):
            first += f" {_multiple(tongue, number, scale)}"
        return f"{minus}{first} {tongue.signs.up_to} {last}{behind}"
    said = amount_in_words(tongue, number, scale, money, noun=noun)
    return f"{minus}{_once(match, tongue, said)}{behind}"


def _amount(text: str, tongue: Tongue) -> Number:
    """An amount; two digits behind either mark are hundredths."""
    text = re.sub(r",[-–]+\Z", "", text)
    if text[0] in ".,":
        return Number("0", text[1:])
    if re.fullmatch(r"\d+[.,]\d\d", text):
        return Number(text[:-3], text[-2:])
    return parsed(text, tongue)


def _per(tongue: Tongue, unit: str | None) -> str:
    if not unit:
        return ""
    known = tongue.units.get(unit[1:])
    return f" {tongue.per} {known.one if known else unit[1:]}"


def _once(match: re.Match[str], tongue: Tongue, said: str) -> str:
    """Without a second "about"."""
    about = f"{tongue.signs.about} "
    before = match.string[max(0, match.start() - 20) : match.start()]
    return said.removeprefix(about) if said.startswith(about) and _ABOUT.search(before) else said


def _unit(tongue: Tongue, match: re.Match[str]) -> str | None:
    sign, gap = match["unit"], match["gap"]
    if not gap and sign in _NO_GAP_UNITS:
        return None
    unit = tongue.units[sign]
    number = parsed(match["number"], tongue)
    behind = _per(tongue, match["per"])
    said = in_words(number, tongue, unit.gender)
    if match["until"]:
        said += f" {tongue.signs.up_to} {in_words(parsed(match['until'], tongue), tongue, unit.gender)}"
    one = number.is_one and not match["until"]
    name = unit.one if one or (tongue.name == "en" and _is_adjective(match)) else unit.many
    end = "." if sign.endswith(".") and _ends_sentence(match) else ""
    return f"{_once(match, tongue, said)} {name}{behind}{end}"


def _alone(tongue: Tongue, match: re.Match[str]) -> str:
    unit = tongue.units[match[0]]
    before = match.string[max(0, match.start() - 8) : match.start()]
    return (
        unit.one
        if re.search(r"\b(?:per|an?|each|one|pro|par|por|per)\s\Z", before, re.IGNORECASE)
        else unit.many
    )


def _ends_sentence(match: re.Match[str]) -> bool:
    return re.match(r"\s*\Z|\s+[^\W\d_a-z]", match.string[match.end() : match.end() + 5]) is not None


def _scaled(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`10k`, `1.2 million`, `7B`: a single letter stands close to its number."""
    scale, number = match["scale"], match["number"]
    if len(scale) == 1 and (match["gap"] or (scale in "mbK" and (scale != "K" or number in {"4", "5", "8"}))):
        return None
    if scale in {"M", "B", "T"} and len(number) == 1 and not is_noun_behind(match.string, match.end()):
        return None  # a flat, a company
    if tongue.name == "en" and len(scale) == 1 and _is_place(match):
        return None  # a seat, a gate, a house
    if (number, scale, tongue.name) == ("401", "k", "en"):
        return "four oh one K"
    value = parsed(number, tongue)
    return f"{_scale_words(tongue, value, scale)} {_multiple(tongue, value, scale)}".strip()


def _is_place(match: re.Match[str]) -> bool:
    """Whether a number with a letter tells where: `gate 22K`, `your seat is 14B`, `221B Baker Street`."""
    behind = match.string[match.end() : match.end() + 3]
    named = match["scale"] in "MBT" and re.match(r" [A-Z][a-z]", behind) is not None
    return named or _PLACE.search(match.string[max(0, match.start() - 30) : match.start()]) is not None


def _feet(tongue: Tongue, match: re.Match[str]) -> str:
    feet, inches = int(match[1]), int(match[2])
    name = "foot" if feet < 10 else "feet"
    return f"{tongue.cardinal(feet, '')} {name} {tongue.cardinal(inches, '')}"


def _inches(tongue: Tongue, match: re.Match[str]) -> str | None:
    before = match.string[: match.start()]
    if before.count('"') % 2 or before.count("“") > before.count("”"):  # it closes a quotation
        return None
    one = int(match[1]) == 1 or is_noun_behind(match.string, match.end())
    return f"{tongue.cardinal(int(match[1]), '')} inch{'' if one else 'es'}"


def _fraction(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`3/4` by its name, `2 1/2` with "and", any other with a word for the line."""
    whole, above, below = match[1], int(match[2]), int(match[3])
    if match[2].startswith("0") or match[3].startswith("0"):
        return None
    has_name = above < below and (below <= 9 or below in {12, 16, 32})
    named = tongue.fraction(above, below) if has_name else None
    if not whole:
        return named or _over(tongue, above, below)
    if named is None:
        return None
    if tongue.name == "en" and above == 1:
        named = "a half" if below == 2 else f"a {named.split(' ', 1)[1]}"
    return f"{tongue.cardinal(int(whole), '')} {tongue.signs.and_} {named}"


def _over(tongue: Tongue, above: int, below: int) -> str:
    link = "" if (above, below) == (24, 7) else tongue.over
    if tongue.name == "en" and below in {10, 100} and above <= below:
        link = "out of"
    return " ".join(filter(None, (tongue.cardinal(above, ""), link, tongue.cardinal(below, ""))))


def _by(tongue: Tongue, match: re.Match[str]) -> str:
    return f"{in_words(parsed(match[1], tongue), tongue)} {tongue.by} "


def _times(tongue: Tongue, match: re.Match[str]) -> str:
    return f"{tongue.cardinal(int(match[1]), '')} {tongue.signs.times}"


def _power(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`1e6`: a whole number of moderate size as such, any other as a power of ten."""
    number, power = parsed(match[1], tongue), int(match[2])
    digits = number.whole + number.part.ljust(max(0, power), "0")
    if len(number.part) <= power <= 12 and len(digits) <= 15 and number.whole[0] != "0":
        return tongue.cardinal(int(digits), "")
    sign = f"{tongue.signs.minus} " if power < 0 else ""
    ten = tongue.cardinal(10, "")
    said = in_words(number, tongue)
    return f"{said} {tongue.signs.times} {ten} {tongue.signs.power} {sign}{tongue.cardinal(abs(power), '')}"


def _bare(tongue: Tongue, match: re.Match[str]) -> str:
    text = match[0]
    if re.fullmatch(r"0\d+", text):
        return spelled(text, tongue) if len(text) <= 4 else in_groups(text, tongue)
    number = parsed(text, tongue)
    if not number.part and text.isdecimal() and len(text) > 9 and not text.endswith("0" * 6):
        return in_groups(text, tongue)
    return _once(match, tongue, in_words(number, tongue, _gender(tongue, match)))


def _gender(tongue: Tongue, match: re.Match[str]) -> str:
    """The gender of the noun that a number counts, by its ending; nothing where none follows."""
    if not tongue.feminine:
        return ""
    word = re.match(r"\s([^\W\d_]{2,40})", match.string[match.end() : match.end() + 42])
    if word is None or word[1].lower() in _WORDS_BEHIND or (word[1][0].isupper() and tongue.name != "de"):
        return ""
    return "f" if re.search(tongue.feminine, word[1]) else "m"
