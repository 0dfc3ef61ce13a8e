"""Answers questions about dates: today, the weekday of a date, when a feast is, days until or between dates.

Also which date it is in so many days, weeks, months or years, and leap years. Give the whole question: "what
day of the week is December 25", "how many days until Easter 2027", "which date is 3 weeks from tomorrow".
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from orion.domain import facts
from orion.domain.feasts import days_in, is_leap
from orion.domain.text.said import plain
from orion.domain.text.second_person import to_you
from orion.domain.timer import local
from orion.domain.tool import ToolContext, ToolFailure
from orion.tools import _days, _stated_days
from orion.tools._days import MONTHS, Day
from orion.tools._notes import MOST
from orion.tools._zones import find_zone

EXAMPLES = (
    "what is the date today",
    "what's today's date",
    "what day is it",
    "which day is it in tokyo",
    "what day of the week is it",
    "what day of the week is it on christmas",
    "what day is {question}",
    "which weekday is {question}",
    "when is easter",
    "when is thanksgiving next year",
    "how many days until {question}",
    "how many weeks until {question}",
    "how long until {question}",
    "how many days are there between christmas and easter",
    "what is the date in {question}",
    "what date is {question}",
    "is next year a leap year",
)
SAID = {
    "question": [
        "christmas",
        "new year",
        "easter",
        "halloween",
        "tomorrow",
        "the third of may",
        "two weeks",
        "three months",
        "next friday",
        "the first of january",
    ]
}
SAY = "{spoken}"

_MOST_WORDS = 30
_UNKNOWN = "I did not understand which date. Say for example: how many days until December 25."
_MONTH = rf"(?P<month>{'|'.join(name.lower() for name in MONTHS)})"
_DISTANCE = re.compile(
    r"\b(?:how many|number of) (?P<unit>days|weeks|months|years|sleeps|nights)\b"
    r"|\bhow (?:long|far|much time|soon)\b"
    r"|\A(?P<bare>days|weeks|months) (?:until|till|til|to|before|since|between|from)\b"
)
_RELATION = re.compile(
    r"\b(?:until|till|til|to|before|since|between|from|away|left|ago|passed|gone|is|old)\b"
)
_LEFT = re.compile(r"\b(?:left|remaining|remain) (?:(?:in|of) )?(?:the |this )?(?P<period>year|month|week)\b")
_DAYS_IN = re.compile(
    r"how many (?P<unit>days|weeks) (?:are |is )?(?:there )?(?:in|does|do|has|have) (?:the )?"
    rf"(?:month of |year )?(?:{_MONTH}(?: (?:of )?(?P<of>\d{{4}}))?|(?P<year>\d{{4}})"
    r"|(?P<this>this|next|last) (?P<period>month|year)|(?P<leap>a leap year))(?: have| has)?\Z"
)
_TODAY = re.compile(
    r"(?:what|which|tell|give|say|current|today|know)\b.*\b(?P<what>date|day|weekday|month|year|week)\b"
    r"|\A(?:the )?(?P<bare>date|day)\b"
)
_IN_PLACE = re.compile(r"\bin (?:the )?(?P<place>[a-z][a-z .'/_-]+?)(?: (?:now|today|right now))?\Z")
_WORDS = frozenset(
    "a ago am an and any are at away be been before between born by calendar can current date day "
    "days did do does exactly fall falls far fell for from give go gone has have hey how i if in is "
    "it know leap left long many me month months much need next nights now number of okay old on or "
    "orion passed please quick quickly remain remaining right say since sleeps so somebody someone "
    "soon start starts still tell than the then there this til till time to until us was we week weekday "
    "that weekend weeks were what when where which who will would year years you".split()
)
"""What a question about dates is made of, beside the dates."""
_MARKS = re.compile(
    r"\b(?:days?|date|when|weekday|weeks?|months?|years?|sleeps|nights|weekend|how (?:long|far|old)|falls?)\b"
    r"|\A(?:is|was|will) |\Awhat (?:is|was) (?:the|next|to\w+|yesterday)\b"
)
_CLOCK = re.compile(r"(?<!how much )\btime\b|\bo'clock\b|\d:\d\d|\b(?:hours?|minutes?|seconds?)\b")
"""What other tools know."""
_OWN = re.compile(r"\b(?:my|our) \w+(?:'s)?(?: \w+)?\Z")
"""A day of the user's own."""
_UNTIL_OWN = re.compile(rf"\b(?:until|till|til|since|before|to) (?!.*\b(?:timer|alarm)){_OWN.pattern}")
_THERE = re.compile(r"\bit (?:over )?there\b")
_PAST = re.compile(r"\b(?:since|ago|was|were|did|passed|born|fell|last(?! \w+day (?:of|in)\b))\b")


