"""French, Italian, Portuguese and Spanish number words, with the gender of what is counted."""

from __future__ import annotations

from collections.abc import Callable

_MOST = 10**15
_FR = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf"
).split()
_FR_TENS = "- dix vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
_IT = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove"
).split()
_IT_TENS = "- - venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()
_ES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
).split()
_ES_TENS = "- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS = (
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
_PT = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis "
    "dezassete dezoito dezanove"
).split()
_BRAZIL = {14: "quatorze", 16: "dezesseis", 17: "dezessete", 19: "dezenove"}
_PT_TENS = "- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
_PT_SCALES = ((10**12, "bilião", "biliões"), (10**6, "milhão", "milhões"))
_BRAZIL_SCALES = (
    (10**12, "trilhão", "trilhões"),
    (10**9, "bilhão", "bilhões"),
    (10**6, "milhão", "milhões"),
)
_PT_HUNDREDS = (
    "- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
).split()


def _digits(number: int, said: Callable[[int], str]) -> str:
    return " ".join(said(int(digit)) for digit in str(number))


def french(number: int, gender: str = "", *, decimal_tens: bool = False) -> str:
    """`342` as "trois cent quarante-deux"; in Belgium and Switzerland 70 is "septante"."""
    if number >= _MOST:
        return _digits(number, french)
    parts = []
    for at, name in ((4, "billion"), (3, "milliard"), (2, "million")):
        if group := number // 1000**at % 1000:
            parts.append(f"{_french_hundreds(group, decimal_tens)} {name}{'s' if group > 1 else ''}")
    thousands, rest = divmod(number % 10**6, 1000)
    if thousands:
        said = (
            _french_hundreds(thousands, decimal_tens).removesuffix("s") if thousands > 3 else _FR[thousands]
        )
        if thousands % 10 in {3, 6} or thousands % 100 == 10:
            said = _french_hundreds(thousands, decimal_tens)
        parts.append("mille" if thousands == 1 else f"{said} mille")
    if rest or not number:
        last = _french_hundreds(rest, decimal_tens)
        feminine = gender == "f" and (last == "un" or last.endswith((" un", "-un")))
        parts.append(f"{last}e" if feminine else last)
    return " ".join(parts)


def _french_hundreds(number: int, decimal_tens: bool) -> str:
    hundreds, rest = divmod(number, 100)
    parts = []
    if hundreds:
        parts.append("cent" if hundreds == 1 else f"{_FR[hundreds]} cent{'' if rest else 's'}")
    if rest or not hundreds:
        parts.append(_french_tens(rest, decimal_tens))
    return " ".join(parts)


def _french_tens(number: int, decimal_tens: bool) -> str:
    if number < 20:
        return _FR[number]
    tens, ones = divmod(number, 10)
    if decimal_tens and tens in {7, 9}:
        name = "septante" if tens == 7 else "nonante"
        return name + (" et un" if ones == 1 else f"-{_FR[ones]}" if ones else "")
    if tens in {7, 9}:
        ones += 10
    if tens < 8 and ones in {1, 11}:
        return f"{_FR_TENS[tens]} et {_FR[ones]}"
    if ones:
        return f"{_FR_TENS[tens]}-{_FR[ones]}"
    return f"{_FR_TENS[tens]}{'s' if tens == 8 else ''}"


def french_ordinal(number: int) -> str:
    """`21` as "vingt et unième"."""
    if number == 1:
        return "premier"
    words = french(number).removesuffix("e").removesuffix("s" if number % 100 in {0, 80} else "-")
    if words.endswith("f"):
        words = f"{words[:-1]}v"
    return f"{words}{'u' if words.endswith('cinq') else ''}ième"


_ORDINALS = {
    "es": "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo".split(),
    "it": "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo".split(),
    "pt": "primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo".split(),
}


def marked_ordinal(language: str, number: int, mark: str) -> str | None:
    """`2ª` as "segunda"; None beyond ten, which is said as a cardinal."""
    if not 1 <= number <= 10:
        return None
    word = _ORDINALS[language][number - 1]
    return f"{word[:-1]}a" if mark == "ª" else word


