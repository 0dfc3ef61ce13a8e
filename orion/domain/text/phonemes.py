"""Phonemes in IPA, and how the engines write them; pure.

Sources: the IPA's chart for English; misaki's alphabet for Kokoro (https://github.com/hexgrad/misaki,
EN_PHONES.md); espeak-ng's `docs/phonemes.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRESS = {"ˈ": "'", "ˌ": ","}
_TABLE = """
eɪ A eI ay | aɪ I aI igh | ɔɪ Y OI oy | oʊ O oU oh | əʊ O oU oh | aʊ W aU ow | ɪə iə i@ eeuh | eə ɛɹ e@ air
ʊə ʊə U@ oouh | ɜː ɜɹ 3: ur | ɝ ɜɹ 3: ur | ɚ əɹ 3 er | iː i i: ee | uː u u: oo | ɑː ɑ A: ah | ɔː ɔ O: aw
i i i ee | u u u: oo | ɑ ɑ A: ah | ɔ ɔ O: aw | ɒ ɑ 0 o | æ æ a a | a ɑ a ah | ʌ ʌ V uh | ə ə @ uh | ɪ ɪ I i
ʊ ʊ U oo | ɛ ɛ E e | e ɛ E e | o O oU oh | ɜ ɜɹ 3: ur | ɐ ə a# uh | y i y ee | ø ɜɹ Y ur | œ ɜɹ W ur
dʒ ʤ dZ j | tʃ ʧ tS ch | ʤ ʤ dZ j | ʧ ʧ tS ch | θ θ T th | ð ð D th | ʃ ʃ S sh | ʒ ʒ Z zh | ŋ ŋ N ng | ɹ ɹ r r
r ɹ r r | j j j y | x k x kh | ɡ ɡ g g | g ɡ g g | ɫ l l l | ɾ T t# t | ç h C h | ʁ ɹ r r
ɲ nj n^ ny | ʎ lj l^ ly
p p p p | b b b b | t t t t | d d d d | k k k k | f f f f | v v v v | s s s s | z z z z | h h h h | m m m m
n n n n | l l l l | w w w w
"""
"""In IPA, for Kokoro, for espeak-ng, in English letters."""
_VOWELS = frozenset("AIOYWQaeiouyæɑɐɔɒəɛɜɪʊʌøœɚɝ")
_SILENT = ".ː\u0303\u0329\u032f\u0361ʰʲʔ"
"""Signs that English voices have no sound for: length, nasals, joins; a syllable's end."""


@dataclass(frozen=True, slots=True)
class _Sound:
    kokoro: str
    espeak: str
    spelled: str


_SOUNDS = {
    columns[0]: _Sound(*columns[1:])
    for entry in re.split(r"[|\n]", _TABLE.strip())
    if (columns := entry.split())
}
_UNIT = re.compile("|".join(map(re.escape, sorted(_SOUNDS, key=len, reverse=True))) + "|.", re.DOTALL)


def unknown(ipa: str) -> str:
    """The first sign that is no phoneme of English; empty if there is none."""
    known = {*_SOUNDS, *_STRESS, *_SILENT, " "}
    return next((unit for unit in _UNIT.findall(ipa) if unit not in known), "")


def has_vowel(ipa: str) -> bool:
    """Whether it can be said at all."""
    return not _VOWELS.isdisjoint(ipa)


def kokoro(ipa: str) -> str:
    """As Kokoro and hibari were taught: diphthongs are one sign, and stress stands before its vowel."""
    found, stress = "", ""
    for unit in _UNIT.findall(ipa):
        if unit in _STRESS:
            stress = unit
        elif unit == " ":
            found += unit
        elif unit in _SOUNDS:
            is_vowel = not _VOWELS.isdisjoint(unit)
            found += (stress if is_vowel else "") + _SOUNDS[unit].kokoro
            stress = "" if is_vowel else stress
    return found


def espeak(ipa: str) -> str:
    """As espeak-ng writes phonemes between `[[` and `]]`."""
    sounds = (
        _SOUNDS[unit].espeak if unit in _SOUNDS else _STRESS.get(unit, "") for unit in _UNIT.findall(ipa)
    )
    return "".join(sounds)


def spelled(ipa: str) -> str:
    """An English spelling that is read about so: "shi-vawn" for /ʃɪˈvɔːn/."""
    found = ""
    for unit in _UNIT.findall(ipa):
        if unit in _SOUNDS:
            found += _SOUNDS[unit].spelled
        elif unit in {*_STRESS, ".", " "} and found and not found.endswith("-"):
            found += "-"
    return found.strip("-")
