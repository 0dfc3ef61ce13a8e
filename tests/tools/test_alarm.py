from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.timer import TimerKind
from orion.domain.timer_words import ringing
from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import alarm
from orion.tools._clock_times import read

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 30, 19, 10, tzinfo=BERLIN)
"""A Monday evening."""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("7 am tomorrow", "2026-12-01 07:00"),
        ("7am tomorrow", "2026-12-01 07:00"),
        ("tomorrow at seven", "2026-12-01 07:00"),
        ("seven thirty tomorrow morning", "2026-12-01 07:30"),
        ("3 o'clock", "2026-12-01 03:00"),
        ("8", "2026-11-30 20:00"),
        ("at 8:30", "2026-11-30 20:30"),
        ("eight tonight", "2026-11-30 20:00"),
        ("tonight at eleven", "2026-11-30 23:00"),
        ("noon on Friday", "2026-12-04 12:00"),
        ("friday at noon", "2026-12-04 12:00"),
        ("monday at 8 pm", "2026-11-30 20:00"),
        ("monday at 8 am", "2026-12-07 08:00"),
        ("next monday at 9", "2026-12-07 09:00"),
        ("14:30", "2026-12-01 14:30"),
        ("at 14:30 on Thursday", "2026-12-03 14:30"),
        ("07:30", "2026-12-01 07:30"),
        ("19:30", "2026-11-30 19:30"),
        ("half past seven", "2026-11-30 19:30"),
        ("quarter to eight in the morning", "2026-12-01 07:45"),
        ("twenty to nine", "2026-11-30 20:40"),
        ("seven oh five", "2026-12-01 07:05"),
        ("midnight", "2026-12-01 00:00"),
        ("tomorrow at midnight", "2026-12-02 00:00"),
        ("12", "2026-12-01 12:00"),
        ("12 am", "2026-12-01 00:00"),
        ("the day after tomorrow at 6:15 pm", "2026-12-02 18:15"),
        ("tomorrow at 3", "2026-12-01 15:00"),
        ("tomorrow at 5", "2026-12-01 05:00"),
        ("December 24 at 6 pm", "2026-12-24 18:00"),
        ("the 3rd of January at noon", "2027-01-03 12:00"),
        ("2026-12-24 18:00", "2026-12-24 18:00"),
        ("in 2 days at 5 pm", "2026-12-02 17:00"),
        ("in a week at noon", "2026-12-07 12:00"),
        ("5 in the afternoon", "2026-12-01 17:00"),
        ("this evening at 9", "2026-11-30 21:00"),
        ("tomorrow evening at 8", "2026-12-01 20:00"),
    ],
)
def test_clock_times_are_understood_as_people_say_them(said, shown):
    assert str(read(said, NOW.replace(tzinfo=None), early=4)) == f"{shown}:00"


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("25 o'clock", "no such time"),
        ("13 pm", "no such time"),
        ("yesterday at 5", "is over"),
        ("today at 5 am", "5 AM today is over"),
        ("tomorrow morning", "At what time tomorrow"),
        ("Friday", "At what time on Friday"),
        ("February 30 at noon", "no such date"),
        ("7 am Tokyo time", "your own clock"),
        ("at 7 in Paris", "your own clock"),
        ("soon", "did not understand"),
        ("five minutes ago", "past"),
        ("0 minutes", "at least one second"),
        ("December 24 2030 at noon", "more than a year"),
    ],
)
async def test_what_no_alarm_can_be_set_for_is_said_clearly(said, failure):
    call = Conversation()
    with pytest.raises(ToolFailure, match=failure):
        await alarm.run(alarm.Args(time=said), on(call, NOW))
    assert call.timers.running == []


def on(call, now):
    """The conversation at a time of its user's clock, who is in Berlin."""
    call.timers.zone = "Europe/Berlin"
    call.timers.clock = now.astimezone(UTC)
    return call


async def test_an_alarm_rings_by_the_clock_of_its_user():
    call = Conversation()
    told = await alarm.run(alarm.Args(time="7 am tomorrow"), on(call, NOW))
    (kept,) = call.timers.running
    assert (kept.kind, kept.due_at) == (TimerKind.ALARM, datetime(2026, 12, 1, 6, tzinfo=UTC))
    assert told["spoken"] == "alarm for 7 AM tomorrow"
    assert ringing(kept, kept.due_at) == "It is 7 AM. This is your alarm."


async def test_the_clock_changes_on_the_night_between():
    call = Conversation()
    await alarm.run(alarm.Args(time="7 am tomorrow"), on(call, datetime(2026, 10, 24, 20, tzinfo=BERLIN)))
    assert call.timers.running[0].due_at == datetime(2026, 10, 25, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "spoken"),
    [
        ({"time": "8 pm"}, "alarm for 8 PM"),
        ({"time": "noon on Friday"}, "alarm for noon on Friday"),
        (
            {"time": "5 pm tomorrow", "about": "call my mom"},
            "I will remind you at 5 PM tomorrow to call your mom",
        ),
        ({"time": "7 am", "name": "school"}, "alarm for 7 AM tomorrow, school"),
        ({"time": "20 minutes"}, "timer for 20 minutes"),
        ({"time": "in 20 minutes", "about": "call mom"}, "I will remind you in 20 minutes to call mom"),
    ],
)
async def test_what_was_set_is_echoed_with_its_day_unless_that_is_today(arguments, spoken):
    told = await alarm.run(alarm.Args(**arguments), on(Conversation(), NOW))
    assert told["spoken"] == spoken


@given(st.text(max_size=100) | st.text("0123456789 :.ampfridtonewh", max_size=40))
async def test_any_text_sets_an_alarm_within_a_year_or_is_refused(said):
    call = on(Conversation(), NOW)
    try:
        await alarm.run(alarm.Args.model_construct(time=said, about=None, name=None), call)
    except ToolFailure:
        assert call.timers.running == []
    else:
        (kept,) = call.timers.running
        assert 0 < (kept.due_at - call.timers.clock).total_seconds() <= 366 * 86400
