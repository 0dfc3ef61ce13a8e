from __future__ import annotations

from typing import Any

import pytest

from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import time_difference
from orion.tools.time_difference import Args, understand


async def ask(**arguments: Any) -> str:
    return str((await time_difference.run(Args(**arguments), Conversation()))["spoken"])


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("Tokyo", "Singapore", "Tokyo is 1 hour ahead of Singapore"),
        ("singapore", "japan", "Singapore is 1 hour behind Japan"),
        ("India", "Dubai", "India is 1 hour and 30 minutes ahead of Dubai"),
        ("Paris", "rome", "The time in Paris and Rome is the same"),
        ("NYC", "la", "NYC is 3 hours ahead of LA"),
        ("the UK", "Lisbon", "The time in UK and Lisbon is the same"),
    ],
)
async def test_how_far_one_place_is_ahead_of_another(first: str, second: str, said: str) -> None:
    assert await ask(first=first, second=second) == said


async def test_a_time_there_is_told_for_here() -> None:
    said = await ask(first="Tokyo", second="Singapore", at="11:30 pm")
    assert said == "When it is 11:30 PM in Singapore, it is 12:30 AM on the next day in Tokyo"
    assert await ask(first="Singapore", second="Tokyo", at="15:00") == (
        "When it is 3:00 PM in Tokyo, it is 2:00 PM in Singapore"
    )


async def test_without_a_second_place_it_is_the_difference_to_here() -> None:
    assert (await ask(first="Tokyo")).startswith(("Tokyo is", "The time in Tokyo"))


async def test_unknown_places_and_times_are_refused() -> None:
    with pytest.raises(ToolFailure, match="Mordor"):
        await ask(first="Mordor", second="Rome")
    with pytest.raises(ToolFailure, match="which time"):
        await ask(first="Rome", second="Paris", at="soon")


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("what's the time difference between Berlin and Tokyo?", ("berlin", "tokyo")),
        ("time difference between London and New York", ("london", "new york")),
        ("what is the difference in time between Madrid and Lisbon", ("madrid", "lisbon")),
        ("how many hours is Tokyo ahead of Berlin", ("tokyo", "berlin")),
        ("how far ahead is India of Germany", ("india", "germany")),
        ("how many hours behind London is New York", ("new york", "london")),
        ("how many hours are there between Paris and Rome", ("paris", "rome")),
        ("what is the time difference to Sydney", ("sydney", None)),
        ("how many hours ahead is Sydney", ("sydney", None)),
        ("and between Rome and Kenya", ("rome", "kenya")),
    ],
)
def test_the_two_places_are_found_in_the_sentence(said: str, places: tuple[str, str | None]) -> None:
    found = understand(said) or {}
    assert (found.get("first"), found.get("second")) == places


def test_a_time_elsewhere_is_found_in_the_sentence() -> None:
    said = {"first": "tokyo", "second": "berlin", "at": "3:00 pm"}
    assert understand("what time is it in Tokyo when it's 3 pm in Berlin") == said
    assert understand("if it is 3 pm in Berlin what time is it in Tokyo") == said


@pytest.mark.parametrize(
    "said",
    ["what time is it in Paris", "difference between 9 and 4", "the difference between cats and dogs", ""],
)
def test_other_questions_are_left_to_others(said: str) -> None:
    assert understand(said) is None
