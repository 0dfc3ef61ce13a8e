"""Where a mark ends no sentence: numbers of a list, dates, titles, decimals; and what closes a quotation.

Pipecat's own cutter (sentencex) knows the most; this holds what it misses.
"""

from __future__ import annotations

import re

_CLOSING = "\"'”’»›)]』」）】》〉*_"
_OPENING = set("\"'“„‘‚«‹»([¿¡「『（【《〈*_")
_ITEM = re.compile(r"(?:^|\n|[:;]\s)\s*\d{1,3}[.)]\Z")
_NUMBER = re.compile(r"(?<![\w.,])(?P<number>\d{1,3})\.\Z")
_WIDE_DECIMAL = re.compile(r"[\d０-９][．。｡]\Z")
_WORD = re.compile(r"(?<![^\W_])([^\W\d_][\w.-]*)\.\Z")
_COUNTED = {
    "de": "januar jänner februar märz april mai juni juli august september oktober november dezember "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag stock stockwerk etage klasse "
    "platz mal jahrhundert quartal advent tag woche monat jahr kapitel versuch reihe spieltag runde person "
    "teil schritt punkt auflage bezirk weltkrieg lebensjahr",
}
"""What an ordinal is written before, as "3. Oktober", in the languages that write it with a dot."""
_BEFORE_ORDINAL = {
    "de": re.compile(
        r"\b(?:am|im|beim|vom|zum|zur|ab|bis|dem|den|der|die|das|des|jede[rnsm]?|diese[rnsm]?|"
        r"[mds]?eine?[nmrs]?|ihre?[nmrs]?|unsere?[nmrs]?|[a-zß]+tag,?)(?:\s+den)?\s+\d{1,2}\.\Z",
        re.IGNORECASE,
    ),
}
_TITLES = {
    "en": "mr mrs ms dr prof st mt rev hon gen col capt lt sgt gov sen rep e.g i.e vs",
    "de": "hr fr frl dr prof dipl ing st z.b d.h",
    "es": "sr sra srta sres d dña dr dra prof profa ud uds lic ing gral p.ej",
    "fr": "m mm mme mmes mlle mlles dr pr me mgr st ste p.ex c.-à-d",
    "it": "sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa avv ing arch geom p.es",
    "nl": "dhr mevr mej dr drs ir ing mr prof bijv d.w.z",
    "pt": "sr sra srta srs dr dra prof profa eng d p.ex",
}
"""Behind these a name or a clause follows, whatever it begins with."""
_BEFORE_NUMBERS = frozenset(
    "no nos nr nrs n núm num nº vol vols fig figs p pp pag pág págs seite art arts abs sec cap kap ch chap "
    "tel tél ext room apt approx ca circa c av avda blz hst par".split()
)
_SHORT = frozenset(
    "lb lbs oz "
    "etc usw enz ecc bzw evtl ggf inkl zzgl mio mrd min max std sog vgl geb jh bspw u.a o.ä z.t o.a t.a.v "
    "i.p.v m.n bv bijv est inc ltd co dept jr sr av bd env ex lda ltda av r jan feb mrt mar apr jun jul aug "
    "sep sept set okt oct out nov dec dez dic déc janv févr avr juil août".split()
)
"""Behind these the sentence goes on, unless a capital follows."""


def goes_on(before: str, behind: str, language: str) -> bool | None:
    """Whether a sentence that seems to end with `before` goes on with `behind`.

    Args:
        before: The text up to its mark.
        behind: What is known of the text that follows.
        language: The first subtag, like `de`.

    Returns:
        None: the next word has to be known whole.
    """
    ended, follows = before.rstrip(), behind.lstrip()
    if _ITEM.search(ended) or (_WIDE_DECIMAL.search(ended) and behind[:1].isdigit()):
        return True
    if (ended.endswith(".") and behind[:1] in set("ºª-")) or (ended.endswith("!") and behind[:1] == "="):
        return True
    if number := _NUMBER.search(ended):
        if _counts_on(ended, int(number["number"])) or follows[:1].islower():
            return True
        return _is_ordinal(ended, follows, language)
    word = _WORD.search(ended)
    return word is not None and _is_short(word[1].lower(), follows, language)


def closing(text: str, cut: int) -> int:
    """The cut, behind the marks that close what the sentence opened, before those that open the next.

    `He said “Go.”` and `He said. “Go`.
    """
    while cut < len(text) and text[cut] in _CLOSING:
        cut += 1
    spaced = re.match(r"\s»", text[cut:])  # French puts a space before it
    if spaced and text.count("«", 0, cut) > text.count("»", 0, cut):
        return cut + spaced.end()
    while _opens(before := text[:cut].rstrip()):
        cut = len(before) - 1
    return cut


def _opens(text: str) -> bool:
    """Whether the text ends with a mark that opens a quotation: a space is before it."""
    if text.endswith("»") and text.count("«") >= text.count("»"):
        return False
    return text[-1:] in _OPENING and text[:-1] != text[:-1].rstrip()


def _counts_on(text: str, number: int) -> bool:
    """Whether the number before it stands in the text as an item's, too: "1. Apples 2."."""
    return number > 1 and re.search(rf"(?<![\w.,]){number - 1}[.)]\s", text) is not None


def _is_ordinal(ended: str, follows: str, language: str) -> bool | None:
    before = _BEFORE_ORDINAL.get(language)
    if before is None:
        return False
    if before.search(ended):
        return True
    word = re.match(r"([^\W\d_]+)(.?)", follows, re.DOTALL)
    if word is None:
        return None if not follows else False
    return word[1].lower() in _COUNTED[language].split() if word[2] else None


def _is_short(word: str, follows: str, language: str) -> bool:
    if word in _TITLES.get(language, _TITLES["en"]).split():
        return True
    if follows[:1].isdigit():
        return word in _BEFORE_NUMBERS or word in _SHORT
    return follows[:1].islower() and (word in _SHORT or len(word) == 1)
