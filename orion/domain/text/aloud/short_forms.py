"""Abbreviations: `e.g.`, `Dr. Smith`, `St. John St.`; those of English depend on what is beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orion.domain.text.aloud.tongue import Rule, Tongue

_TITLES = {
    "mr": "Mister",
    "mrs": "Missus",
    "ms": "Miz",
    "dr": "Doctor",
    "prof": "Professor",
    "rev": "Reverend",
    "hon": "Honorable",
    "gen": "General",
    "col": "Colonel",
    "capt": "Captain",
    "lt": "Lieutenant",
    "sgt": "Sergeant",
    "gov": "Governor",
    "sen": "Senator",
    "rep": "Representative",
    "pres": "President",
    "mt": "Mount",
    "ft": "Fort",
    "st": "Saint",
}
"""Before a name; without their dot, those of `_DOTLESS`."""
_DOTLESS = frozenset({"mr", "mrs", "ms", "dr", "prof", "mt", "st"})
_ROADS = {
    "st": "Street",
    "ave": "Avenue",
    "blvd": "Boulevard",
    "rd": "Road",
    "dr": "Drive",
    "ln": "Lane",
    "hwy": "Highway",
    "sq": "Square",
    "pl": "Place",
    "ct": "Court",
    "pkwy": "Parkway",
}
"""Behind a name."""
_ALWAYS = {
    "e.g": "for example",
    "eg": "for example",
    "i.e": "that is",
    "ie": "that is",
    "etc": "et cetera",
    "vs": "versus",
    "cf": "compare",
    "viz": "namely",
    "approx": "approximately",
    "dept": "department",
    "est": "estimated",
    "incl": "including",
    "excl": "excluding",
    "misc": "miscellaneous",
    "avg": "average",
    "temp": "temperature",
    "appt": "appointment",
    "apt": "apartment",
    "tel": "telephone",
    "ext": "extension",
    "fig": "figure",
    "figs": "figures",
    "vol": "volume",
    "vols": "volumes",
    "ch": "chapter",
    "pp": "pages",
    "jr": "Junior",
    "sr": "Senior",
    "inc": "Incorporated",
    "ltd": "Limited",
    "corp": "Corporation",
    "bros": "Brothers",
    "co": "Company",
    "assn": "Association",
    "univ": "University",
    "govt": "government",
    "mon": "Monday",
    "tue": "Tuesday",
    "tues": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "thur": "Thursday",
    "thurs": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
    "hr": "hour",
    "hrs": "hours",
    "mins": "minutes",
    "secs": "seconds",
    "yr": "year",
    "yrs": "years",
    "wk": "week",
    "mo": "month",
    "lbs": "pounds",
    "oz": "ounces",
    "min": "minimum",
    "max": "maximum",
    "a.k.a": "also known as",
    "et al": "and others",
    "ph.d": "P-H-D",
    "m.d": "M-D",
    "b.a": "B-A",
    "m.a": "M-A",
    "b.sc": "B-S-C",
    "m.sc": "M-S-C",
    "u.s": "U-S",
    "u.s.a": "U S A",
    "u.k": "U-K",
    "u.n": "U-N",
    "e.u": "E-U",
    "d.c": "D-C",
    "n.b": "note",
    "p.s": "P-S",
    "r.s.v.p": "R-S-V-P",
    "w.r.t": "with respect to",
    "ca": "circa",
}
"""With their dot, wherever they are."""
_DAYS = frozenset("mon tue tues wed thu thur thurs fri sat sun".split())
_DOTTED_ONLY = frozenset(
    "mon tue tues wed thu thur thurs fri sat sun min max mo co inc est temp ch rep gen ca fig ext sun".split()
)
_BARE = {"eg": "for example", "ie": "that is", "etc": "et cetera", "vs": "versus", "approx": "approximately"}
"""Without their dot, too."""
_ENDING = frozenset("etc jr sr inc ltd corp co a.m p.m u.s u.s.a u.k d.c ph.d m.d b.a m.a".split()) | set(
    _ROADS
)
"""These may end a sentence: their dot is its end if a capital follows."""
_SMALL = {
    "w/o": "without",
    "w/": "with",
    "b/c": "because",
    "c/o": "care of",
    "n/a": "not applicable",
    "and/or": "and or",
}
_NO = re.compile(r"([Nn]os?|[Nn]rs?|[Pp]p?|[Ss]ec|[Cc]h)\.?\s?(?=\d)")
_NUMBERED = {
    "no": "number",
    "nos": "numbers",
    "nr": "number",
    "nrs": "numbers",
    "p": "page",
    "pp": "pages",
    "sec": "section",
    "ch": "chapter",
}
_SENTENCE_STARTS = frozenset(
    "in at to the a from near and or visit see on by for with of is was our your my this that as it".split()
)


def rules() -> Iterator[Rule]:
    """Rules for what begins with a letter."""
    yield Rule(re.compile(r"w/o(?!\w)|w/(?=\s|\w)|b/c(?!\w)|c/o(?!\w)|[nN]/[aA](?!\w)|and/or(?!\w)"), _small)
    yield Rule(_NO, _numbered)
    yield Rule(re.compile(r"([Aa]|[Pp])\.\s?[Mm]\.?(?![\w])"), lambda match: f"{match[1].lower()}.m.")
    yield Rule(re.compile(r"et al\.|([^\W\d_]{1,7}(?:\.[^\W\d_]{1,3}){0,3})(?P<dot>\.)?(?![\w])"), _short)


def others(tongue: Tongue) -> Iterator[Rule]:
    """Rules of another language than English: its abbreviations as they are written."""
    known = "|".join(sorted(map(re.escape, tongue.shorts), key=len, reverse=True))

    def said(match: re.Match[str]) -> str:
        behind = match.string[match.end() : match.end() + 20]
        return tongue.shorts[match[0]] + ("." if match[0].endswith(".") and not behind.strip() else "")

    yield Rule(re.compile(rf"(?:{known})(?!\w)"), said)


def special(tongue: Tongue) -> frozenset[str]:
    """Words that look plain and may be abbreviations."""
    if tongue.name != "en":
        first = (re.match(r"[^\W\d_]+", short) for short in tongue.shorts)
        return frozenset(word[0].lower() for word in first if word) | {"i", "v", "x"}
    dotted = {
        *_TITLES,
        *_ALWAYS,
        *_ROADS,
        *_NUMBERED,
        "et",
        "w",
        "b",
        "c",
        "n",
        "and",
        "a",
        "p",
        "i",
        "v",
        "x",
    }
    return frozenset(word for word in dotted if word.isalpha())


def _small(match: re.Match[str]) -> str:
    return _SMALL[match[0].lower()]


def _numbered(match: re.Match[str]) -> str | None:
    word = match[1]
    dotted = "." in match[0]
    if word.lower() in {"no", "p", "ch", "sec", "nr"} and not dotted and word not in {"No", "Nr"}:
        return None
    return _NUMBERED[word.lower()]


def _short(match: re.Match[str]) -> str | None:
    if match.string[: match.start()].endswith("/"):
        return None  # a folder
    text, dotted = match[0].rstrip("."), match[0].endswith(".")
    word, behind = text.lower(), match.string[match.end() : match.end() + 40]
    said = _title_or_road(text, word, dotted, match, behind)
    if said is None:
        said = _day(text, dotted, behind) if word in _DAYS else None
    if said is None and word not in _DAYS:
        said = _always(word, behind) if dotted else _BARE.get(word)
    if said is None:
        return None
    ends = not behind.strip() or (
        word in _ENDING and re.match(r"\s+[^\W\d_a-z]", behind) and not _is_name(said)
    )
    if text[0].isupper() and said[0].islower():
        said = said[0].upper() + said[1:]
    return f"{said}." if dotted and ends else said


def _day(text: str, dotted: bool, behind: str) -> str | None:
    """`Mon, Nov 30`: a day's short name before a date, or with its dot."""
    before_date = re.match(r",?\s+(?:[A-Z][a-z]{2,8}\.?\s)?\d", behind) is not None
    dated = before_date or (dotted and re.match(r",|\s+[a-z]", behind) is not None)
    return _ALWAYS[text.lower()] if text[0].isupper() and dated else None