class Args(BaseModel):
    """What is asked."""

    question: str = Field(
        default="what is the date today",
        max_length=200,
        description="The question with its dates, e.g. how many days until December 25",
        json_schema_extra={"x-ask": "Which date do you mean?"},
    )


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """The `date` (ISO 8601), `days` where they are asked for, and `spoken` for the answer."""
    today = local(call.timers.now(), call.timers.zone).date()
    return answer(await _with_own(args.question, call), today)


async def _with_own(question: str, call: ToolContext) -> str:
    """The question with the day of the user's own that it names: `my birthday` is the one they told."""
    found = _OWN.search(_plain(question))
    if found is None:
        return question
    known = [memory.content for memory in await call.recall("", MOST)]
    read = [fact for content in facts.about(f"when is {found[0]}", known) if (fact := facts.read(content))]
    if not read:
        raise ToolFailure(f"I have nothing noted about {to_you(found[0])}.")
    return f"{_plain(question)[: found.start()]}{read[-1].value}{_plain(question)[found.end() :]}"


def understand(said: str) -> dict[str, Any] | None:
    """The question, if the whole sentence is one about dates."""
    text = _plain(said)
    if (
        _CLOCK.search(text)
        or _THERE.search(text)
        or not _MARKS.search(text)
        or not 2 <= len(text.split()) <= _MOST_WORDS
    ):
        return None
    today = datetime.now().astimezone().date()
    if asked := _stated_days.question(text, today):
        return {"question": asked}
    of_own = _DISTANCE.search(text) and _UNTIL_OWN.search(text)
    return {"question": text} if of_own or _is_about_days(text, today) else None


def _is_about_days(text: str, today: date) -> bool:
    """Whether nothing but a question about dates is in the text."""
    try:
        days = _days.find(text, today)
    except ToolFailure:
        return True
    if not days and _place(text) is None and not _asks_of_calendar(text):
        return False
    rest = _days.without(text, days)
    if _DISTANCE.search(text) and not _RELATION.search(rest) and not _DAYS_IN.search(text):
        return False
    if (found := _IN_PLACE.search(rest)) and _place(rest) is not None:
        rest = rest[: found.start()]
    return set(_bare(rest).split()) <= _WORDS


def answer(question: str, today: date) -> dict[str, Any]:
    """What a question comes to on a day. Raises ToolFailure."""
    text = _plain(question)
    if _THERE.search(text):
        raise ToolFailure("Where do you mean? Say for example: what day is it in Tokyo.")
    if found := _DAYS_IN.search(text):
        return _length(found, today)
    if "leap year" in text:
        return _leap(text, today)
    past = _PAST.search(text) is not None
    days = _days.find(text, today, past=past)
    if later := _with_year(text, days):
        text, days = later, _days.find(later, today, past=past)
    if _DISTANCE.search(text) or re.search(r"\bhow old\b", text):
        return _distance(text, days, today)
    return _told(text, days, today)


def _told(text: str, days: list[Day], today: date) -> dict[str, Any]:
    """Which day that is, or today."""
    place = _place(_days.without(text, days)) if all(day.name == "today" for day in days) else None
    if place is not None:
        return _today(text, datetime.now(ZoneInfo(place[1])).date(), f" in {place[0].title()}")
    if len(days) >= 2 and any(day.weekday for day in days):
        return _compared(days, today)
    return _named(days[0], text, today) if days else _today(text, today)


def _with_year(text: str, days: list[Day]) -> str:
    """The text with a year that stands apart from its day behind it; empty if there is none."""
    found = re.search(r"\b(?:in|of) (\d{4}|next year|this year|last year)\Z", text)
    if not found or len(days) != 1 or not days[0].yearless or days[0].end > found.start():
        return ""
    return f"{text[: days[0].end]} {found[1]}{text[days[0].end : found.start()]}".strip()


