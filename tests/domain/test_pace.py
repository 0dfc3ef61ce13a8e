"""How soon a provider answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.pace import Pace


def paced(times):
    pace = Pace()
    for secs in times:
        pace.add(secs)
    return pace


def test_of_few_answers_nothing_is_said():
    assert paced([0.5] * 19).percentile(95) is None
    assert paced([0.5] * 20).percentile(95) == 0.5


def test_old_answers_are_forgotten():
    assert paced([9.0] * 100 + [0.5] * 100).percentile(100) == 0.5


@given(st.lists(st.floats(0, 60), min_size=20, max_size=100), st.floats(1, 100))
def test_as_many_answers_as_it_says_were_no_later(times, percent):
    secs = paced(times).percentile(percent)
    assert secs in times
    assert sum(time <= secs for time in times) >= percent / 100 * len(times) - 1e-9


@pytest.mark.parametrize(("percent", "secs"), [(95, 95.0), (50, 50.0), (100, 100.0)])
def test_a_percentile_is_by_nearest_rank(percent, secs):
    assert paced(float(n) for n in range(1, 101)).percentile(percent) == secs
