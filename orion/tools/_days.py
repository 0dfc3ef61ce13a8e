"""Days as people name them: "the 3rd of May 2027", "next Friday", "in 3 weeks", "the day before Easter".

What is read is the plain form (`domain.text.said`). A day without a year is the next one, or the last one
where the past is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from orion.domain.feasts import FEASTS, days_in, months_later, weekday_of
from orion.domain.tool import ToolFailure

MONTHS = [date(2000, number, 1).strftime("%B") for number in range(1, 13)]
WEEKDAYS = [date(2001, 1, number).strftime("%A") for number in range(1, 8)]
_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(MONTHS, 1)} | {
    name[:length].lower(): number for number, name in enumerate(MONTHS, 1) for length in (3, 4)
}
_WEEKDAY_NUMBER = {name.lower(): number for number, name in enumerate(WEEKDAYS)} | {
    name[:length].lower(): number for number, name in enumerate(WEEKDAYS) for length in (3, 4, 5)
}
_WEEKDAY_NUMBER.pop("sun")
_WEEKDAY_NUMBER.pop("sat")
_NTH = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "4th": 4,
    "fourth": 4,
    "5th": 5,
    "last": -1,
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_NUMBER, key=len, reverse=True))})"
_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(_WEEKDAY_NUMBER, key=len, reverse=True))})"
_YEAR = r"(?:(?: of| in)? (?P<year>\d{4}|this year|next year|last year))?"
_AMOUNT = r"(?:(?:\d+(?:\.\d+)?|an?|half an?) (?:days?|weeks?|fortnights?|months?|years?|decades?))"
_AMOUNTS = rf"(?P<amounts>{_AMOUNT}(?: and {_AMOUNT})*)"
_DATE = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b|\b(\d{1,2})/(\d{1,2})/(\d{4})\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named.

    Attributes:
        start: Where its words begin in the text.
        end: Where they end.
        name: What a feast is called; else `today` and the like, or empty.
        weekday: Only the day of the week was named.
        counted: It was named by its distance from another.
        yearless: No year was named, so that another year may be meant.
    """

    start: int
    end: int
    day: date
    name: str = ""
    weekday: bool = False
    counted: bool = False
    yearless: bool = False


@dataclass(frozen=True, slots=True)
class _Calendar:
    """From where days are counted."""

    today: date
    past: bool

    def nearest(self, rule: Callable[[int], date], year: str | None) -> date:
        """The day of the rule in that year; without one the next, or the last."""
        if year:
            return rule(self.year(year))
        around = [rule(self.today.year + step) for step in (-1, 0, 1)]
        if self.past:
            return max(day for day in around if day <= self.today)
        return min(day for day in around if day >= self.today)

    def year(self, said: str) -> int:
        """The number of a year; of `next year` too."""
        if said.isdigit():
            return int(said)
        return self.today.year + {"this": 0, "next": 1, "last": -1}[said.split(maxsplit=1)[0]]


def written(text: str) -> str:
    """The text with numeric dates as ISO 8601 writes them; with slashes the month comes first."""

    def iso(found: re.Match[str]) -> str:
        if found[1]:
            return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
        month, day = int(found[4]), int(found[5])
        month, day = (day, month) if month > 12 else (month, day)
        return f"{found[6]}-{month:02}-{day:02}"

    return _DATE.sub(iso, text)


def find(text: str, today: date, *, past: bool = False) -> list[Day]:
    """The days that a text names, in its order. Raises ToolFailure for one that there is not."""
    calendar = _Calendar(today, past)
    found: list[Day] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if any(match.start() < day.end and day.start < match.end() for day in found):
                continue
            if (day := _read(match, read, calendar)) is not None:
                found.append(day)
    return [_moved(text, day) for day in sorted(found, key=lambda day: day.start)]


def without(text: str, days: list[Day]) -> str:
    """The text without the words of its days."""
    for day in reversed(days):
        text = f"{text[: day.start]} {text[day.end :]}"
    return " ".join(text.split())


