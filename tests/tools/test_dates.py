from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain import feasts
from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import dates

MONDAY = date(2026, 11, 30)


def ask(question: str, today: date = MONDAY) -> str:
    return str(dates.answer(question, today)["spoken"])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What's the date today?", "Today is Monday, November 30, 2026."),
        ("today's date", "Today is Monday, November 30, 2026."),
        ("tell me the date please", "It is Monday, November 30, 2026."),
        ("what day is it", "It is Monday, November 30."),
        ("do you know what day it is", "It is Monday, November 30."),
        ("what day of the week is it", "It is Monday, November 30."),
        ("what year is it", "It is 2026."),
        ("which month is it", "It is November 2026."),
        ("what week is it", "It is week 49 of 2026."),
        ("what day is tomorrow", "Tomorrow is Tuesday, December 1."),
        ("what was yesterday's date", "Yesterday was Sunday, November 29."),
        ("is it friday today", "No, today is Monday, November 30."),
        ("is today monday", "Yes, today is Monday, November 30."),
    ],
)
def test_today_is_told_without_the_time(question: str, said: str) -> None:
    assert ask(question) == said
    assert dates.understand(question) is not None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What day of the week is it on Christmas?", "Christmas is on Friday, December 25."),
        ("which day is the 3rd of May 2027", "May 3, 2027 is a Monday."),
        ("which day is the third of May twenty twenty seven", "May 3, 2027 is a Monday."),
        ("which day is 12/25/2026", "December 25 is a Friday."),
        ("which weekday is 25.12.2026", "December 25 is a Friday."),
        ("what day is 2028-02-29", "February 29, 2028 is a Tuesday."),
        ("what day was July 4th 1776", "July 4, 1776 was a Thursday."),
        ("what day of the week does Halloween fall on", "Halloween is on Sunday, October 31, 2027."),
        ("what day does New Year's Day fall on in 2030", "New Year's Day is on Tuesday, January 1, 2030."),
        ("when is Easter", "Easter is on Sunday, March 28, 2027."),
        ("when was easter 2024", "Easter was on Sunday, March 31, 2024."),
        ("when is thanksgiving 2027", "Thanksgiving is on Thursday, November 25, 2027."),
        ("when is mothers day", "Mother's Day is on Sunday, May 9, 2027."),
        ("is Christmas on a Friday", "Yes, Christmas is on Friday, December 25."),
        ("is Christmas on a Monday this year", "No, Christmas is on Friday, December 25."),
        ("what date is friday", "That is Friday, December 4."),
        ("what date is next friday", "That is Friday, December 11."),
        ("when is the last friday of November", "That is Friday, November 26, 2027."),
        ("what's the 2nd monday in may 2027", "That is Monday, May 10, 2027."),
        ("what day is the 15th", "December 15 is a Tuesday."),
    ],
)
def test_a_date_has_its_weekday_and_a_feast_its_date(question: str, said: str) -> None:
    assert ask(question) == said
    assert dates.understand(question) is not None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how many days until Christmas", "There are 25 days until Christmas on Friday, December 25."),
        ("days till xmas", "There are 25 days until Christmas on Friday, December 25."),
        ("how long until tomorrow", "There is 1 day until tomorrow."),
        ("how many days until 2027", "There are 32 days until Friday, January 1, 2027."),
        ("how long till the weekend", "There are 5 days until Saturday, December 5."),
        (
            "how many days until winter",
            "There are 21 days until the first day of winter on Monday, December 21.",
        ),
        ("how many days until friday", "There are 4 days until Friday, December 4."),
        (
            "how far away is christmas",
            "There are 25 days, or 3 weeks and 4 days, until Christmas on Friday, December 25.",
        ),
        (
            "how many weeks until New Year's Eve",
            "There are 4 weeks and 3 days until New Year's Eve on Thursday, December 31.",
        ),
        ("how many months until june 1st", "There are 6 months and 2 days until Tuesday, June 1, 2027."),
        ("how many days since Easter", "It has been 239 days since Easter on Sunday, April 5."),
        (
            "how many days between May 3 and June 7",
            "From Monday, May 3, 2027 to Monday, June 7, 2027 it is 35 days.",
        ),
        (
            "how many weeks from december 1 to december 25",
            "From Tuesday, December 1 to Friday, December 25 it is 3 weeks and 3 days.",
        ),
        ("how many sleeps till christmas", "There are 25 sleeps until Christmas on Friday, December 25."),
        ("how many days are left in the year", "There are 31 days left in this year, after today."),
        ("how many days left in this month", "Today is the last day of this month."),
        ("how old is someone born on march 3 1990", "That makes 36 years."),
    ],
)
def test_the_days_until_since_and_between_are_counted(question: str, said: str) -> None:
    assert ask(question) == said
    assert dates.understand(question) is not None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what's the date in 3 weeks", "That is Monday, December 21."),
        ("what date is 90 days from now", "That is Sunday, February 28, 2027."),
        ("what day will it be in 100 days", "That is Wednesday, March 10, 2027."),
        ("what date was it two weeks ago", "That was Monday, November 16."),
        ("what date is it in a month", "That is Wednesday, December 30."),
        ("what date is in a year and a half", "That is Tuesday, May 30, 2028."),
        ("3 weeks from tomorrow is what date", "That is Tuesday, December 22."),
        ("what date is 3 days before Christmas", "That is Tuesday, December 22."),
        ("what day is the day after Christmas", "That is Saturday, December 26."),
        ("what date is two weeks and 3 days from now", "That is Thursday, December 17."),
        ("what date is a fortnight from now", "That is Monday, December 14."),
    ],
)
def test_the_date_so_much_later_or_before_is_told(question: str, said: str) -> None:
    assert ask(question) == said
    assert dates.understand(question) is not None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("is 2028 a leap year", "Yes, 2028 is a leap year."),
        ("is next year a leap year", "No, 2027 is not a leap year."),
        ("was 1900 a leap year", "No, 1900 was not a leap year."),
        ("was 2000 a leap year", "Yes, 2000 was a leap year."),
        ("when is the next leap year", "The next leap year is 2028."),
        ("how many days are there in february 2028", "February 2028 has 29 days."),
        ("how many days does april have", "April has 30 days."),
        ("how many days are in a leap year", "A leap year has 366 days."),
        ("how many weeks are in 2026", "The year 2026 has 52 weeks and 1 day."),
    ],
)
def test_leap_years_and_the_length_of_months_are_known(question: str, said: str) -> None:
    assert ask(question) == said
    assert dates.understand(question) is not None