def _is_name(said: str) -> bool:
    return said in _TITLES.values()


def _always(word: str, behind: str) -> str | None:
    said = _ALWAYS.get(word)
    if said is None or word not in _DOTTED_ONLY:
        return said
    if word in {"min", "max", "mo", "est", "temp", "ch", "gen", "rep", "fig", "ext", "ca", "co", "inc"}:
        return said if word in {"co", "inc"} or re.match(r"\s+[\w$€£]|,", behind) else None
    return said


def _title_or_road(text: str, word: str, dotted: bool, match: re.Match[str], behind: str) -> str | None:
    if not text[0].isupper():
        return None
    before = re.search(r"(\S+)\s\Z", match.string[max(0, match.start() - 30) : match.start()])
    name_follows = re.match(r"\s+(?:(?:and|&)\s+)?[A-ZÀ-Þ]", behind) is not None
    last = before[1] if before else ""
    behind_name = (
        bool(re.match(r"[A-Z0-9]", last))
        and last.lower() not in _SENTENCE_STARTS
        and last[-1] not in ",.;:!?"
    )
    if word in _ROADS and behind_name and (word not in _TITLES or word == "st" or not name_follows):
        return _ROADS[word]
    if word in _TITLES and name_follows and (dotted or word in _DOTLESS):
        return _TITLES[word]
    return _ROADS[word] if word in _ROADS and dotted and word not in {"pl", "sq", "ct"} else None
