"""What is said in the log when a call begins."""

import pytest

from orion.pipelines.opening import warn_of_budgets
from tests.pipelines import logged


@pytest.mark.parametrize(("limits", "warnings"), [((None, None), 0), ((5, None), 1), ((None, 0), 1)])
def test_a_budget_that_cannot_end_a_call_is_warned_of(limits, warnings):
    with logged.lines() as lines:
        warn_of_budgets("talker", *limits)
    assert len(lines) == warnings
    assert all("no budget ends a call of talker" in line for line in lines)
