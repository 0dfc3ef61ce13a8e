"""Dates, times, years and decades."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from orion.domain.text.aloud.numbers import Number, in_words, parsed
from orion.domain.text.aloud.quantities import is_noun_behind
from orion.domain.text.aloud.tongue import Rule, Tongue

_HALF = r"(?:\s?(?P<half>[aApP])(?:\.\s?)?[mM]\b(?:\.(?!\w))?)"
_CLOCK = r"(?P<hour>[01]?\d|2[0-4])(?P<mark>:|h|\.)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d{1,6})?)?"
_O_CLOCK = r"(?:\s?(?:Uhr|uur|heures?|horas?|h)\b)?"
"""Behind a time it belongs to it."""
_ZONE = r"(?P<zone>Z|[+-]\d\d:?\d\d)?"
_YEAR_BEFORE = frozenset(
    "in since of by from until till before after around circa year years early late mid during summer "
    "winter spring autumn fall q1 q2 q3 q4 copyright © seit im jahr bis von en año desde año hasta depuis "
    "année l'année nel anno dal del sinds jaar tot em ano desde até".split()
)
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def rules(tongue: Tongue) -> Iterator[Rule]:
    """Rules for what begins with a digit: dates of every notation, times, years."""
    iso = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    clock = (
        rf"[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d{{1,9}})?)?{_ZONE}"
    )
    yield Rule(re.compile(rf"{iso}(?:{clock})?(?![\w-])"), partial(_iso, tongue))
    yield Rule(re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?![\w/])"), partial(_year_first, tongue))
    yield Rule(
        re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)(?![\w/]|[.,-]\d)"), partial(_numeric, tongue)
    )
    oclock = "" if tongue.name == "en" else _O_CLOCK
    yield Rule(re.compile(rf"{_CLOCK}{_HALF}?{oclock}(?![\w:]|\.\d)"), partial(_clock, tongue))
    if tongue.name != "en":
        named = {"de": "Uhr", "nl": "uur"}.get(tongue.name, "heures?|h")
        hour = rf"(?P<hour>[01]?\d|2[0-4])\s?(?:{named})(?:\s?(?P<minute>[0-5]\d)(?!\d))?(?!\w)"
        yield Rule(re.compile(hour), partial(_hour_named, tongue))
    yield Rule(re.compile(rf"(?P<hour>1[0-2]|0?[1-9]){_HALF}(?!\w)"), partial(_hour, tongue))
    month = _month(tongue)
    yield Rule(
        re.compile(
            rf"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|º|\.)?(?:\s?[-–]\s?(?P<until>3[01]|[12]\d|[1-9])\.?)?"
            rf"(?:\s(?:of|de|di))?\s(?P<name>{month})(?![^\W\d_])(?:,?\s(?:de\s|del\s)?(?P<year>\d{{4}})(?![\d%]))?",
            re.IGNORECASE,
        ),
        partial(_day_and_name, tongue),
    )
    if tongue.name == "en":
        yield Rule(re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])"), partial(_short, tongue))
        yield Rule(re.compile(r"(1\d|20)?(\d0)['’]?s(?!\w)"), partial(_decade, tongue))
        yield Rule(re.compile(r"(\d{1,15}(?:,\d{3}){0,4})(?:st|nd|rd|th)(?!\w)"), partial(_ordinal, tongue))


def years(tongue: Tongue) -> Iterator[Rule]:
    """Rules for years; digits that are called a code are asked for first."""
    yield Rule(
        re.compile(r"([12]\d{3})(?:\s?([-–/])\s?(\d{4}|\d\d))?(?![\w%°]|[-–/,.:]\d)"), partial(_year, tongue)
    )


def named(tongue: Tongue) -> Iterator[Rule]:
    """Rules for a date that begins with the name of its month: "Nov 30, 2026"."""
    month = _month(tongue)
    day = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:\s?[-–]\s?(?P<until>3[01]|[12]\d|[1-9]))?"
    yield Rule(
        re.compile(
            rf"(?P<name>{month})(?![^\W\d_])\s(?:{day}(?![\w%°$€:/]|[.,]\d)(?:,?\s(?P<year>[12]\d{{3}})(?!\w))?"
            r"|(?P<only>[12]\d{3})(?![\w%]|[.,]\d))"
        ),
        partial(_name_and_day, tongue),
    )
    yield Rule(re.compile(rf"(?P<name>{_short_month(tongue)})\.(?=[,\s]|\Z)"), partial(_month_alone, tongue))


def ratios(tongue: Tongue) -> Iterator[Rule]:
    """The rule for `3:1`, which is no time."""
    yield Rule(
        re.compile(r"(\d{1,6}):(\d{1,6})(?![\w:])"),
        lambda match: (
            f"{in_words(Number(match[1]), tongue)} {tongue.ratio} {in_words(Number(match[2]), tongue)}"
        ),
    )


def quoted_decade(tongue: Tongue) -> Rule:
    """The rule for `'90s`."""
    return Rule(re.compile(r"['’]()(\d0)s(?!\w)"), partial(_decade, tongue))


def _month(tongue: Tongue) -> str:
    names = [*tongue.months, *(name.capitalize() for name in tongue.months)]
    return rf"(?:{'|'.join(dict.fromkeys(names))}|(?:{_short_month(tongue)})\.?)"


def _short_month(tongue: Tongue) -> str:
    short = sorted(tongue.month_short, key=len, reverse=True)
    return "|".join([*(name.capitalize() for name in short), *([] if tongue.name == "en" else short)])


def _number_of(tongue: Tongue, name: str) -> int:
    name = name.rstrip(".").lower()
    full = [month.lower() for month in tongue.months]
    return full.index(name) + 1 if name in full else tongue.month_short[name]


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month]


def _date(
    tongue: Tongue, match: re.Match[str], day: int, month: int, year: int, *, day_first: bool = False
) -> str:
    before = match.string[max(0, match.start() - 24) : match.start()]
    return tongue.date(day, month, year, day_first, before)


def _iso(tongue: Tongue, match: re.Match[str]) -> str | None:
    day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
    if not _is_day(day, month):
        return None
    said = _date(tongue, match, day, month, year)
    if match["hour"]:
        second = int(match["second"] or 0) or -1
        said += f", {tongue.time(int(match['hour']), int(match['minute']), second, '')}"
        said += _zone(tongue, match["zone"])
    return said


def _zone(tongue: Tongue, zone: str | None) -> str:
    if not zone:
        return ""
    if zone == "Z" or not zone[1:].strip("0:"):
        return " U-T-C"
    sign = tongue.signs.plus if zone[0] == "+" else tongue.signs.minus
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return f" U-T-C {sign} {tongue.cardinal(hours, '')}" + (
        f" {tongue.cardinal(minutes, '')}" if minutes else ""
    )


def _year_first(tongue: Tongue, match: re.Match[str]) -> str | None:
    day, month = int(match[3]), int(match[2])
    return _date(tongue, match, day, month, int(match[1])) if _is_day(day, month) else None


def _numeric(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`30.11.2026`, `11/30/2026`: the order is the region's, unless only the other one makes a day."""
    first, second, year = int(match[1]), int(match[3]), match[4]
    if len(year) == 2 and ((match[2] != "/" and tongue.name == "en") or match[2] == "-"):
        return None  # a version, a score
    month_first = tongue.month_first and match[2] != "."
    day, month = (second, first) if month_first else (first, second)
    if not _is_day(day, month):
        day, month = month, day
    if not _is_day(day, month):
        return None
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
    return _date(tongue, match, day, month, full, day_first=day == first)


