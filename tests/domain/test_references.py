"""Arguments that refer to results of earlier steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.references import Dangling, Overlong, resolved, steps_of

RESULTS = {0: {"time": "nine", "zones": ["UTC", "CET"]}, 1: 12}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("{{1}}", 12),
        ("{{0.time}}", "nine"),
        ("{{ 0.zones.1 }}", "CET"),
        ("it is {{0.time}}, and {{1}}", "it is nine, and 12"),
        ({"a": ["{{1}}", {"b": "{{0.zones}}"}]}, {"a": [12, {"b": ["UTC", "CET"]}]}),
        ("{{name}} and {0}", "{{name}} and {0}"),
    ],
)
def test_what_is_referred_to_takes_the_reference_s_place(value, found):
    assert resolved(value, RESULTS) == found


@pytest.mark.parametrize("value", ["{{2}}", "{{0.date}}", "{{1.x}}", "{{0.zones.7}}"])
def test_a_reference_that_leads_nowhere_is_named(value):
    with pytest.raises(Dangling, match=r"step \d"):
        resolved(value, RESULTS)


def test_the_steps_that_a_value_refers_to_are_known():
    assert steps_of({"a": ["{{1}}", "x {{0.time}} {{3}}"], "b": 7}) == {0, 1, 3}


@given(JSON)
def test_a_result_is_never_read_for_references(result):
    assert resolved("{{0}}", {0: result}) == result
    hostile = {"x": "{{1.secret}}"}
    assert resolved({"a": "{{0}}", "b": "{{0.x}}"}, {0: hostile, 1: {"secret": 7}}) == {
        "a": hostile,
        "b": "{{1.secret}}",
    }


def test_what_would_grow_without_end_is_not_made():
    results = {0: {"text": "x" * 16_000}}
    assert len(resolved("{{0.text}} " * 3, results)) > 48_000
    with pytest.raises(Overlong):
        resolved({"all": ["{{0.text}}"] * 5}, results)
    with pytest.raises(Overlong):
        resolved("{{0}}" * 5000, results)