def test_a_bare_date_tells_both_its_weekday_and_how_far_it_is() -> None:
    assert ask("christmas") == "Christmas is on Friday, December 25, in 25 days."
    assert ask("May 3 2027") == "May 3, 2027 is a Monday, in 154 days."


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        ("what day is february 30", "There is no February 30 in my calendar."),
        ("what day is 2026-13-01", "There is no 2026-13-01 in my calendar."),
        ("what is the date in 9999999999 days", "That is too far away for my calendar."),
        ("what is the date in 99999 years", "That is too far away for my calendar."),
        ("the 5th monday in february 2027", "There is no The 5Th Monday In February 2027 in my calendar."),
        ("how many days until my birthday", "I did not understand which date."),
        ("hello", "I did not understand which date."),
        ("what day is it there", "Where do you mean?"),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(question: str, refusal: str) -> None:
    with pytest.raises(ToolFailure) as refused:
        ask(question)
    assert refused.value.message.lower().startswith(refusal.lower())


@pytest.mark.parametrize(
    "said",
    [
        "what time is it",
        "remind me on friday",
        "when is my birthday",
        "when is tom's birthday",
        "what's on friday",
        "set a timer for 5 days",
        "what day is it there",
        "remember that Christmas is on a Friday",
        "how long is my timer",
        "when did world war 2 end",
        "how many days are in 3 weeks",
        "may I ask you something",
        "",
    ],
)
def test_what_is_no_question_about_dates_is_left_to_others(said: str) -> None:
    assert dates.understand(said) is None