def _clock(tongue: Tongue, match: re.Match[str]) -> str | None:
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if match["mark"] != ":" and not (half or _is_time(tongue, match)):
        return None
    if half and not 1 <= hour <= 12:
        half = ""
    second = int(match["second"]) if match["second"] else -1
    return tongue.time(hour, int(match["minute"]), second, f"{half}m" if half else "")


def _is_time(tongue: Tongue, match: re.Match[str]) -> bool:
    """Whether `14.30` or `14h30` is a time in this language: a dot needs a word beside it that says so."""
    if tongue.name == "en":
        return False
    before = match.string[max(0, match.start() - 8) : match.start()]
    named = re.search(r"(?:uhr|uur|heures?|h)\Z", match[0], re.IGNORECASE)
    asked = re.search(r"(?<!\w)(?:um|gegen|ab|om|alle|ore|las|às)\s\Z", before, re.IGNORECASE)
    return match["mark"] == "h" or named is not None or asked is not None


def _hour_named(tongue: Tongue, match: re.Match[str]) -> str | None:
    minute = int(match["minute"]) if match["minute"] else 0
    if tongue.name in {"es", "it", "pt"} and minute == 0 and not match["minute"] and match[0].endswith(" h"):
        return None  # hours that something takes
    return tongue.time(int(match["hour"]), minute, -1, "")


def _hour(tongue: Tongue, match: re.Match[str]) -> str | None:
    return tongue.time(int(match["hour"]), -1, -1, f"{match['half'].lower()}m")


