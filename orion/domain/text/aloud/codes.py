"""What is said sign by sign: codes, telephone numbers, addresses of machines, versions, initials.

Numerals of Rome are here, too, for they are told from initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from orion.domain.text.aloud.numbers import Number, in_groups, in_words, spelled
from orion.domain.text.aloud.quantities import is_noun_behind
from orion.domain.text.aloud.tongue import Rule, Tongue

_RUNS = re.compile(r"[^\W\d_]+|\d+|-")
_MOST_CODE = 40
_VOWELS = set("aeiouyäöüáàâéèêíìîóòôúùûAEIOUYÄÖÜÁÀÂÉÈÊÍÌÎÓÒÔÚÙÛ")
_SAID_AS_WORDS = frozenset(
    "ACID AIDS ASEAN ASIC BREXIT CAPTCHA CERN COVID DAX EBITDA EPCOT FEMA FIFA FOMO GIF GUI HIPAA IKEA "
    "INTERPOL ISIS JPEG LASER LEGO LIDAR MIDI MODEM MPEG NAFTA NAS NASA NASDAQ NATO OPEC OSHA PETA PIN "
    "POTUS RADAR RAM ROM SAP SARS SCOTUS SCUBA SIM SOAP SOHO SONAR SQUID SWAT SWOT TED TESOL UEFA UNESCO "
    "UNICEF UNIX WIMAX YOLO ZIP ZOOM".split()
)
_SPELLED = frozenset(
    "AAA AAC ABC AC AD AED AI AKA AMD AOL API ATM AUD BA BBC CAD CEO CEST CFO CIA CNN COO CTO DIY DNA ECB"
    " ECG EDT EEG EKG EOD EQ ER ESPN ETA EU EUR EV FAQ FBI FM GDP HBO HIV IBM ICU ID IDE IMO IO IOU IP "
    "IPO IQ IRS ISBN ISO ISP IV LED MBA MLB NBA NFL NSA OCR OEM OLED OS PDT PhD RNA RSVP SEO SUV TBA UAE "
    "UFO UI UK UN UPS URI URL US USA USB USD USPS USSR UTC UV UX VAT VIP".split()
)
_SPOKEN = {"PhD": "P-H-D", "USA": "U S A", "OK": "okay", "Ok": "okay", "IBAN": "eye-ban"}
_SOUNDS = frozenset("HMM HM SHH PSST MM GRR BRR TSK PFFT NTH CWM ZZZ MR MRS MS DR ST JR SR VS NR TH".split())
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_ROMANS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_PARTS = frozenset(
    "chapter part volume vol book act scene section article phase type class level stage war grade appendix "
    "figure table episode season title tier bowl division group unit version olympiad canto lesson module "
    "step stanza annex schedule cranial factor kapitel teil band akt szene artikel krieg weltkrieg capítulo "
    "parte tomo libro acto escena siglo chapitre partie tome livre acte scène siècle capitolo volume atto "
    "scena secolo hoofdstuk deel boek bedrijf eeuw livro ato cena século guerra guerre".split()
)
_RULERS = frozenset(
    "adrian albert alexander alfonso amenhotep anne benedict boniface carlos catherine charles christian "
    "christina clemens clement constantine cyrus darius david edmund edward elizabeth eugene felipe felix"
    " ferdinand francis frederick friedrich georg george gregory gustav haakon harald harold heinrich "
    "henry innocent isabella ivan james john joseph juan julius karl leo leopold louis ludwig luis "
    "margaret mary napoleon nicholas olav otto paul peter philip pius ptolemy rameses ramses richard "
    "robert rudolf seti sixtus stephen theodosius thutmose tutankhamun urban victoria wilhelm willem "
    "william xerxes".split()
)
_TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 "
    "82 84 86 90 91 92 93 94 95 98".split()
)
"""Country codes of two digits. Source: ITU-T E.164."""
_LINK = r"(?:\s+[\w']{1,15})"


def machines(tongue: Tongue) -> Iterator[Rule]:
    """Rules for addresses of machines and for versions; a date of three parts is none of them."""
    yield Rule(
        re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?(?:/(\d{1,2}))?(?!\w|\.\d)"),
        partial(_machine, tongue),
    )


def rules(tongue: Tongue) -> Iterator[Rule]:
    """Rules for what begins with a digit and is said digit by digit."""
    yield Rule(re.compile(r"\d{1,4}(?:\.\d{1,5}){2,4}(?![\w]|\.\d)"), partial(_version, tongue))
    yield Rule(re.compile(r"\d{1,6}(?:[- /.]\d{1,12}){1,8}(?![\w]|[-/.,:%°]\d)"), partial(_telephone, tongue))
    yield Rule(re.compile(r"\d{3,40}(?![\w%°]|[.,]\d)"), partial(_digits, tongue))


def mixed(tongue: Tongue) -> Iterator[Rule]:
    """The rule for digits among letters: "4K"; a unit or a scale is asked for first."""
    yield _code(tongue)


def lettered(tongue: Tongue) -> Iterator[Rule]:
    """Rules for what begins with a letter and is said sign by sign."""
    yield Rule(
        re.compile(r"[vV](?:ersion\s)?(\d{1,4}(?:\.\d{1,5}){0,4})(?![\w]|\.\d)"),
        partial(_lettered_version, tongue),
    )
    yield _code(tongue)
    if tongue.name == "fr":
        centuries = re.compile(r"([IVX]{1,6})(?:er|e|ème|ᵉ)(?=\s)")
        yield Rule(
            centuries, lambda match: tongue.ordinal(_value(match[1])) if _ROMAN.match(match[1]) else None
        )
    yield Rule(re.compile(r"[IVXLCDM]{1,9}(?=['’]s\b|\W|\Z)"), partial(_roman, tongue))
    yield Rule(re.compile(r"PhD|[A-Z]{2,6}(?P<s>['’]?s)?(?![^\W_])"), _initials)


def sharps(tongue: Tongue) -> Iterator[Rule]:
    """Rules for `C#` and `C++`."""
    yield Rule(re.compile(r"([A-G])[#♯](?!\w)"), lambda match: f"{match[1]} sharp")
    plus = tongue.signs.plus
    yield Rule(re.compile(r"([^\W\d_]{1,12})\+\+(?!\w)"), lambda match: f"{match[1]} {plus} {plus}")


def dialled(tongue: Tongue) -> Rule:
    """The rule for a telephone number that begins with a plus."""
    pattern = r"\+(\d{1,4}(?:[ ./()-]{1,3}\d{1,12}){1,8}|\d{7,15})(?![\w])"
    return Rule(re.compile(pattern), partial(_international, tongue))


def bracketed(tongue: Tongue) -> Rule:
    """The rule for a telephone number that begins with its area in brackets."""
    pattern = r"\((\d{2,5})\)\s?(\d{2,4}(?:[ -]?\d{2,6}){1,3})(?![\w])"
    return Rule(
        re.compile(pattern),
        lambda match: ", ".join(in_groups(group, tongue) for group in re.findall(r"\d+", match[0])),
    )


def letters(signs: Iterable[str]) -> str:
    """Letters and number words in a row; an A is joined to what follows, or it sounds like the article."""
    said = ""
    for sign in signs:
        joint = "-" if said[-2:] in {"A", " A", "-A"} else " "
        said += f"{joint if said else ''}{sign}"
    return said


def initials(word: str) -> str:
    """`USB` as "U-S-B"."""
    return "-".join(word.upper())


def behind_code_word(text: str, start: int, tongue: Tongue, *, near: bool = False) -> bool:
    """Whether the words before a number, or those behind it, call it a code."""
    before = text[max(0, start - 60) : start]
    sentence = re.split(r"[.!?]\s", before)[-1]
    if re.search(rf"\b(?:{tongue.code_words})\b[.:#'’s]*\s*[:#=]?\s*\Z", sentence, re.IGNORECASE):
        return True
    link = rf"\b(?:{tongue.code_words})\b{_LINK}{{0,5}}(?:\s(?:is|was|be|ist|lautet|es|est|è|é)|:)\s*\Z"
    return not near and re.search(link, sentence, re.IGNORECASE) is not None


def _machine(tongue: Tongue, match: re.Match[str]) -> str | None:
    groups = match[1].split(".")
    if any(int(group) > 255 for group in groups):
        return None
    signs = tongue.address_signs
    said = f" {signs['.']} ".join(spelled(group, tongue) for group in groups)
    if match[2]:
        said += f" {signs[':']} {spelled(match[2], tongue)}"
    if match[3]:
        said += f" {signs['/']} {tongue.cardinal(int(match[3]), '')}"
    return said


def _version(tongue: Tongue, match: re.Match[str]) -> str | None:
    groups = match[0].split(".")
    if all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3:
        return None  # a number with its thousands parted
    return _dotted(groups, tongue)


def _lettered_version(tongue: Tongue, match: re.Match[str]) -> str:
    return f"{tongue.version} {_dotted(match[1].split('.'), tongue)}"


def _dotted(groups: list[str], tongue: Tongue) -> str:
    point = tongue.point if tongue.name == "en" else tongue.address_signs["."]
    return f" {point} ".join(_short(group, tongue) for group in groups)


def _short(digits: str, tongue: Tongue) -> str:
    """Digits as a number where it is a short one."""
    if len(digits) > 2 or (len(digits) > 1 and digits[0] == "0"):
        return spelled(digits, tongue)
    return tongue.cardinal(int(digits), "")


def _telephone(tongue: Tongue, match: re.Match[str]) -> str | None:
    """Digits in groups, where the words before them, a leading zero or their number tell a telephone."""
    text, start = match[0], match.start()
    groups = re.findall(r"\d+", text)
    digits, marks = "".join(groups), set(re.findall(r"\D", text))
    if marks <= {"."} and len(groups) < 4 and not text.startswith("0"):
        return None
    if not _is_telephone(groups, digits, marks, match, tongue):
        return None
    coded = behind_code_word(match.string, start, tongue) or _named_code(match, tongue)
    if marks == {" "} and all(group.endswith("0") for group in groups) and not coded:
        return None
    counted = tongue.name != "en" or is_noun_behind(match.string, match.end())
    if marks == {" "} and _is_grouped(groups) and not coded and counted:
        return in_words(Number(digits), tongue)
    return ", ".join(in_groups(group, tongue) for group in groups)


def _is_grouped(groups: list[str]) -> bool:
    return groups[0][0] != "0" and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])


def _is_telephone(
    groups: list[str], digits: str, marks: set[str], match: re.Match[str], tongue: Tongue
) -> bool:
    if _is_grouped(groups) and marks == {" "}:
        return True
    if behind_code_word(match.string, match.start(), tongue) and len(digits) >= 4 and marks != {"."}:
        return True
    mixed = len(marks) > 2 or (len(marks) == 2 and "." in marks)
    if len(digits) < 7 or mixed or (" " in marks and any(len(group) < 2 for group in groups[1:])):
        return False
    is_round = all(group.endswith("0") for group in groups)
    if len(groups) == 2 and groups[0][0] != "0":
        return marks == {"-"} and len(groups[0]) == 3 and len(groups[1]) == 4 and not is_round
    return groups[0][0] == "0" or (marks != {"."} and not is_round)


def _named_code(match: re.Match[str], tongue: Tongue) -> bool:
    behind = match.string[match.end() : match.end() + 50]
    words = rf"\s(?:is|was|as|ist|es|est|è|é)\s(?:\w+\s){{0,3}}(?:{tongue.code_words})\b"
    return re.match(words, behind, re.IGNORECASE) is not None


def _digits(tongue: Tongue, match: re.Match[str]) -> str | None:
    """Digits that the words around them call a code."""
    digits, before = match[0], match.string[max(0, match.start() - 4) : match.start()]
    if len(digits) == 5 and tongue.name == "en" and re.search(r"\b[A-Z]{2}\s\Z", before):
        return in_groups(digits, tongue)  # the postcode of a state
    if len(digits) < 4 and not re.search(
        r"(?:pin|code|password|passcode|dial|call|extension|ext|cvv|cvc)\W*(?:\s\w+)?\s\Z",
        match.string[max(0, match.start() - 30) : match.start()],
        re.IGNORECASE,
    ):
        return None
    if behind_code_word(match.string, match.start(), tongue) or _named_code(match, tongue):
        return in_groups(digits, tongue)
    return None


def _code(tongue: Tongue) -> Rule:
    pattern = r"(?=[A-Za-z-]*\d|\d[\d-]*[A-Za-z])[A-Za-z\d]{1,40}(?:-[A-Za-z\d]{1,40}){0,9}(?![\w])"
    return Rule(re.compile(pattern), partial(_spelled_code, tongue))


def _spelled_code(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`B7K49Q` letter by letter, `COVID-19` and `A4` as a name with its number."""
    text = match[0]
    if len(text) > _MOST_CODE or not (re.search(r"[A-Za-z]", text) and re.search(r"\d", text)):
        return None
    runs = _RUNS.findall(text)
    if "-" in runs and not all(_is_part(part) for part in text.split("-")):
        return None
    numbers = [run for run in runs if run[0].isdecimal()]
    short = len(numbers) == 1 and len(numbers[0]) <= 2 and numbers[0][0] != "0"
    said: list[str] = []
    for run in runs:
        if run == "-":
            if len(runs) > 3 and said:
                said[-1] += ","
        elif run[0].isdecimal():
            said.append(tongue.cardinal(int(run), "") if short else spelled(run, tongue))
        elif _is_word(run):
            said.append(run)
        else:
            said += run.upper()
    return letters(said)