def later(day: date, amounts: str, sign: int = 1) -> date:
    """The day so much later: `2 weeks and 3 days`. Raises ToolFailure where the calendar ends."""
    try:
        for count, unit in re.findall(r"(\S+(?: an?)?) (day|week|fortnight|month|year|decade)", amounts):
            number = 0.5 if count.startswith("half") else 1.0 if count.startswith("a") else float(count)
            if unit in {"day", "week", "fortnight"}:
                days = round(number * {"day": 1, "week": 7, "fortnight": 14}[unit])
                day += timedelta(days=sign * days)
            else:
                day = months_later(day, sign * round(number * {"month": 1, "year": 12, "decade": 120}[unit]))
    except (ValueError, OverflowError) as error:
        raise ToolFailure("That is too far away for my calendar.") from error
    return day


def in_weeks(days: int) -> str:
    """A number of days in weeks and days."""
    weeks, rest = divmod(days, 7)
    parts = [counted(weeks, "week")] if weeks or not rest else []
    return " and ".join([*parts, *([counted(rest, "day")] if rest else [])])


def in_months(begin: date, end: date, *, in_years: bool) -> str:
    """The time between two days in months (and years) and days."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    while months > 0 and later(begin, f"{months} months") > end:
        months -= 1
    rest = (end - later(begin, f"{months} months")).days
    years, months = divmod(months, 12) if in_years else (0, months)
    spans = ((years, "year"), (months, "month"), (rest, "day"))
    parts = [counted(number, unit) for number, unit in spans if number]
    return ", ".join(parts[:-1]) + (" and " if parts[:-1] else "") + parts[-1] if parts else "0 days"


def counted(number: int, unit: str) -> str:
    """A number with its unit: `1 day`, `25 days`."""
    many = f"{number:,}" if number >= 10_000 else str(number)
    return f"{many} {unit}{'' if number == 1 else 's'}"


Read = Callable[[re.Match[str], _Calendar], Day | None]


def _read(match: re.Match[str], read: Read, calendar: _Calendar) -> Day | None:
    try:
        return read(match, calendar)
    except (ValueError, OverflowError) as error:
        raise ToolFailure(f"There is no {match[0].strip().title()} in my calendar.") from error


def _moved(text: str, day: Day) -> Day:
    """The day that is told by its distance from another: `the day before`, `2 weeks after`."""
    before = re.search(
        rf"(?:(?:the )?(?P<one>day|week)|{_AMOUNTS}) (?P<way>before|after|from|past) (?:the )?\Z",
        text[: day.start],
    )
    if before is None or (before["one"] and before["way"] == "from"):
        return day
    sign = -1 if before["way"] == "before" else 1
    moved = later(day.day, before["amounts"] or f"1 {before['one']}", sign)
    return Day(before.start(), day.end, moved, counted=True)


def _iso(match: re.Match[str], _calendar: _Calendar) -> Day:
    return Day(match.start(), match.end(), date(int(match[1]), int(match[2]), int(match[3])))


def _of_month(match: re.Match[str], calendar: _Calendar) -> Day | None:
    month, number = _MONTH_NUMBER[match["month"]], int(match["day"])
    if not 1 <= number <= days_in(2000, month):
        raise ValueError(number)
    year = match["year"]
    if (month, number) == (2, 29) and not year:
        leap = next(
            y for y in range(calendar.today.year, calendar.today.year + 9) if _has_29(y, calendar.today)
        )
        return Day(match.start(), match.end(), date(leap, 2, 29))
    day = calendar.nearest(lambda y: date(y, month, number), year)
    return Day(match.start(), match.end(), day, yearless=not year)


def _has_29(year: int, today: date) -> bool:
    return days_in(year, 2) == 29 and date(year, 2, 29) >= today


def _feast(match: re.Match[str], calendar: _Calendar) -> Day:
    name, rule = FEASTS[match["feast"]]
    return Day(
        match.start(), match.end(), calendar.nearest(rule, match["year"]), name, yearless=not match["year"]
    )


def _nth_weekday(match: re.Match[str], calendar: _Calendar) -> Day:
    month, weekday = _MONTH_NUMBER[match["month"]], _WEEKDAY_NUMBER[match["weekday"]]
    nth = _NTH[match["nth"]]
    day = calendar.nearest(lambda year: weekday_of(year, month, weekday, nth), match["year"])
    if day.month != month:
        raise ValueError(nth)
    return Day(match.start(), match.end(), day, counted=True, yearless=not match["year"])


def _relative(match: re.Match[str], calendar: _Calendar) -> Day:
    steps = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
    steps |= {"the day after tomorrow": 2, "the day before yesterday": -2}
    words = match[0] if match[0] in steps else f"the {match[0]}"
    return Day(
        match.start(),
        match.end(),
        calendar.today + timedelta(days=steps[words]),
        words.replace("now", "today"),
    )


def _counted(match: re.Match[str], calendar: _Calendar) -> Day:
    sign = -1 if match[0].endswith(("ago", "earlier")) else 1
    return Day(match.start(), match.end(), later(calendar.today, match["amounts"], sign), counted=True)


def _on_weekday(match: re.Match[str], calendar: _Calendar) -> Day:
    today, wanted = calendar.today, _WEEKDAY_NUMBER[match["weekday"]]
    which = match["which"] or match["behind"] or ""
    ahead = (wanted - today.weekday() - 1) % 7 + 1
    if which == "last" or (calendar.past and not which):
        back = (today.weekday() - wanted - 1) % 7 + 1
        return Day(match.start(), match.end(), today - timedelta(days=back), weekday=not which, counted=True)
    if which == "next" and wanted > today.weekday():
        ahead += 7
    return Day(match.start(), match.end(), today + timedelta(days=ahead), weekday=not which, counted=True)


def _weekend(match: re.Match[str], calendar: _Calendar) -> Day:
    saturday = calendar.today + timedelta(days=(5 - calendar.today.weekday()) % 7 or 7)
    return Day(match.start(), match.end(), saturday, counted=True)


def _edge(match: re.Match[str], calendar: _Calendar) -> Day:
    """The beginning or the end of a month or year."""
    first = match["edge"] in {"beginning", "start"}
    step = {"next": 1, "last": -1}.get(match["which"] or "", 0)
    if match["period"] == "year":
        year = calendar.today.year + step
        return Day(match.start(), match.end(), date(year, 1, 1) if first else date(year, 12, 31))
    month = months_later(calendar.today.replace(day=1), step)
    return Day(
        match.start(), match.end(), month if first else month.replace(day=days_in(month.year, month.month))
    )


def _month(match: re.Match[str], calendar: _Calendar) -> Day:
    month = _MONTH_NUMBER[match["month"]]
    day = calendar.nearest(lambda year: date(year, month, 1), match["year"])
    return Day(match.start(), match.end(), day, yearless=not match["year"])


def _new_year(match: re.Match[str], _calendar: _Calendar) -> Day:
    return Day(match.start(), match.end(), date(int(match[0]), 1, 1))


def _day_of_month(match: re.Match[str], calendar: _Calendar) -> Day:
    number, month = int(match["day"]), calendar.today.replace(day=1)
    months = [months_later(month, step) for step in range(3)]
    days = [one.replace(day=number) for one in months if number <= days_in(one.year, one.month)]
    return Day(match.start(), match.end(), min(day for day in days if day >= calendar.today))


_FEAST = "|".join(sorted(map(re.escape, FEASTS), key=len, reverse=True))
_FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])"), read)
    for pattern, read in (
        (r"(\d{4})-(\d{2})-(\d{2})", _iso),
        (rf"(?:the )?(?P<nth>{'|'.join(_NTH)}) {_WEEKDAY} (?:of|in) {_MONTH}{_YEAR}", _nth_weekday),
        (rf"(?P<feast>{_FEAST})(?: day)?{_YEAR}", _feast),
        (rf"(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: day)?(?: of)? {_MONTH}{_YEAR}", _of_month),
        (rf"{_MONTH}(?: the)? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}", _of_month),
        (rf"in {_AMOUNTS}(?: time)?", _counted),
        (rf"{_AMOUNTS} (?:from now|from today|ago|later|earlier|hence)", _counted),
        (
            r"(?:the )?day after tomorrow|(?:the )?day before yesterday|today|tomorrow|yesterday|now",
            _relative,
        ),
        (
            rf"(?:(?P<which>this|next|last|coming) )?{_WEEKDAY}(?: (?P<behind>next) week)?",
            _on_weekday,
        ),
        (
            (
                r"(?:the )?(?P<edge>beginning|start|end) of (?:(?:the|this|(?P<which>next|last)) )?"
                r"(?P<period>month|year)"
            ),
            _edge,
        ),
        (r"(?:the |next )?weekend", _weekend),
        (rf"{_MONTH}{_YEAR}", _month),
        (r"(?:(?<=until )|(?<=till )|(?<=before )|(?<=since ))\d{4}", _new_year),
        (r"the (?P<day>\d{1,2})(?:st|nd|rd|th)", _day_of_month),
    )
)
