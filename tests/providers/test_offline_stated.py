"""What is stated first and asked about then, and what points at a day, a place or people."""

from __future__ import annotations

from datetime import date

import pytest

from orion.domain import facts
from orion.providers.offline import acts, goes_on
from orion.providers.offline.acts import Act
from orion.tools import _stated_days, convert_units, current_time, time_difference

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("my test is on june 4 how many days do i have left", "how many days until 2027-06-04"),
        ("we met on june 4 2001 how many weeks has it been", "how many weeks since 2001-06-04"),
        ("the fair is on june 4 what day of the week is that", "what weekday is 2027-06-04"),
        ("how many days until june 4", None),
        ("set a timer on june 4 how many minutes", None),
    ],
)
def test_a_day_that_is_stated_first_is_what_the_question_asks_about(said: str, wanted: str | None) -> None:
    assert _stated_days.question(said, TODAY) == wanted


def test_a_place_that_is_named_first_is_there() -> None:
    said = "my brother moved to Rome last year, what time is it there"
    assert current_time.understand(said) == {"place": "rome"}


def test_a_time_with_its_zone_is_told_for_another_place() -> None:
    read = time_difference.understand("the show starts at 8 pm eastern, when is that in Paris")
    assert read == {"at": "8:00 pm", "second": "eastern", "first": "paris"}


def test_an_amount_that_is_stated_first_is_converted() -> None:
    read = convert_units.understand("my uncle is 5 feet tall, how much is that in cm")
    assert read == {"conversion": "5 feet tall how much is that in cm"}


@pytest.mark.parametrize(
    "said", ["my son lives in Oslo, what time is it there", "my train leaves on Friday how many days is that"]
)
def test_a_statement_with_a_question_behind_it_is_not_kept(said: str) -> None:
    assert facts.statement(said) is None


def test_what_is_not_to_be_kept_is_not_kept() -> None:
    assert acts.recognise("please don't save this, my code is 12") is Act.KEEPS_NOTHING
    assert facts.statement("don't remember this but my code is 12") is None
    assert acts.recognise("don't forget that my code is 12") is None


def test_what_points_at_a_day_asks_about_it() -> None:
    done = {"day": "2027-02-14"}
    assert goes_on.pointed("how many days from now is that", done) == "how many days until 2027-02-14"
    assert goes_on.pointed("how many days ago was that", done) == "how many days since 2027-02-14"
    assert goes_on.pointed("and what weekday is it", done) == "what weekday is 2027-02-14"
    assert goes_on.pointed("how many days until easter", done) is None
