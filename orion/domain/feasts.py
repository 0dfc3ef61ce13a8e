"""On which day a feast falls in a year, by its rule; and other rules of the Gregorian calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

MONDAY, THURSDAY, SUNDAY = 0, 3, 6
_DAY = timedelta(days=1)


def is_leap(year: int) -> bool:
    """Whether the year has a February 29."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    """How many days a month has."""
    return (date(year + month // 12, month % 12 + 1, 1) - _DAY).day if (year, month) != (9999, 12) else 31


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month.

    Raises:
        ValueError, OverflowError: The calendar ends before.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, days_in(years, month + 1)))


def weekday_of(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month (Monday is 0), from its end for a negative `nth`.

    Raises:
        ValueError: The month has no such day.
    """
    if nth < 0:
        last = date(year, month, days_in(year, month))
        return last - _DAY * ((last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    first = date(year, month, 1)
    return first.replace(day=1 + (weekday - first.weekday()) % 7 + 7 * (nth - 1))


def easter(year: int) -> date:
    """Easter Sunday of the western churches (J. Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    shift = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * shift) // 451
    month, day = divmod(h + shift - 7 * m + 114, 31)
    return date(year, month, day + 1)


_SEASONS = {
    "spring": (2451623.80984, 365242.37404, 0.05169, -0.00411, -0.00057),
    "summer": (2451716.56767, 365241.62603, 0.00325, 0.00888, -0.00030),
    "autumn": (2451810.21715, 365242.01767, -0.11575, 0.00337, 0.00078),
    "winter": (2451900.05952, 365242.74049, -0.06223, -0.00823, 0.00032),
}
"""Julian days of the mean equinoxes and solstices in powers of millennia since 2000 (Meeus, chapter 27)."""
_JULIAN_DAY_OF_YEAR_1 = 1721425.5


def season(name: str, year: int) -> date:
    """The day (UTC) on which a season of the northern hemisphere begins; near midnight it may be the next."""
    millennia = (year - 2000) / 1000
    julian = sum(term * millennia**power for power, term in enumerate(_SEASONS[name]))
    return date.fromordinal(int(julian - _JULIAN_DAY_OF_YEAR_1) + 1)


def _season(name: str) -> Callable[[int], date]:
    return lambda year: season(name, year)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _from_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + _DAY * days


def _nth(month: int, weekday: int, nth: int, later: int = 0) -> Callable[[int], date]:
    return lambda year: weekday_of(year, month, weekday, nth) + _DAY * later


def _advent(year: int) -> date:
    eve = date(year, 12, 24)
    return eve - _DAY * ((eve.weekday() + 1) % 7 + 21)


_RULES: tuple[tuple[str, Callable[[int], date]], ...] = (
    ("New Year's Day|new year|new years|the new year", _fixed(1, 1)),
    ("New Year's Eve|sylvester|silvester|old year's night", _fixed(12, 31)),
    ("Epiphany|three kings day|three kings", _fixed(1, 6)),
    ("Martin Luther King Day|mlk day", _nth(1, MONDAY, 3)),
    ("Groundhog Day", _fixed(2, 2)),
    ("Valentine's Day|valentines|saint valentine's day", _fixed(2, 14)),
    ("Presidents' Day|washington's birthday", _nth(2, MONDAY, 3)),
    ("Shrove Tuesday|mardi gras|pancake day|fat tuesday", _from_easter(-47)),
    ("Ash Wednesday", _from_easter(-46)),
    ("International Women's Day|women's day", _fixed(3, 8)),
    ("Saint Patrick's Day|st patrick's day|st patricks", _fixed(3, 17)),
    ("April Fools' Day|april fools", _fixed(4, 1)),
    ("Palm Sunday", _from_easter(-7)),
    ("Maundy Thursday|holy thursday", _from_easter(-3)),
    ("Good Friday", _from_easter(-2)),
    ("Easter|easter sunday|easter day", easter),
    ("Easter Monday", _from_easter(1)),
    ("Earth Day", _fixed(4, 22)),
    ("King's Day", _fixed(4, 27)),
    ("May Day|international workers day|workers day", _fixed(5, 1)),
    ("Cinco de Mayo", _fixed(5, 5)),
    ("Mother's Day", _nth(5, SUNDAY, 2)),
    ("Memorial Day", _nth(5, MONDAY, -1)),
    ("Ascension Day|ascension", _from_easter(39)),
    ("Pentecost|whit sunday|whitsun", _from_easter(49)),
    ("Whit Monday|pentecost monday", _from_easter(50)),
    ("Corpus Christi", _from_easter(60)),
    ("Father's Day", _nth(6, SUNDAY, 3)),
    ("Juneteenth", _fixed(6, 19)),
    ("Canada Day", _fixed(7, 1)),
    ("Independence Day|the fourth of july|4th of july", _fixed(7, 4)),
    ("Bastille Day", _fixed(7, 14)),
    ("Labor Day|labour day", _nth(9, MONDAY, 1)),
    ("German Unity Day|the day of german unity", _fixed(10, 3)),
    ("Columbus Day", _nth(10, MONDAY, 2)),
    ("Halloween|hallowe'en", _fixed(10, 31)),
    ("Reformation Day", _fixed(10, 31)),
    ("All Saints' Day|all saints", _fixed(11, 1)),
    ("All Souls' Day|all souls", _fixed(11, 2)),
    ("Bonfire Night|guy fawkes night|guy fawkes day", _fixed(11, 5)),
    ("Veterans Day|armistice day|remembrance day", _fixed(11, 11)),
    ("Thanksgiving|thanksgiving day", _nth(11, THURSDAY, 4)),
    ("Black Friday", _nth(11, THURSDAY, 4, 1)),
    ("Cyber Monday", _nth(11, THURSDAY, 4, 4)),
    ("the first Sunday of Advent|first advent|1st advent|advent", _advent),
    ("the first day of spring|spring|the beginning of spring|spring equinox", _season("spring")),
    ("the first day of summer|summer|the beginning of summer|summer solstice", _season("summer")),
    ("the first day of autumn|autumn|the beginning of autumn|the first day of fall", _season("autumn")),
    ("the first day of winter|winter|the beginning of winter|winter solstice", _season("winter")),
    ("Saint Nicholas Day|st nicholas day", _fixed(12, 6)),
    ("Christmas Eve|xmas eve", _fixed(12, 24)),
    ("Christmas|christmas day|xmas", _fixed(12, 25)),
    ("Boxing Day|saint stephen's day|st stephen's day", _fixed(12, 26)),
)


def _spellings(names: str) -> set[str]:
    found = {name.lower().replace("'", " ").replace("  ", " ").strip() for name in names.split("|")}
    found |= {name.lower().replace("'", "") for name in names.split("|")}
    return found | {name.lower() for name in names.split("|")}


FEASTS: dict[str, tuple[str, Callable[[int], date]]] = {
    spelling: (names.split("|")[0], rule) for names, rule in _RULES for spelling in _spellings(names)
}
"""The name as it is said and the rule, by all that a feast is called, with and without apostrophes."""
