"""Times of day out of what was said, and numbers that are none of them."""

from __future__ import annotations

import pytest

from orion.domain.text.said import plain
from orion.domain.tool import Tool
from orion.providers.offline import clock, slots

TABLE = Tool(
    "reserve",
    "Reserves.",
    {
        "type": "object",
        "properties": {
            "guests": {"type": "integer", "minimum": 1},
            "time": {"type": "string", "format": "time"},
        },
        "required": ["guests", "time"],
    },
)


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("eight pm", "20:00"),
        ("eight p m", "20:00"),
        ("at 7:30 p.m.", "19:30"),
        ("at seven", "07:00"),
        ("at seven tonight", "19:00"),
        ("seven thirty in the evening", "19:30"),
        ("half past seven", "07:30"),
        ("quarter to nine in the morning", "08:45"),
        ("a quarter past nine at night", "21:15"),
        ("nine o'clock", "09:00"),
        ("noon", "12:00"),
        ("twelve am", "00:00"),
        ("twelve pm", "12:00"),
        ("19:45", "19:45"),
        ("at twenty five", None),
        ("quarter to zero", None),
        ("for four tonight", None),
        ("seven people", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_read_as_people_say_it(said, time):
    assert clock.read(plain(said)) == time


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("for four at eight pm", {"guests": 4, "time": "20:00"}),
        ("at half past seven for two", {"guests": 2, "time": "07:30"}),
        ("at nine o'clock", {"time": "09:00"}),
        ("for three tonight", {"guests": 3}),
    ],
)
def test_the_number_of_a_time_is_no_other_number(said, found):
    assert slots.fill(TABLE, said) == found


def test_asked_for_a_time_a_bare_number_is_one():
    assert slots.fill(TABLE, "eight", asked="time")["time"] == "08:00"