def _is_part(part: str) -> bool:
    """Whether a part between hyphens is of a code or a name: "USB", "3", "Covid", and not "hour"."""
    return not part.isalpha() or part[0].isupper() or len(part) == 1


def _is_word(run: str) -> bool:
    if len(run) < 3:
        return False
    if run.isupper():
        return run in _SAID_AS_WORDS or (len(run) > 4 and bool(_VOWELS & set(run)))
    return bool(_VOWELS & set(run)) or len(run) > 5


def _international(tongue: Tongue, match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[1])
    if len(groups) == 1:
        cut = _country(groups[0])
        groups = [groups[0][:cut], groups[0][cut:]]
    return f"{tongue.signs.plus} " + ", ".join(in_groups(group, tongue) for group in groups)


def _country(digits: str) -> int:
    """How many digits of an international number are its country's."""
    return 1 if digits[0] in "17" else 2 if digits[:2] in _TWO_DIGITS else 3


def _roman(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`Henry IV` is "the Fourth", `chapter IV` is "four"; without a name before it, nothing is clear."""
    text = match[0]
    before = re.search(r"([^\W\d_]+)\.?\s\Z", match.string[max(0, match.start() - 30) : match.start()])
    if before is None or not _ROMAN.match(text):
        return None
    word, behind = before[1], match.string[match.end() :][:3]
    ends = re.match(r"[.,;:!?)'’]|\s*\Z|\s[^\W\d_a-z]|\sof", behind) is not None
    value = _value(text)
    if word.lower() in _PARTS:
        return tongue.cardinal(value, "") if len(text) > 1 or text in "VX" or ends else None
    if not word[0].isupper() or word.isupper() or set(text) - set("IVX"):
        return None
    if word.lower() in _RULERS and (len(text) > 1 or ends):
        if tongue.name in {"en", "de"}:
            return f"{'the' if tongue.name == 'en' else 'der'} {tongue.ordinal(value).title()}"
        return tongue.cardinal(value, "")
    return tongue.cardinal(value, "") if len(text) > 1 and len(word) > 3 and value < 40 else None


def _value(text: str) -> int:
    """What a numeral of Rome comes to: a smaller sign before a larger one is taken from it."""
    return sum(
        -_ROMANS[one] if _ROMANS[one] < _ROMANS.get(two, 0) else _ROMANS[one]
        for one, two in zip(text, f"{text[1:]} ", strict=True)
    )


def _initials(match: re.Match[str]) -> str | None:
    """`USB` letter by letter; what has vowels is a word, unless it is known to be spelled."""
    text = match[0].removesuffix(match["s"]) if match["s"] else match[0]
    if text in _SPOKEN:
        return _SPOKEN[text] + ("'s" if match["s"] else "")
    if text in _SAID_AS_WORDS or text in _SOUNDS:
        return None
    if _is_shouted(match) or (text not in _SPELLED and _VOWELS & set(text)):
        return None
    return initials(text) + ("'s" if match["s"] else "")


def _is_shouted(match: re.Match[str]) -> bool:
    text = match.string[:200]
    return text.isupper() and sum(map(str.isalpha, text)) > 12
