"""Any text in ASCII, for a voice that knows English letters only: nothing of it is dropped unsaid.

Letters lose their accents. Alphabets are transliterated, letter by letter or by the syllables that Unicode
names; a script that cannot be read so is named ("something in Chinese"). Signs are said by their names.
Sources: Unicode character names; ISO 9 (Cyrillic) and ISO 843 (Greek), as English readers say them.
"""

from __future__ import annotations

import re
import unicodedata

from orion.domain.text.emoji import EMOJI

_MARKS = str.maketrans("‘’‚‛“”„‟«»‹›–—―‐‑‒…、。・،؛؟।", "''''\"\"\"\"\"\"''------.,.,,;?.")
_LETTERS = {
    **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l"},
    **{"Ł": "L", "đ": "d", "Đ": "D", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h"},
}
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўљњћђџј",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i yi ye g w l n ch j j y".split(" "),
        strict=True,
    )
)
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)
)
_SEMITIC = dict(
    zip(
        "אבגדהוזחטיכךלמםנןסעפףצץקרשתابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ",
        (
            "a v g d h o z ch t i k k l m m n n s a p f ts ts k r sh t "
            "a b t th j h kh d th r z s sh s d t z a gh f q k l m n h o i a a a a i a o i"
        ).split(),
        strict=True,
    )
)
_ALPHABETS = {**_CYRILLIC, **_GREEK, **_SEMITIC}
_INDIC = re.compile(r"(?:DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA)")
_NAMED = {"CJK": "Chinese"}
_WORD = re.compile(r"[^\W_]+(?:[^\w\s]?[\u0300-\u036f\u0900-\u0dff\u0591-\u05c7\u064b-\u0652]*[^\W_]*)*")


def latin(word: str) -> str:
    """One word in ASCII; empty if it holds nothing that is said."""
    plain = EMOJI.sub("", word).translate(_MARKS)
    if plain.isascii():
        return plain
    found = ""
    for part in re.findall(r"[\x00-\x7f]+|[^\x00-\x7f]+", plain):
        found += part if part.isascii() else _foreign(part, alone=part == plain.strip(".,;:!?'\"()-"))
    return " ".join(found.split())


def _foreign(part: str, *, alone: bool) -> str:
    """A run of characters that are not ASCII."""
    if alone and len(part) == 1 and _name(part).startswith("GREEK"):
        return _name(part).rpartition(" ")[2].lower()  # pi, omega: a quantity, not a word
    found, unread = "", ""
    for sign in unicodedata.normalize("NFC", part):
        said = _sign(sign, found)
        if said is None:
            script = _name(sign).split(" ")[0].split("-")[0]
            script = _NAMED.get(script, script.capitalize())
            if script != unread:
                found += f" something in {script} "
            unread = script
        else:
            found = said
            unread = "" if sign.isalnum() else unread
    return found


def _sign(sign: str, before: str) -> str | None:
    """What is said up to and with this sign; None where nobody could read it from a table."""
    if said := _LETTERS.get(sign):
        return before + said
    low = sign.lower()
    if low in _ALPHABETS:
        said = _ALPHABETS[low]
        return before + (said.capitalize() if sign != low else said)
    plain = "".join(one for one in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(one))
    if plain.isascii() and plain.strip():
        return before + plain
    if plain.lower() in _ALPHABETS:  # an accent on a letter of another alphabet
        return before + _ALPHABETS[plain.lower()]
    if unicodedata.category(sign)[0] in "SN":
        return f"{before} {_name(sign).lower().replace('-', ' ')} "
    if unicodedata.category(sign)[0] in "PZC":
        return f"{before} " if unicodedata.category(sign)[0] == "Z" else before
    return _syllable(_name(sign), before)


def _syllable(name: str, before: str) -> str | None:
    """By the sign's name: HANGUL SYLLABLE AN, HIRAGANA LETTER KO, DEVANAGARI LETTER NA."""
    script, _, sound = name.partition(" ")
    last = sound.rpartition(" ")[2].lower()
    if name.startswith(("HANGUL SYLLABLE", "ETHIOPIC SYLLABLE")):
        return before + last
    if script in {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}:
        if "SMALL" in sound and last.startswith("y"):
            return before.removesuffix("i") + last
        return before if last in {"tu", "mark"} and "LETTER TU" not in sound else before + last
    if _INDIC.match(script):
        if "VIRAMA" in sound or "VOWEL SIGN" in sound:
            return before.removesuffix("a") + ("" if "VIRAMA" in sound else last)
        nasal = {"ANUSVARA": "n", "CANDRABINDU": "n", "VISARGA": "h"}.get(sound.removeprefix("SIGN "))
        return before + (last if "LETTER" in sound else nasal or "")
    if script in {"GEORGIAN", "ARMENIAN"} and "LETTER" in sound:
        return before + last[0]
    return before if name and unicodedata.lookup(name) and "MARK" in name else None


def _name(sign: str) -> str:
    return unicodedata.name(sign, "")