def test_another_places_day_is_that_places() -> None:
    days = {datetime.now(ZoneInfo("Asia/Tokyo")).date()}
    said = ask("what day is it in Tokyo")
    days.add(datetime.now(ZoneInfo("Asia/Tokyo")).date())
    assert said in {f"It is {day:%A}, {day:%B} {day.day} in Tokyo." for day in days}
    assert dates.understand("what day is it in Tokyo") is not None
    assert dates.understand("what day is it in Mordor") is None


async def test_the_result_is_a_date_and_a_number_of_days() -> None:
    today = datetime.now().astimezone().date()
    told = await dates.run(dates.Args(question="how many days until tomorrow"), Conversation())
    assert (told["date"], told["days"]) == ((today + timedelta(days=1)).isoformat(), 1)
    told = await dates.run(dates.Args(), Conversation())
    assert told["date"] == today.isoformat()


async def test_the_days_until_a_day_of_the_users_own_are_counted_from_what_they_told() -> None:
    call = Conversation()
    assert dates.understand("how many days until my birthday") is not None
    with pytest.raises(ToolFailure, match="nothing noted about your birthday"):
        await dates.run(dates.Args(question="how many days until my birthday"), call)
    in_two_days = datetime.now().astimezone().date() + timedelta(days=2)
    await call.remember(f"my birthday is on {in_two_days:%B} {in_two_days.day}")
    told = await dates.run(dates.Args(question="how many days until my birthday"), call)
    assert told["days"] in {1, 2}


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("spring", ("2024-03-20", "2025-03-20", "2026-03-20")),
        ("summer", ("2024-06-20", "2025-06-21", "2026-06-21")),
        ("autumn", ("2024-09-22", "2025-09-22", "2026-09-23")),
        ("winter", ("2024-12-21", "2025-12-21", "2027-12-22")),
    ],
)
def test_seasons_begin_where_the_almanac_has_it(name: str, days: tuple[str, ...]) -> None:
    assert [feasts.season(name, int(day[:4])).isoformat() for day in days] == list(days)


EASTERS = ("1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2019-04-21", "2024-03-31", "2038-04-25")


@pytest.mark.parametrize("day", EASTERS)
def test_easter_is_where_the_almanac_has_it(day: str) -> None:
    assert feasts.easter(int(day[:4])).isoformat() == day


@given(st.integers(1600, 4000))
def test_feasts_keep_their_rules_in_every_year(year: int) -> None:
    assert feasts.easter(year).weekday() == feasts.SUNDAY
    assert date(year, 3, 22) <= feasts.easter(year) <= date(year, 4, 25)
    days = {name: rule(year) for name, rule in feasts.FEASTS.values()}
    assert days["the first Sunday of Advent"].weekday() == feasts.SUNDAY
    assert date(year, 11, 27) <= days["the first Sunday of Advent"] <= date(year, 12, 3)
    assert 22 <= days["Thanksgiving"].day <= 28
    assert feasts.is_leap(year) == (feasts.days_in(year, 2) == 29)


@given(st.dates(date(1600, 1, 1), date(3000, 1, 1)), st.integers(-3000, 3000))
def test_days_are_counted_as_python_counts_them(today: date, days: int) -> None:
    when = today + timedelta(days=days)
    told = dates.answer(f"how many days until {when.isoformat()}", today)
    assert (told["days"], told["date"]) == (days, when.isoformat())


@given(st.text(max_size=200))
def test_any_text_is_answered_or_refused(said: str) -> None:
    assert dates.understand(said) is None or dates.Args(question=said)
    with suppress(ToolFailure):
        assert dates.answer(said, MONDAY)["spoken"]


@given(
    st.lists(st.sampled_from("how many days until the 3rd of may week from before 2 christmas , in".split()))
)
def test_the_longest_question_is_answered_at_once(words: list[str]) -> None:
    text = (" ".join(words) * 60)[:200]
    began = process_time()
    dates.understand(text)
    assert process_time() - began < 0.3