def italian(number: int, gender: str = "") -> str:
    """`342` as "trecentoquarantadue"; one is "un" or "una" before a noun."""
    if number >= _MOST:
        return _digits(number, italian)
    if number == 1 and gender:
        return "una" if gender == "f" else "un"
    parts = []
    for at, one, many in ((4, "bilione", "bilioni"), (3, "miliardo", "miliardi"), (2, "milione", "milioni")):
        if group := number // 1000**at % 1000:
            parts.append(f"un {one}" if group == 1 else f"{_italian_hundreds(group)} {many}")
    thousands, rest = divmod(number % 10**6, 1000)
    last = "" if not thousands else "mille" if thousands == 1 else f"{_italian_hundreds(thousands)}mila"
    if rest or not number:
        last += _italian_hundreds(rest)
    if last.endswith("tre") and last != "tre":
        last = f"{last[:-1]}é"
    return " ".join([*parts, last] if last else parts)


def _italian_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = f"{_IT[hundreds] if hundreds > 1 else ''}cento" if hundreds else ""
    if hundreds and not rest:
        return said
    if rest < 20:
        return said + _IT[rest]
    tens, ones = divmod(rest, 10)
    name = _IT_TENS[tens]
    if tens == 8 and said:
        said = said[:-1]  # centottanta
    if ones in {1, 8}:
        name = name[:-1]
    return said + name + (_IT[ones] if ones else "")


def spanish(number: int, gender: str = "") -> str:
    """`342` as "trescientos cuarenta y dos"; before a noun "veintiún" or "veintiuna"."""
    if number >= _MOST:
        return _digits(number, spanish)
    parts = []
    if trillions := number // 10**12:
        parts.append("un billón" if trillions == 1 else f"{spanish(trillions, 'm')} billones")
    if millions := number % 10**12 // 10**6:
        parts.append("un millón" if millions == 1 else f"{spanish(millions, 'm')} millones")
    thousands, rest = divmod(number % 10**6, 1000)
    if thousands:
        parts.append("mil" if thousands == 1 else f"{_spanish_hundreds(thousands, gender or 'm')} mil")
    if rest or not number:
        parts.append(_spanish_hundreds(rest, gender))
    return " ".join(parts)


def _spanish_hundreds(number: int, gender: str) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cien"
    parts = []
    if hundreds:
        name = _ES_HUNDREDS[hundreds]
        parts.append(f"{name[:-2]}as" if gender == "f" and hundreds > 1 else name)
    if rest or not hundreds:
        tens, ones = divmod(rest, 10)
        last = _ES[rest] if rest < 30 else _ES_TENS[tens] + (f" y {_ES[ones]}" if ones else "")
        if last.endswith("uno") and gender:
            short = "veintiún" if last == "veintiuno" else last[:-1]
            last = f"{last[:-1]}a" if gender == "f" else short
        parts.append(last)
    return " ".join(parts)


def portuguese(number: int, gender: str = "", *, brazil: bool = False) -> str:
    """`342` as "trezentos e quarenta e dois"; before a feminine noun "uma", "duas"."""
    if number >= _MOST:
        return _digits(number, portuguese)
    groups = []
    for unit, one, many in _BRAZIL_SCALES if brazil else _PT_SCALES:
        if group := number // unit % (1000 if brazil else 10**6):
            said = portuguese(group, "m", brazil=brazil)
            groups.append((group, f"{said} {one if group == 1 else many}"))
    thousands, rest = divmod(number % 10**6, 1000)
    if thousands:
        said = _portuguese_hundreds(thousands, gender, brazil)
        groups.append((thousands, "mil" if thousands == 1 else f"{said} mil"))
    if rest or not number:
        groups.append((rest, _portuguese_hundreds(rest, gender, brazil)))
    *before, (last, words) = groups
    link = " e " if last < 100 or last % 100 == 0 else " "
    return " ".join(group for _, group in before) + (link if before else "") + words


def _portuguese_hundreds(number: int, gender: str, brazil: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cem"
    parts = []
    if hundreds:
        name = _PT_HUNDREDS[hundreds]
        parts.append(f"{name[:-2]}as" if gender == "f" and hundreds > 1 else name)
    if rest or not hundreds:
        tens, ones = divmod(rest, 10)
        feminine = {1: "uma", 2: "duas"} if gender == "f" else {}
        if rest < 20:
            parts.append((brazil and _BRAZIL.get(rest)) or feminine.get(rest, _PT[rest]))
        else:
            parts.append(_PT_TENS[tens] + (f" e {feminine.get(ones, _PT[ones])}" if ones else ""))
    return " e ".join(parts)