def _day_and_name(tongue: Tongue, match: re.Match[str]) -> str | None:
    name = match["name"]
    if name[0].islower() and (tongue.name in {"en", "de"} or name == "may"):
        return None
    day, month, year = int(match["day"]), _number_of(tongue, name), int(match["year"] or 0)
    if not _is_day(day, month):
        return None
    said = _date(tongue, match, day, month, year, day_first=True)
    if tongue.name == "en":
        return _until(tongue, said, match) if match["until"] else _of_month(tongue, match, said)
    if match["until"]:
        until = _date(tongue, match, int(match["until"]), month, year, day_first=True)
        return f"{tongue.cardinal(day, '')} {tongue.signs.up_to} {until}"
    return said


def _of_month(tongue: Tongue, match: re.Match[str], said: str) -> str:
    """English keeps "the fourth of July" where it is written so."""
    before = match.string[max(0, match.start() - 5) : match.start()]
    article = re.search(r"\bthe\s\Z", before, re.IGNORECASE) is not None
    if not article and not re.search(r"\sof\s", match[0]):
        return said
    month = tongue.months[_number_of(tongue, match["name"]) - 1]
    year = f", {tongue.year(int(match['year']))}" if match["year"] else ""
    return f"{'' if article else 'the '}{tongue.ordinal(int(match['day']))} of {month}{year}"


def _until(tongue: Tongue, said: str, match: re.Match[str]) -> str:
    first = tongue.ordinal(int(match["day"]))
    until = f"{first} {tongue.signs.up_to} {tongue.ordinal(int(match['until']))}"
    return said.replace(first, until, 1)


def _name_and_day(tongue: Tongue, match: re.Match[str]) -> str | None:
    month = _number_of(tongue, match["name"])
    if match["only"]:
        return _date(tongue, match, 0, month, int(match["only"]))
    day = int(match["day"])
    if not _is_day(day, month):
        return None
    said = _date(tongue, match, day, month, int(match["year"] or 0))
    return _until(tongue, said, match) if match["until"] and tongue.name == "en" else said


def _month_alone(tongue: Tongue, match: re.Match[str]) -> str:
    return tongue.months[tongue.month_short[match["name"].lower()] - 1]


def _short(tongue: Tongue, match: re.Match[str]) -> str | None:
    """`11/30` is a date only where the words before it say so; `9/11` is a name."""
    first, second = int(match[1]), int(match[2])
    if (first, second) == (9, 11):
        return "nine eleven"
    before = match.string[max(0, match.start() - 12) : match.start()]
    if not re.search(r"\b(?:on|by|due|until|before|after|since|from)\s\Z", before, re.IGNORECASE):
        return None
    day, month = (second, first) if tongue.month_first else (first, second)
    return _date(tongue, match, day, month, 0) if _is_day(day, month) else None


def _decade(tongue: Tongue, match: re.Match[str]) -> str:
    century, tens = match[1], int(match[2])
    if century and not tens:
        return f"{tongue.cardinal(int(century), '')} hundreds" if century != "20" else "two thousands"
    words = {10: "ten"}.get(tens, tongue.cardinal(tens, ""))
    name = f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
    return f"{tongue.cardinal(int(century), '')} {name}" if century else name


def _ordinal(tongue: Tongue, match: re.Match[str]) -> str:
    digits = match[1].replace(",", "")
    return tongue.ordinal(int(digits))


def _year(tongue: Tongue, match: re.Match[str]) -> str | None:
    """Four digits are a year, unless a noun that they count follows."""
    year = int(match[1])
    if not 1100 <= year < 2100:
        return None
    if not match[3]:
        before = re.search(r"([^\s]+)\s\Z", match.string[max(0, match.start() - 20) : match.start()])
        is_told = before is not None and before[1].lower() in _YEAR_BEFORE
        if not is_told and is_noun_behind(match.string, match.end()):
            return in_words(parsed(match[1], tongue), tongue)
        return tongue.year(year)
    until = match[3]
    if len(until) == 4 and not 1100 <= int(until) < 2100:
        return None
    if len(until) == 2 and int(until) <= year % 100 and match[2] != "/":
        return _date(tongue, match, 0, int(until), year) if _is_day(1, int(until)) else None
    link = tongue.address_signs["/"] if match[2] == "/" else tongue.signs.up_to
    last = tongue.year(int(until)) if len(until) == 4 else tongue.cardinal(int(until), "")
    return f"{tongue.year(year)} {link} {last}"