def _plain(question: str) -> str:
    text = plain(_days.written(question)).strip()
    text = re.sub(r"\b(today|tomorrow|yesterday)'?s\b", r"\1", text)
    return re.sub(r"\bday of the week\b", "weekday", text)


def _bare(text: str) -> str:
    return re.sub(rf"\b(?:{'|'.join(MONTHS)}|\d{{4}})\b", " ", text, flags=re.IGNORECASE)


def _place(text: str) -> tuple[str, str] | None:
    """The place that is asked about, and its zone."""
    found = _IN_PLACE.search(text)
    zone = find_zone(found["place"]) if found and len(found["place"]) > 2 else None
    return (found["place"], zone) if found and zone else None


def _asks_of_calendar(text: str) -> bool:
    return bool("leap year" in text or _DAYS_IN.search(text) or _LEFT.search(text) or _TODAY.search(text))


def _leap(text: str, today: date) -> dict[str, Any]:
    if re.search(r"\bwhen\b|\bwhich\b", text):
        year = next(y for y in range(today.year + 1, today.year + 9) if is_leap(y))
        return {"year": year, "spoken": f"The next leap year is {year}."}
    found = re.search(r"\b(?:(\d{4})|(this|next|last) year)\b", text)
    year = today.year
    if found:
        year = int(found[1]) if found[1] else today.year + {"this": 0, "next": 1, "last": -1}[found[2]]
    leap = is_leap(year)
    verb = "is" if year >= today.year else "was"
    said = f"Yes, {year} {verb} a leap year." if leap else f"No, {year} {verb} not a leap year."
    return {"year": year, "leap": leap, "spoken": said}


def _length(found: re.Match[str], today: date) -> dict[str, Any]:
    """How long a month or a year is."""
    step = {"this": 0, "next": 1, "last": -1}.get(found["this"] or "", 0)
    if found["month"] or found["period"] == "month":
        month = _days.find(found["month"], today)[0].day if found["month"] else _month(today, step)
        year = int(found["of"] or month.year)
        days, name = days_in(year, month.month), f"{MONTHS[month.month - 1]} {year}"
        if found["month"] and not found["of"] and month.month != 2:
            name = MONTHS[month.month - 1]
    else:
        year = int(found["year"] or today.year + step)
        days = 366 if found["leap"] or is_leap(year) else 365
        name = "A leap year" if found["leap"] else f"The year {year}"
    if found["unit"] == "weeks":
        return {"days": days, "spoken": f"{name} has {_days.in_weeks(days)}."}
    return {"days": days, "spoken": f"{name} has {days} days."}


def _month(today: date, step: int) -> date:
    return _days.later(today.replace(day=1), "1 month", step) if step else today


def _distance(text: str, days: list[Day], today: date) -> dict[str, Any]:
    if left := _LEFT.search(text):
        return _left(left["period"], today)
    if not days:
        raise ToolFailure(_UNKNOWN)
    if len(days) >= 2:
        return _between(text, days[0], days[1], today)
    day = days[0]
    if re.search(r"\bhow old\b", text):
        years = today.year - day.day.year - ((today.month, today.day) < (day.day.month, day.day.day))
        return {
            "date": day.day.isoformat(),
            "years": years,
            "spoken": f"That makes {_days.counted(years, 'year')}.",
        }
    count = (day.day - today).days
    about = _about(day, today)
    span = _span(abs(count), text, today, day.day)
    if count == 0:
        said = "That is today."
    elif count > 0:
        said = f"{span} until {about}."
    else:
        said = f"{span} since {about}."
    return {"date": day.day.isoformat(), "days": count, "spoken": said if count == 0 else _is(count, said)}


def _about(day: Day, today: date) -> str:
    """A day behind "until" or "since"."""
    when = _long(day.day, today)
    if day.name in {"today", "tomorrow", "yesterday"}:
        return day.name
    return f"{day.name} on {when}" if day.name else when


def _is(count: int, said: str) -> str:
    one = said.startswith("1 ")
    if count > 0:
        return f"There {'is' if one else 'are'} {said}"
    return f"It has been {said}"


