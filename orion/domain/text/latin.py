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
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "th",
    "Ð": "Th",
    "þ": "th",
    "Þ": "Th",
    "ı": "i",
    "ħ": "h",
}
_CYRILLIC = (
    "а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts "
    "ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ў=w љ=l њ=n ћ=ch ђ=j џ=j ј=y"
)
_GREEK = (
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
_HEBREW = (
    "א=a ב=v ג=g ד=d ה=h ו=o ז=z ח=ch ט=t י=i כ=k ך=k ל=l מ=m ם=m נ=n ן=n ס=s "
    "ע=a פ=p ף=f צ=ts ץ=ts ק=k ר=r ש=sh ת=t"
)
_ARABIC = (
    "ا=a ب=b ت=t ث=th ج=j ح=h خ=kh د=d ذ=th ر=r ز=z س=s ش=sh ص=s ض=d ط=t ظ=z ع=a غ=gh ف=f ق=q ك=k ل=l م=m "
    "ن=n ه=h و=o ي=i ة=a ى=a ء=a أ=a إ=i آ=a ؤ=o ئ=i"
)
_ALPHABETS = {pair[0]: pair[2:] for table in (_CYRILLIC, _GREEK, _HEBREW, _ARABIC) for pair in table.split()}
_INDIC = re.compile(r"(?:DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA)")
_NAMED = {"CJK": "Chinese"}


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
    plain = "".join(one for one in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(one))
    letter = _letter(sign, plain)
    if letter is not None:
        return before + letter
    kind = unicodedata.category(sign)[0]
    if kind in "SN":
        return f"{before} {_name(sign).lower().replace('-', ' ')} "
    if kind in "PZC":
        return f"{before} " if kind == "Z" else before
    return _syllable(_name(sign), before)


def _letter(sign: str, plain: str) -> str | None:
    """A letter of an alphabet, with or without its accent; None for all others."""
    if sign in _LETTERS:
        return _LETTERS[sign]
    if plain.isascii() and plain.strip():
        return plain
    low = sign.lower() if sign.lower() in _ALPHABETS else plain.lower()
    said = _ALPHABETS.get(low)
    return said.capitalize() if said and sign != sign.lower() else said


def _syllable(name: str, before: str) -> str | None:
    """By the sign's name: HANGUL SYLLABLE AN, HIRAGANA LETTER KO, DEVANAGARI LETTER NA."""
    script, _, sound = name.partition(" ")
    last = sound.rpartition(" ")[2].lower()
    if name.startswith(("HANGUL SYLLABLE", "ETHIOPIC SYLLABLE")):
        return before + last
    if script in {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}:
        return _kana(sound, last, before)
    if _INDIC.match(script):
        return _indic(sound, last, before)
    if script in {"GEORGIAN", "ARMENIAN"} and "LETTER" in sound:
        return before + last[0]
    return before if "MARK" in name else None


def _kana(sound: str, last: str, before: str) -> str:
    if "SMALL" in sound and last.startswith("y"):
        return before.removesuffix("i") + last
    is_long = last == "mark" or sound.startswith("LETTER SMALL TU")
    return before if is_long else before + last


def _indic(sound: str, last: str, before: str) -> str:
    """A consonant holds an "a", which a vowel's sign replaces, and the virama takes away."""
    if "VIRAMA" in sound or "VOWEL SIGN" in sound:
        return before.removesuffix("a") + ("" if "VIRAMA" in sound else last)
    nasal = {"ANUSVARA": "n", "CANDRABINDU": "n", "VISARGA": "h"}.get(sound.removeprefix("SIGN "))
    return before + (last if "LETTER" in sound else nasal or "")


def _name(sign: str) -> str:
    return unicodedata.name(sign, "")
