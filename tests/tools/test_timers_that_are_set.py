"""Timers that are set: listed, changed, cancelled, by whatever they are called."""

from datetime import timedelta

import pytest

from orion.domain.timer import TimerKind
from orion.domain.timer_words import goes_on, missed
from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import alarm, cancel_timer, change_timer, end_call, list_timers, timer


@pytest.fixture
async def call():
    """Tea for 3 minutes, plain 10 minutes, pasta for 8 minutes, and an alarm for 7 tomorrow."""
    call = Conversation()
    call.timers.zone = "UTC"
    call.timers.clock = call.timers.clock.replace(hour=12, minute=0, second=0, microsecond=0)
    await timer.run(timer.Args(duration="3 minutes", name="tea"), call)
    await timer.run(timer.Args(duration="10 minutes"), call)
    await timer.run(timer.Args(duration="8 minutes", name="pasta"), call)
    await alarm.run(alarm.Args(time="7 am tomorrow"), call)
    return call


async def listed(call, which=None):
    return (await list_timers.run(list_timers.Args(which=which), call))["spoken"]


async def cancelled(call, which=None):
    before = {one.id: one for one in call.timers.running}
    told = await cancel_timer.run(cancel_timer.Args(which=which), call)
    gone = [one for key, one in before.items() if key not in {left.id for left in call.timers.running}]
    return [one.name or one.kind.value for one in gone], told["spoken"]


async def changed(call, **arguments):
    return (await change_timer.run(change_timer.Args(**arguments), call))["spoken"]


async def test_all_are_listed_the_next_one_first(call):
    assert await listed(call) == (
        "Your tea timer has 3 minutes left, your pasta timer has 8 minutes left, "
        "your timer for 10 minutes has 10 minutes left and your alarm is set for 7 AM tomorrow."
    )


@pytest.mark.parametrize(
    ("which", "told"),
    [
        ("the tea timer", "Your tea timer has 1 minute and 30 seconds left."),
        ("tea", "Your tea timer has 1 minute and 30 seconds left."),
        ("my 10 minute timer", "Your timer for 10 minutes has 8 minutes and 30 seconds left."),
        ("the alarm", "Your alarm is set for 7 AM tomorrow."),
        ("the 7 o'clock alarm", "Your alarm is set for 7 AM tomorrow."),
    ],
)
async def test_what_is_left_of_one(call, which, told):
    call.timers.clock += timedelta(seconds=90)
    assert await listed(call, which) == told


@pytest.mark.parametrize(
    ("which", "gone"),
    [
        ("the tea timer", ["tea"]),
        ("pasta", ["pasta"]),
        ("the 10 minute one", ["timer"]),
        ("my alarm", ["alarm"]),
        ("the alarm for 7", ["alarm"]),
        ("the last timer", ["pasta"]),
        ("the first timer", ["tea"]),
        ("it", ["alarm"]),
        ("all timers", ["tea", "timer", "pasta"]),
        ("all of them", ["tea", "timer", "pasta", "alarm"]),
        ("all my alarms", ["alarm"]),
        ("all timers but the pasta timer", ["tea", "timer"]),
        ("everything except the alarm", ["tea", "timer", "pasta"]),
        ("all but the 10 minute timer", ["tea", "pasta"]),
        ("every timer except the first", ["timer", "pasta"]),
    ],
)
async def test_one_is_cancelled_by_its_name_its_time_or_its_place(call, which, gone):
    assert sorted((await cancelled(call, which))[0]) == sorted(gone)


async def test_with_several_it_is_asked_which_one_and_nothing_is_cancelled(call):
    for which in (None, "the timer"):
        with pytest.raises(ToolFailure, match=r"Which one: the tea timer, .*\?"):
            await cancelled(call, which)
    assert len(call.timers.running) == 4


async def test_the_timer_is_the_only_one():
    call = Conversation()
    with pytest.raises(ToolFailure, match="no timers set"):
        await cancelled(call)
    await timer.run(timer.Args(duration="5 minutes"), call)
    assert await cancelled(call, "timer") == (["timer"], "your timer for 5 minutes is cancelled")
    assert await listed(call) == "You have no timers set."


async def test_what_is_not_set_is_not_guessed(call):
    with pytest.raises(ToolFailure, match="There is no such timer"):
        await cancelled(call, "the laundry timer")
    with pytest.raises(ToolFailure, match="no reminders"):
        await cancelled(call, "all reminders")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"to": "5 minutes", "which": "tea"}, "your tea timer now rings in 5 minutes"),
        ({"by": "5 minutes", "which": "tea"}, "your tea timer now rings in 8 minutes"),
        ({"to": "5 minutes more", "which": "tea"}, "your tea timer now rings in 8 minutes"),
        ({"by": "minus 1 minute", "which": "tea"}, "your tea timer now rings in 2 minutes"),
        ({"to": "8 am tomorrow", "which": "the alarm"}, "your alarm is now set for 8 AM tomorrow"),
        ({"to": "called green tea", "which": "tea"}, "your tea timer is now called green tea"),
        ({"to": "noodles", "which": "pasta"}, "your pasta timer is now called noodles"),
        ({"to": "15 minutes", "which": "the 10 minute timer"}, "your timer now rings in 15 minutes"),
    ],
)
async def test_a_timer_gets_another_time_or_name(call, arguments, told):
    assert await changed(call, **arguments) == told
    assert len(call.timers.running) == 4


@pytest.mark.parametrize(
    ("arguments", "failure"),
    [
        ({"to": "0 minutes", "which": "tea"}, "at least one second"),
        ({"by": "minus 10 minutes", "which": "tea"}, "at least one second"),
        ({"to": "3 years", "which": "tea"}, "more than a year"),
        ({"to": "5 minutes"}, "Which one"),
        ({"which": "tea"}, "change it to"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(call, arguments, failure):
    before = list(call.timers.running)
    with pytest.raises(ToolFailure, match=failure):
        await changed(call, **arguments)
    assert call.timers.running == before


async def test_a_goodbye_says_that_timers_go_on(call):
    told = await end_call.run(end_call.Args(), call)
    assert told["spoken"] == "Your 4 timers go on; I will tell you of each in your next call. Goodbye!"
    assert call.ended
    assert goes_on(call.timers.running[:1]) == "Your tea timer goes on; I will tell you in your next call."


async def test_what_was_missed_is_told_with_its_time(call):
    tea, pasta, *_ = call.timers.running
    later = call.timers.clock + timedelta(hours=3)
    assert missed([tea], later) == "While you were away, your tea timer rang at 12:03 PM."
    assert missed([tea, pasta], later + timedelta(days=1)) == (
        "While you were away, your tea timer rang at 12:03 PM yesterday "
        "and your pasta timer rang at 12:08 PM yesterday."
    )
    assert tea.kind is TimerKind.TIMER
