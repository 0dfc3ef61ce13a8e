"""What people type and what is heard has one form, and the way back to their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.text.said import normal, plain


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("what's 15% of 80", "what is 15 percent of 80"),
        ("whats 7*8+2", "what is 7 * 8 + 2"),
        ("Set a timer for 5 mins pls", "set a timer for 5 minutes please"),
        ("1h30m", "1 hour 30 minutes"),
        ("timer for 90s", "timer for 90 seconds"),
        ("for an hr", "for 1 hour"),
        ("half an hour", "30 minutes"),
        ("three quarters of an hour", "45 minutes"),
        ("an hour and a half", "1.5 hours"),
        ("two and a half hours", "2.5 hours"),
        ("one hour and thirty minutes", "1 hour and 30 minutes"),
        ("twice a day", "twice a day"),
        ("wake me at 7am", "wake me at 7:00 am"),
        ("half past seven in the evening", "7:30 pm"),
        ("a quarter to eight", "7:45"),
        ("ten past three", "3:10"),
        ("at nine thirty", "at 9:30"),
        ("nine thirty p.m.", "9:30 pm"),
        ("3 o'clock", "3:00"),
        ("noon", "12:00 pm"),
        ("9 to 5", "9 to 5"),
        ("a hundred and twenty", "120"),
        ("one hundred and forty four", "144"),
        ("2 million three hundred thousand", "2300000"),
        ("minus three point one four", "minus 3.14"),
        ("three and a half", "3.5"),
        ("a dozen eggs", "12 eggs"),
        ("order four seven one one", "order 4711"),
        ("who won in nineteen ninety", "who won in 1990"),
        ("december twenty fifth", "december 25th"),
        ("the third of May", "the 3rd of may"),
        ("wait a second", "wait 1 second"),
        ("the last one", "the last one"),
        ("1,240.00 EUR", "1240.00 euros"),
        ("it costs $18.50", "it costs 18.50 dollars"),
        ("5 dollars and 50 cents", "5.50 dollars"),
        ("3.5 km in miles", "3.5 kilometers in miles"),
        ("-5 + 3", "minus 5 + 3"),
        ("10-5", "10 - 5"),
        ("twenty-five plus seventeen", "25 plus 17"),
        ("I'd like it, don't you?", "i would like it do not you"),
        ("um what's up", "what is up"),
        ("¿¿??", ""),
    ],
)
def test_what_is_typed_and_what_is_heard_has_one_form(said, form):
    assert plain(said) == form


def test_the_way_back_leads_to_the_users_own_words():
    said = normal("Remember that My Locker is Number Forty Two, ok?")
    start = said.text.index("my locker")
    assert said.original(start, start + len("my locker is number 42")) == "My Locker is Number Forty Two"


def test_digits_of_other_scripts_and_powers_are_no_trouble():
    assert plain("² ٣ x²") != ""


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            "a an half quarter past to seven twenty hundred thousand and point of an hour 5 5m 1h 30 $ % am p m : - , . dozen "
            "one third may o'clock at night in the evening what's".split()
        ),
        max_size=14,
    ).map(" ".join)
)
def test_no_text_breaks_it_and_the_form_of_the_form_is_the_form(text):
    said = normal(text)
    assert said.original(0, len(said.text)) in text
    assert all(0 <= word.start < word.end <= len(text) for word in said.words)
    assert [
        said.text[start : start + len(word.text)] for word, start in zip(said.words, said.starts, strict=True)
    ] == [word.text for word in said.words]
