"""What an agent has promised to say later, and has not said yet."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from orion.domain.promise import promises
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Speaker, Turn

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WORDS = "Your timer for 2 minutes is over."


def turn(text, ago_secs, *calls, interrupted=False):
    at = NOW - timedelta(seconds=ago_secs)
    return Turn(
        uuid4(),
        uuid4(),
        Speaker.AGENT,
        "concierge",
        text,
        at,
        at,
        tool_calls=calls,
        interrupted=interrupted,
    )


def timer(ago_secs, status=ToolCallStatus.DONE, words=WORDS):
    at = NOW - timedelta(seconds=ago_secs)
    result = {"secs": 120, "announces": words}
    return turn("Okay.", ago_secs, ToolCall("c", "timer", {}, status, result=result, started_at=at))


def left(*turns):
    return [(promise.words, promise.left_secs) for promise in promises(turns, NOW, {"timer"})]


def test_a_timer_that_runs_is_due_after_the_rest_of_its_time():
    assert left(timer(30)) == [(WORDS, 90)]


def test_one_that_fell_due_unheard_is_overdue_and_one_that_was_said_is_not():
    assert left(timer(300)) == [(WORDS, -180)]
    assert left(timer(300), turn(WORDS, 180)) == []


def test_what_an_older_timer_said_is_not_taken_for_this_one():
    assert left(turn(WORDS, 400), timer(30)) == [(WORDS, 90)]


def test_a_call_that_failed_or_is_long_past_promises_nothing():
    assert left(timer(30, ToolCallStatus.FAILED)) == []
    assert left(timer(3 * 86400)) == []


def test_two_timers_of_one_length_are_two_promises():
    assert left(timer(60), timer(30)) == [(WORDS, 60), (WORDS, 90)]
    assert left(timer(300), timer(290), turn(WORDS, 170)) == [(WORDS, -170)]


def test_words_that_a_voice_says_without_their_markup_are_said():
    reminder = "Reminder: **milk** 🥛."
    assert left(timer(300, words=reminder), turn("Reminder: milk.", 170)) == []


def test_who_cut_the_words_off_is_not_told_again():
    assert left(timer(300), turn("Your timer for", 170, interrupted=True)) == []


def test_what_others_wrote_promises_nothing():
    assert list(promises([timer(30)], NOW, {"calculator"})) == []
