"""What a call owes its user of timers that have rung, by times that are given."""

from datetime import UTC, datetime, timedelta

from orion.domain.identity import new_id
from orion.domain.timer import Timer, TimerKind
from orion.domain.turn import Speaker, Turn
from orion.pipelines.rings import Rings

NOW = datetime(2026, 11, 30, 15, 5, tzinfo=UTC)


def a_timer(name="tea", ago_secs=0.0, kind=TimerKind.TIMER):
    due_at = NOW - timedelta(seconds=ago_secs)
    return Timer(new_id(), new_id(), None, "concierge", kind, name, due_at, due_at, secs=60.0, zone="UTC")


def after(secs):
    return NOW + timedelta(seconds=secs)


def turn(text, *, interrupted=False):
    return Turn(new_id(), new_id(), Speaker.AGENT, "concierge", text, NOW, NOW, interrupted=interrupted)


def owing(*timers):
    rings = Rings()
    for timer in timers:
        rings.owe(timer, NOW)
    return rings


def test_a_ring_is_said_at_once_and_heard_once():
    tea = a_timer()
    rings = owing(tea)
    assert rings.due(NOW, idle=True) == "Your tea timer is up."
    assert rings.due(after(1), idle=True) == ""
    rings.said(turn("Your tea timer is up."))
    assert (rings.take_heard(), rings.unheard) == ([tea.id], [])
    assert rings.take_heard() == []
    assert rings.due(after(60), idle=True) == ""


def test_it_waits_for_the_one_who_speaks_but_not_for_ever():
    rings = owing(a_timer())
    assert rings.due(NOW, idle=False) == ""
    assert rings.due(after(5), idle=True) == "Your tea timer is up."
    rings = owing(a_timer())
    assert rings.due(after(9), idle=False) == ""
    assert rings.due(after(10), idle=False) == "Your tea timer is up."


def test_it_never_joins_what_the_agent_says_or_is_about_to_say():
    rings = owing(a_timer())
    assert rings.due(after(30), idle=False, speaking=True) == ""
    rings.wait()
    assert rings.due(after(31), idle=True) == ""
    rings.said(turn("Hello, this is Orion."))
    assert rings.due(after(32), idle=True) == "Your tea timer is up."
    dropped = owing(a_timer())
    dropped.wait()
    assert [dropped.due(after(secs), idle=True) for secs in (0, 3)] == ["", "Your tea timer is up."]


def test_what_a_barge_in_dropped_is_said_again():
    rings = owing(a_timer())
    rings.due(NOW, idle=True)
    rings.said(turn("Your", interrupted=True))
    assert rings.due(after(2), idle=False) == ""
    rings.said(turn("It is noon in Berlin."))
    assert rings.due(after(5), idle=True) == "Your tea timer is up."


def test_who_cuts_it_off_has_heard_enough():
    rings = owing(a_timer())
    rings.due(NOW, idle=True)
    rings.said(turn("Your tea timer", interrupted=True))
    assert rings.unheard == []


def test_a_voice_that_is_never_heard_is_given_up():
    tea = a_timer()
    rings = owing(tea)
    for number in range(3):
        assert rings.due(after(10 * number), idle=True)
        rings.said(turn("", interrupted=True))
    assert rings.take_heard() == [tea.id]


def test_several_are_said_together_what_was_missed_first():
    rings = owing(a_timer("tea", 3600), a_timer("pasta"), a_timer("call mom", kind=TimerKind.REMINDER))
    assert rings.due(NOW, idle=True) == (
        "While you were away, your tea timer rang at 2:05 PM. Your pasta timer is up. Reminder: call mom."
    )
