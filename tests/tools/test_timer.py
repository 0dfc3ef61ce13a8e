import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.timer import MOST_SET, TimerKind
from orion.domain.timer_words import length, ringing
from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import timer
from orion.tools._durations import seconds

DAY_SECS = 24 * 3600
YEAR_SECS = 366 * DAY_SECS


@pytest.mark.parametrize(
    ("duration", "secs"),
    [
        ("ten minutes", 600),
        ("1 hour and 30 minutes", 5400),
        ("an hour and a half", 5400),
        ("one and a half hours", 5400),
        ("half an hour", 1800),
        ("a half hour", 1800),
        ("a quarter of an hour", 900),
        ("three quarters of an hour", 2700),
        ("two hours and a quarter", 8100),
        ("forty five seconds", 45),
        ("one second", 1),
        ("two and a half minutes", 150),
        ("a couple of minutes", 120),
        ("two weeks", 14 * DAY_SECS),
        ("0.5 hours", 1800),
        *(("5 mins", 300), ("1 hr 30 min", 5400), ("90s", 90), ("1h30m", 5400)),
        ("soon", None),
        ("ten", None),
        ("minus five minutes", None),
        ("-5 minutes", None),
        ("five minutes ago", None),
    ],
)
def test_durations_are_understood_as_people_say_them(duration, secs):
    assert seconds(duration) == secs


async def test_a_reminder_is_kept_and_says_what_it_is_about():
    call = Conversation()
    told = await timer.run(timer.Args(duration="ninety seconds", about="call my mom"), call)
    (kept,) = call.timers.running
    assert (kept.kind, kept.due_at) == (TimerKind.REMINDER, call.timers.clock + timedelta(seconds=90))
    assert (told["secs"], told["about"]) == (90, "call my mom")
    assert told["spoken"] == "I will remind you in 1 minute and 30 seconds to call your mom"
    assert ringing(kept, kept.due_at) == "Reminder: call your mom."


@pytest.mark.parametrize(
    ("arguments", "echoed", "rings"),
    [
        ({"duration": "an hour"}, "timer for 1 hour", "Your timer for 1 hour is up."),
        ({"duration": "5 mins", "name": "tea"}, "timer for 5 minutes, tea", "Your tea timer is up."),
        ({"duration": "3 min", "name": "the tea timer"}, "timer for 3 minutes, tea", None),
        ({"duration": "3 min", "name": "set a"}, "timer for 3 minutes", None),
        ({"duration": "7 minutes", "about": "my eggs"}, "timer for 7 minutes, your eggs", None),
        ({"duration": "7 minutes", "about": "the eggs"}, None, "Your timer for the eggs is up."),
        ({"duration": "7 minutes", "about": "pasta"}, None, "Your pasta timer is up."),
    ],
)
async def test_a_timer_is_echoed_with_its_time_and_name(arguments, echoed, rings):
    call = Conversation()
    told = await timer.run(timer.Args(**arguments), call)
    (kept,) = call.timers.running
    assert told["spoken"] == (echoed or told["spoken"])
    assert ringing(kept, kept.due_at) == (rings or ringing(kept, kept.due_at))


@pytest.mark.parametrize("duration", ["0 seconds", "two years", "400 days", "later", "9" * 90 + " minutes"])
async def test_a_timer_beyond_its_limits_is_refused(duration):
    call = Conversation()
    with pytest.raises(ToolFailure):
        await timer.run(timer.Args(duration=duration), call)
    assert call.timers.running == []


async def test_there_is_an_end_to_timers():
    call = Conversation()
    for _ in range(MOST_SET):
        await timer.run(timer.Args(duration="an hour"), call)
    with pytest.raises(ToolFailure, match="Cancel one first"):
        await timer.run(timer.Args(duration="an hour"), call)


@given(st.integers(1, DAY_SECS))
def test_what_is_spoken_is_understood_again(secs):
    assert seconds(length(secs)) == secs


@given(st.text(max_size=100) | st.text("0123456789. -minutehoursdapfq:", max_size=100))
async def test_any_text_sets_a_timer_within_a_year_or_is_refused(duration):
    call = Conversation()
    try:
        await timer.run(timer.Args.model_construct(duration=duration, about=None, name=None), call)
    except ToolFailure:
        assert call.timers.running == []
    else:
        (kept,) = call.timers.running
        secs = (kept.due_at - call.timers.clock).total_seconds()
        assert 0 < secs <= YEAR_SECS
        assert math.isfinite(secs)