def _left(period: str, today: date) -> dict[str, Any]:
    end = {
        "year": date(today.year, 12, 31),
        "month": today.replace(day=days_in(today.year, today.month)),
        "week": today + timedelta(days=6 - today.weekday()),
    }[period]
    days = (end - today).days
    if not days:
        return {"date": end.isoformat(), "days": 0, "spoken": f"Today is the last day of this {period}."}
    verb = "is" if days == 1 else "are"
    said = f"There {verb} {_days.counted(days, 'day')} left in this {period}, after today."
    return {"date": end.isoformat(), "days": days, "spoken": said}


def _between(text: str, first: Day, last: Day, today: date) -> dict[str, Any]:
    begin, end = first.day, last.day
    if end < begin and last.yearless:
        end = _days.later(end, "1 year")
    begin, end = min(begin, end), max(begin, end)
    span = _span((end - begin).days, text, begin, end)
    said = f"From {_long(begin, today)} to {_long(end, today)} it is {span}."
    return {"date": end.isoformat(), "days": (end - begin).days, "spoken": said}


def _span(days: int, text: str, begin: date, end: date) -> str:
    """A number of days, in the unit that was asked for."""
    asked = _DISTANCE.search(text)
    unit = (asked["unit"] or asked["bare"] or "") if asked else ""
    if unit == "weeks":
        return _days.in_weeks(days)
    if unit in {"months", "years"}:
        return _days.in_months(min(begin, end), max(begin, end), in_years=unit == "years")
    if unit in {"sleeps", "nights"}:
        return _days.counted(days, unit.removesuffix("s"))
    if not unit and days >= 21:
        return f"{_days.counted(days, 'day')}, or {_days.in_weeks(days)},"
    return _days.counted(days, "day")


def _compared(days: list[Day], today: date) -> dict[str, Any]:
    """Whether a day is on a day of the week."""
    weekday = next(day for day in days if day.weekday)
    meant = next((day for day in days if not day.weekday), weekday)
    same = meant.day.weekday() == weekday.day.weekday()
    told = _named(meant, "", today)
    spoken = str(told["spoken"])
    lowered = spoken[0].lower() + spoken[1:] if spoken.startswith(("That", "Today", "Tomorrow")) else spoken
    return {**told, "spoken": f"{'Yes' if same else 'No'}, {lowered}"}


def _named(day: Day, text: str, today: date) -> dict[str, Any]:
    """On which date, and which day of the week, it is."""
    when, count = _long(day.day, today), (day.day - today).days
    verb = "is" if count >= 0 else "was"
    if day.name == "today" and re.search(r"\bdate\b", text):
        said = f"Today is {when}, {today.year}."
    elif day.name in {"today", "tomorrow", "yesterday"}:
        said = f"{day.name.title()} {verb} {when}."
    elif day.name:
        said = f"{day.name[0].upper()}{day.name[1:]} {verb} on {when}."
    elif day.counted or day.weekday:
        said = f"That {verb} {when}."
    else:
        said = f"{_name(day, today)} {verb} a {day.day:%A}."
    if not _MARKS.search(text) and text and count > 1:
        said = f"{said.removesuffix('.')}, in {_days.counted(count, 'day')}."
    return {"date": day.day.isoformat(), "weekday": f"{day.day:%A}", "days": count, "spoken": said}


def _today(text: str, today: date, where: str = "") -> dict[str, Any]:
    found = _TODAY.search(text)
    if found is None:
        raise ToolFailure(_UNKNOWN)
    what = found["what"] or found["bare"]
    told = {"date": today.isoformat(), "weekday": f"{today:%A}"}
    if what == "week":
        return {**told, "spoken": f"It is week {today.isocalendar().week} of {today.isocalendar().year}."}
    if what == "year":
        return {**told, "spoken": f"It is {today.year}."}
    if what == "month":
        return {**told, "spoken": f"It is {today:%B} {today.year}."}
    when = f"{today:%A}, {today:%B} {today.day}"
    year = f", {today.year}" if what == "date" else ""
    return {**told, "spoken": f"It is {when}{year}{where}."}


def _name(day: Day, today: date) -> str:
    if day.name:
        return day.name
    year = "" if day.day.year == today.year else f", {day.day.year}"
    return f"{day.day:%B} {day.day.day}{year}"


def _long(day: date, today: date) -> str:
    year = "" if day.year == today.year else f", {day.year}"
    return f"{day:%A}, {day:%B} {day.day}{year}"
