"""Run by `pytest`, in the project's folder."""

import pytest

from orion.domain.tool import ToolFailure
from orion.testing import run_tool, understood


def test_weekdays_are_long() -> None:
    answer = run_tool("opening_hours", day="monday")
    assert answer.result == {"day": "Monday", "opens": "nine", "closes": "six"}
    assert answer.said == "On Monday we are open from nine to six."


def test_sundays_are_free() -> None:
    with pytest.raises(ToolFailure, match="closed on Sundays"):
        run_tool("opening_hours", day="sunday")


def test_people_are_understood() -> None:
    """As the offline agent understands them; a language model has more ways to."""
    assert understood("Are you open on Saturday?") == ("opening_hours", {"day": "saturday"})
