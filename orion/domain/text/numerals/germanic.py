"""German and Dutch number words: ones come before tens, and a number is written as one word."""

from __future__ import annotations

_DE = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
).split()
_DE_TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_DE_SCALES = (("Million", "Millionen"), ("Milliarde", "Milliarden"), ("Billion", "Billionen"))
_NL = (
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien"
).split()
_NL_TENS = "- - twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_NL_SCALES = ("miljoen", "miljard", "biljoen")
_MOST = 10**15
_NL_ORDINALS = {0: "nulde", 1: "eerste", 3: "derde", 8: "achtste"}


def german(number: int, gender: str = "") -> str:
    """`342` as "dreihundertzweiundvierzig"; one is "eins", before a noun "ein" or "eine"."""
    if number >= _MOST:
        return " ".join(german(int(digit)) for digit in str(number))
    rest, parts = number % 10**6, []
    for at, (one, many) in reversed(list(enumerate(_DE_SCALES, 2))):
        if group := number // 1000**at % 1000:
            parts.append(f"eine {one}" if group == 1 else f"{_german_thousands(group)} {many}")
    if rest or not number:
        last = _german_thousands(rest)
        if rest % 100 == 1:
            last += {"": "s", "f": "e"}.get(gender, "")
        parts.append(last)
    return " ".join(parts)


def _german_thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    said = f"{_german_hundreds(thousands)}tausend" if thousands else ""
    return said + (_german_hundreds(rest) if rest or not thousands else "")


def _german_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = f"{_DE[hundreds]}hundert" if hundreds else ""
    if hundreds and not rest:
        return said
    if rest < 20:
        return said + _DE[rest]
    tens, ones = divmod(rest, 10)
    return said + (f"{_DE[ones]}und" if ones else "") + _DE_TENS[tens]


def german_ordinal(number: int, ending: str = "e") -> str:
    """`30` as "dreißigste"; the ending follows the word before it."""
    irregular = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
    rest = number % 100
    if rest in irregular:
        before = german(number - rest) if number > rest else ""
        return f"{before}{irregular[rest]}{ending}"
    return f"{german(number)}{'t' if 0 < rest < 20 else 'st'}{ending}"


def german_year(number: int) -> str:
    """`1984` as "neunzehnhundertvierundachtzig"."""
    century, rest = divmod(number, 100)
    if 11 <= century <= 19:
        return f"{_DE[century]}hundert" + (german(rest, "" if rest else "m") if rest else "")
    return german(number)


def dutch(number: int, _gender: str = "") -> str:
    """`342` as "driehonderdtweeënveertig"."""
    if number >= _MOST:
        return " ".join(dutch(int(digit)) for digit in str(number))
    parts = []
    for at, name in reversed(list(enumerate(_NL_SCALES, 2))):
        if group := number // 1000**at % 1000:
            parts.append(f"{_dutch_hundreds(group)} {name}")
    thousands, rest = divmod(number % 10**6, 1000)
    if thousands:
        parts.append("duizend" if thousands == 1 else f"{_dutch_hundreds(thousands)}duizend")
    if rest or not number:
        parts.append(_dutch_hundreds(rest))
    return " ".join(parts)


def _dutch_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = f"{_NL[hundreds] if hundreds > 1 else ''}honderd" if hundreds else ""
    if hundreds and not rest:
        return said
    if rest < 20:
        return said + _NL[rest]
    tens, ones = divmod(rest, 10)
    link = "ën" if ones in {2, 3} else "en"
    return said + (f"{_NL[ones]}{link}" if ones else "") + _NL_TENS[tens]


def dutch_ordinal(number: int) -> str:
    """`30` as "dertigste"."""
    rest = number % 100
    if rest in _NL_ORDINALS and number:
        before = dutch(number - rest) if number > rest else ""
        return f"{before}ste" if rest == 0 else f"{before}{_NL_ORDINALS[rest]}"
    return f"{dutch(number)}{'de' if rest < 20 else 'ste'}"


def dutch_year(number: int) -> str:
    """`1984` as "negentienvierentachtig"."""
    century, rest = divmod(number, 100)
    if 11 <= century <= 19:
        return (
            f"{_NL[century]}honderd{'' if not rest else ' ' + _NL[rest]}"
            if rest < 10
            else (f"{_NL[century]} {dutch(rest)}")
        )
    return dutch(number)
