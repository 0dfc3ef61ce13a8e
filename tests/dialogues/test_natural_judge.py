"""What the judge of natural turns takes for an answer, and what it calls wrong or embarrassing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tests.dialogues.natural.answers import day, holds, numbers
from tests.dialogues.natural.kept import Kept, Timer
from tests.dialogues.natural.turns import Turn
from tests.dialogues.natural.verdict import Heard, Verdict, judge

NOW = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)  # a Monday


def kept(*timers: Timer, memories: Sequence[str] = (), ended: bool = False) -> Kept:
    return Kept(timers=timers, memories=memories, said=(), agent="concierge", ended=ended)


def timer(secs: float, name: str = "", number: str = "1") -> Timer:
    return Timer(number, NOW + timedelta(seconds=secs), name)


def verdict(turn: Turn, answer: str, before: Kept, after: Kept, *, asked: bool = False) -> Verdict:
    return judge(turn, Heard(answer, before, after, NOW, asked=asked)).verdict


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({"number": 9}, "That is nine dollars."),
        ({"number": 9}, "That is $9.00."),
        ({"number": 142857}, "About 142,857."),
        ({"number": 1000000}, "One million."),
        ({"about": 6.75}, "That makes 6.8 dollars."),
        ({"clock": "local"}, "It is 2:05 PM."),
        ({"clock": "Asia/Tokyo"}, "In Tokyo it is 23:05."),
        ({"clock_at": ["15:00", "America/New_York", "Europe/Berlin"]}, "9 PM in Berlin."),
        ({"hours_between": ["Europe/Berlin", "Asia/Tokyo"]}, "Tokyo is eight hours ahead."),
        ({"weekday": "12-25"}, "Christmas is on a Friday."),
        ({"date": "+1"}, "Tomorrow is Tuesday, December 1st."),
        ({"days_until": "12-25"}, "25 days."),
        ({"days_since": "2026-11-01"}, "Twenty-nine days ago."),
        ("(?i)can't", "I can\N{RIGHT SINGLE QUOTATION MARK}t do that."),
    ],
)
def test_an_answer_holds_what_a_person_expects(wanted, answer):
    assert holds(wanted, answer, NOW)


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({"number": 9}, "That is 90."),
        ({"hours_between": ["Europe/Berlin", "Asia/Tokyo"]}, "It is 8:05 PM."),
        ({"clock": "local"}, "It is 2:05 AM."),
        ({"clock": "Asia/Tokyo"}, "It is 14:05."),
        ({"weekday": "12-25"}, "It is Monday."),
        ({"date": "+1"}, "It is the first."),
    ],
)
def test_an_answer_does_not_hold_what_is_beside_it(wanted, answer):
    assert not holds(wanted, answer, NOW)


def test_numbers_are_read_in_digits_and_in_words():
    assert {57.8, 3, 21} <= set(numbers("57.8, three, and the 21st"))


def test_a_day_is_named_from_today():
    assert [day(said, NOW).isoformat() for said in ("+3", "fri", "fri+14", "01-02")] == [
        "2026-12-03",
        "2026-12-04",
        "2026-12-18",
        "2027-01-02",
    ]


def test_a_timer_that_was_wanted_is_right_and_another_is_wrong():
    turn = Turn("timer 5 minutes", "timer", writes=[{"timer_secs": 300}])
    assert verdict(turn, "Five minutes.", kept(), kept(timer(300))) is Verdict.RIGHT
    assert verdict(turn, "Five minutes.", kept(), kept(timer(3000))) is Verdict.WRONG


def test_an_alarm_is_known_by_its_clock_time_and_its_day():
    turn = Turn("wake me at 7 tomorrow", "timer", writes=[{"alarm": "07:00", "day": 1}])
    tomorrow = timedelta(hours=16, minutes=55).total_seconds()
    assert verdict(turn, "At 7.", kept(), kept(timer(tomorrow))) is Verdict.RIGHT
    assert verdict(turn, "At 7.", kept(), kept(timer(tomorrow + 86400))) is Verdict.WRONG


def test_what_was_asked_first_is_acceptable():
    turn = Turn("remember two things", "remember", writes=[{"memory": "two"}], may_ask=True)
    done = kept(memories=["two things"])
    assert verdict(turn, "Shall I? Done.", kept(), done, asked=True) is Verdict.ACCEPTABLE


@pytest.mark.parametrize(
    ("turn", "answer", "before", "after"),
    [
        (Turn("weather", "none"), "I cannot.", kept(), kept(timer(300))),
        (Turn("weather", "none"), "I cannot.", kept(), kept(memories=["weather"])),
        (Turn("weather", "none"), "Goodbye.", kept(), kept(ended=True)),
        (Turn("a timer", "timer", writes=[{"timer_secs": 60}]), "Your timer is set.", kept(), kept()),
        (Turn("my key", "remember", writes=[{"memory": "key"}]), "I will remember that.", kept(), kept()),
        (Turn("stop it", "cancel-timer"), "It is cancelled.", kept(timer(3e8)), kept(timer(3e8))),
    ],
)
def test_claims_and_unwanted_deeds_are_embarrassing(turn, answer, before, after):
    assert verdict(turn, answer, before, after) is Verdict.EMBARRASSING


def test_a_denial_is_no_claim():
    turn = Turn("is it set", "small-talk")
    assert verdict(turn, "No timer is set. Shall I set a timer?", kept(), kept()) is Verdict.RIGHT


@pytest.mark.parametrize(
    "answer", ["I can't. You can say: set a timer for 7:30.", "Sorry, but I can set one for 8:00."]
)
def test_an_example_behind_a_refusal_is_no_answer(answer):
    turn = Turn("is it cold", "none", must=["can't|sorry"], unwanted=[r"\d:\d\d"])
    assert verdict(turn, answer, kept(), kept()) is Verdict.RIGHT
    assert verdict(turn, "Sorry. It is 7:30.", kept(), kept()) is Verdict.WRONG
