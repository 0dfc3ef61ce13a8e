import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import timer

DAY_SECS = 24 * 3600


@pytest.mark.parametrize(
    ("duration", "secs"),
    [
        ("ten minutes", 600),
        ("1 hour and 30 minutes", 5400),
        ("an hour and a half", 5400),
        ("half an hour", 1800),
        ("a quarter of an hour", 900),
        ("three quarters of an hour", 2700),
        ("two hours and a quarter", 8100),
        ("forty five seconds", 45),
        ("one second", 1),
        ("two and a half minutes", 150),
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
    assert timer.seconds(duration) == secs


async def test_a_timer_speaks_when_it_is_due():
    call = Conversation()
    told = await timer.run(timer.Args(duration="ninety seconds", about="take the pizza out"), call)
    assert call.announced == [(90.0, "Reminder: take the pizza out.")]
    assert told["spoken"] == "I will tell you in 1 minute and 30 seconds"


async def test_a_timer_about_nothing_says_how_long_it_was():
    call = Conversation()
    await timer.run(timer.Args(duration="an hour"), call)
    assert call.announced == [(3600.0, "Your timer for 1 hour is over.")]


@pytest.mark.parametrize("duration", ["0 seconds", "25 hours", "two days", "later", "9" * 90 + " minutes"])
async def test_a_timer_beyond_its_limits_is_refused(duration):
    call = Conversation()
    with pytest.raises(ToolFailure):
        await timer.run(timer.Args(duration=duration), call)
    assert call.announced == []


@given(st.integers(1, DAY_SECS))
def test_what_is_spoken_is_understood_again(secs):
    assert timer.seconds(timer.spoken(secs)) == secs


@given(st.text(max_size=100) | st.text("0123456789. -minutehoursd", max_size=100))
async def test_any_text_sets_a_timer_within_a_day_or_is_refused(duration):
    call = Conversation()
    try:
        await timer.run(timer.Args.model_construct(duration=duration), call)
    except ToolFailure:
        assert call.announced == []
    else:
        assert [1 <= secs <= DAY_SECS and math.isfinite(secs) for secs, _ in call.announced] == [True]
